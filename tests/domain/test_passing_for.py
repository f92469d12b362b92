"""Nobody passes for somebody with an account: a guest can't have their name or handle, nor what looks like it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.accounts import new_user
from tests.domain.says import say

from groupchat.actions import bots, guests, messages, names, rooms
from groupchat.actions.adoption import adopt_guest
from groupchat.actions.messages import Post, Posted
from groupchat.actions.names import fill_some, require_name_for_guest
from groupchat.actions.people import Guest, person_of_guest, person_of_user, rename
from groupchat.errors import NameTaken
from groupchat.lookalikes import skeleton
from groupchat.models import Person, Room

CYRILLIC_A = "\u0410"


@pytest.fixture
def ada() -> Person:
    """Somebody with an account, whose handle is from another name."""
    person = person_of_user(user=new_user("countess"))
    return rename(person=person, name="Ada")


@pytest.mark.parametrize("name", ["Ada", "ADA", " ada ", f"{CYRILLIC_A}da", "\uff21da"])
def test_a_guest_can_not_be_called_so(name: str, ada: Person, guest: Callable[..., Person]) -> None:
    grace = guest("Grace")
    with pytest.raises(NameTaken) as refused:
        require_name_for_guest(name=name)
    assert refused.value.field == "name"
    with pytest.raises(NameTaken):
        rename(person=grace, name=name)
    with pytest.raises(NameTaken):
        rename(person=grace, name=ada.handle.replace("o", "0"))
    grace.refresh_from_db()
    assert (grace.name, grace.version) == ("Grace", 1)
    assert rename(person=grace, name="Ada King").name == "Ada King"


def test_nor_as_a_program(guest: Callable[..., Person]) -> None:
    bots.make(name="Weather", handle="rain")
    for name in ("weather", "Rain"):
        with pytest.raises(NameTaken):
            rename(person=guest("Grace"), name=name)


def test_whom_nobody_could_ask_is_shown_with_the_handle(ada: Person, lobby: Room) -> None:
    said = say(Guest(uuid4(), "Ada"), lobby)
    other = person_of_guest(guest=Guest(uuid4(), f"{CYRILLIC_A}da"))
    first = Person.objects.get(pk=said.author_id)
    assert (first.name, first.handle) == ("Ada (@ada)", "ada")
    assert other.name == f"{CYRILLIC_A}da (@{other.handle})"
    entered, made = guests.act_as_new_guest(guest=Guest(uuid4(), "ada"), action=rooms.enter, name="Lobby")
    assert (entered.room, made.name) == (lobby, "ada (@ada3)")


def test_a_long_name_with_a_handle_fits(settings: object) -> None:
    long = "x" * 200
    person = rename(person=person_of_user(user=new_user("ada")), name="x" * 50)
    assert person.name_skeleton == "x" * 50
    Person.objects.filter(pk=person.pk).update(name=long, name_skeleton="x" * 200)
    settings.GROUPCHAT = {"MAX_PERSON_NAME_CHARACTERS": 0}  # type: ignore[attr-defined]
    guest = person_of_guest(guest=Guest(uuid4(), long))
    assert len(guest.name) == 200
    assert guest.name.endswith(f" (@{guest.handle})")


def test_guests_may_share_a_name_and_so_may_accounts(ada: Person, person: Callable[..., Person]) -> None:
    first, second = (person_of_guest(guest=Guest(uuid4(), "Anna")) for _ in range(2))
    assert (first.name, second.name, first.handle, second.handle) == ("Anna", "Anna", "anna", "anna2")
    assert rename(person=person("other"), name="Ada").name == "Ada"


def test_no_two_handles_look_alike(lobby: Room) -> None:
    posted = messages.post(
        [
            Post(lobby.pk, Guest(uuid4(), name), "hi", uuid4().hex)
            for name in ("Anna", "\u0410nna", "\uff21nna", "Anna2")
        ]
    )
    assert all(isinstance(one, Posted) for one in posted)
    later = person_of_guest(guest=Guest(uuid4(), "\u0410nna"))
    handles = list(Person.objects.filter(kind="guest").order_by("pk").values_list("handle", flat=True))
    assert handles[:2] == ["anna", "\u0430nna2"]
    assert later.handle == handles[-1]
    assert len({skeleton(handle) for handle in handles}) == len(handles) == 5


def test_an_account_that_comes_later_locks_nobody_out(lobby: Room) -> None:
    guest = Guest(uuid4(), "Ada")
    say(guest, lobby)
    account = rename(person=person_of_user(user=new_user("late")), name="Ada")
    assert say(guest, lobby).author_id != account.pk
    was = person_of_guest(guest=guest)
    assert was.name == "Ada"
    assert rename(person=was, name="Ada").version == 1


def test_who_signs_up_takes_their_name_along(guest: Callable[..., Person]) -> None:
    was = guest("Ada")
    assert was.guest_id is not None
    adopt_guest(guest=Guest(was.guest_id, "Ada"), user=new_user("ada"))
    with pytest.raises(NameTaken):
        rename(person=guest("Grace"), name="Ada")


def test_names_from_before_are_filled_in_some_at_a_time(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "FILLED_AT_ONCE", 1)
    bots.make(name="Weather")
    Person.objects.update(name_skeleton="", handle_skeleton="")
    require_name_for_guest(name="Ada")
    assert [fill_some(), fill_some(), fill_some()] == [True, True, False]
    for name in ("Ada", "Weather", ada.handle):
        with pytest.raises(NameTaken):
            require_name_for_guest(name=name)


def test_what_an_older_version_wrote_is_noticed_with_the_next_visit(ada: Person) -> None:
    Person.objects.filter(pk=ada.pk).update(name="Countess")  # and it knows no skeleton
    person_of_user(user=ada.user)
    require_name_for_guest(name="Ada")
    with pytest.raises(NameTaken):
        require_name_for_guest(name="C0untess")


def test_it_costs_one_look_and_a_post_none(ada: Person, lobby: Room) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        require_name_for_guest(name="Grace")
    assert len(asked) == 1
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {asked[0]['sql']}")
            plan = [row[-1] for row in cursor.fetchall()]
        assert [index for index in ("name_skeleton", "handle_skeleton") if f"groupchat_{index}" in str(plan)] != []
        assert not any(line.startswith("SCAN") for line in plan)
    say(ada, lobby)
    with CaptureQueriesContext(connection) as posted:
        say(ada, lobby)
    assert not any("skeleton" in one["sql"] for one in posted)
