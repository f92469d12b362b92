"""Names from before invisible characters were refused: shown so that they look like no other, and no door is closed."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from tests.accounts import new_user

from groupchat import timeline
from groupchat.actions import rooms
from groupchat.actions.guests import act_as_new_guest
from groupchat.actions.people import Guest, handle_of, person_of_guest, person_of_user
from groupchat.errors import Invalid
from groupchat.identity import read_guest, sign_guest
from groupchat.models import Notice, Person, Room, RoomName
from groupchat.resources import notice_resource, person_resource, room_resource

OLD = ["gen\u200beral", "\u202elareneg", "general\u2066", "ge\u00adneral"]


@pytest.fixture
def make_old(alice: Person) -> Callable[[str], Room]:
    """A room as it was made when such names were taken."""

    def make(name: str) -> Room:
        room = rooms.create(person=alice, name=f"place {uuid4()}")
        RoomName.objects.filter(room=room).delete()
        RoomName.objects.create(key=name, room=room)
        Room.objects.filter(pk=room.pk).update(name=name, slug=name, topic=f"about {name}")
        room.refresh_from_db()
        return room

    return make


@pytest.mark.parametrize("name", OLD)
def test_an_old_room_is_entered_by_its_name_and_its_address(
    name: str, bob: Person, make_old: Callable[[str], Room]
) -> None:
    old, general = make_old(name), rooms.create(person=bob, name="general")
    assert rooms.id_of(name=name) == old.pk
    assert rooms.enter(person=bob, name=name).room == old
    assert act_as_new_guest(guest=Guest(uuid4(), "Grace"), action=rooms.enter, name=name)[0].room == old
    assert timeline.room_by_slug(name) == old
    assert rooms.enter(person=bob, name="general").room == general
    page = Client().get(old.get_absolute_url()).content.decode()
    assert name not in page.replace(f'value="{name}"', ""), "only the form sends it back as it is"
    assert "\ufffd" in page


@pytest.mark.parametrize("name", OLD)
def test_no_room_gets_such_a_name_any_more(name: str, alice: Person) -> None:
    room = rooms.create(person=alice, name="general")
    for refused in (
        lambda: rooms.enter(person=alice, name=name),
        lambda: rooms.create(person=alice, name=name),
        lambda: rooms.rename(person=alice, room_id=room.pk, name=name),
        lambda: rooms.set_topic(person=alice, room_id=room.pk, topic=name),
    ):
        with pytest.raises(Invalid):
            refused()
    assert Room.objects.count() == RoomName.objects.count() == 1
    room.refresh_from_db()
    assert (room.name, room.topic) == ("general", "")


def test_on_the_wire_they_look_like_no_other(alice: Person, make_old: Callable[[str], Room]) -> None:
    room = room_resource(make_old("gen\u200beral"))
    assert (room["name"], room["topic"]) == ("gen\ufffderal", "about gen\ufffderal")
    assert room["slug"] == "gen\u200beral", "the address is what it was"
    old = Person(id=1, name="A\u202eda", handle="a\u3164da")
    assert person_resource(old)["name"] == "A\ufffdda"
    assert person_resource(old)["handle"] == "a\ufffdda"
    notice = Notice(room_id=1, after=0, kind="topic", actor=alice, text="\u202eabc", seq=1, at=alice.created_at)
    assert notice_resource(notice)["text"] == "\ufffdabc"
    assert str(old) == "\u2068A\ufffdda\u2069 (@\u2068a\ufffdda\u2069)", "in a sentence of the admin"


@pytest.mark.parametrize(
    ("given", "name"), [("A\u202eda", "Ada"), ("A\u200bda\u2066", "Ada"), ("\u202e", "guest"), ("a" * 99, "a" * 50)]
)
def test_a_guest_of_before_is_not_mute(given: str, name: str) -> None:
    guest = read_guest(sign_guest(Guest(uuid4(), given)))
    assert guest is not None
    assert guest.name == name
    assert person_of_guest(guest=guest).name == name


def test_the_name_of_an_account_is_mended(monkeypatch: pytest.MonkeyPatch) -> None:
    user = new_user()
    monkeypatch.setattr(type(user), "get_full_name", lambda user: "A\u202eda \u2066Lovelace", raising=False)
    person = person_of_user(user=user)
    assert (person.name, person.handle) == ("Ada Lovelace", "ada-lovelace")


def test_a_handle_holds_nothing_invisible() -> None:
    assert handle_of("a\u3164da\u1160") == "ada"
