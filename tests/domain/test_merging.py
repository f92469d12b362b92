"""What a guest wrote, and their rooms, become those of somebody with an account: all of it, once, whatever ends it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from uuid import uuid4

import pytest
from tests.domain.conftest import Ear
from tests.domain.says import answer, membership, page, say, uncounted_of, unread

from groupchat.actions import effects, memberships, merging, messages, rooms, tokens
from groupchat.actions.merging import carry_out, id_after_merge, merge_guest, take_membership, take_messages
from groupchat.actions.people import Guest, end_guest, make_owner, person_of_guest, set_active
from groupchat.errors import ChatError, Forbidden, Invalid, Unavailable
from groupchat.identity import GUEST_COOKIE, sign_guest
from groupchat.models import Effect, Membership, Message, Notice, Person, Room
from groupchat.realtime.admission.handshake import Credentials
from groupchat.realtime.admission.sessions import visitors_of


@pytest.fixture
def ada() -> Person:
    """A guest."""
    return person_of_guest(guest=Guest(uuid4(), "Ada"))


def merged(guest: Person, into: Person) -> None:
    merge_guest(guest=guest, into=into)
    assert effects.work_off() >= 1


def state(person: Person, room: Room) -> tuple[str, str, int, bool]:
    found = membership(person, room)
    assert found is not None
    return (found.state, found.role, found.last_read_number, found.pinned)


def authors(room: Room) -> list[int]:
    return list(Message.objects.filter(room=room).order_by("number").values_list("author_id", flat=True))


def test_everything_is_the_persons(ada: Person, alice: Person, bob: Person, lobby: Room) -> None:
    own = rooms.create(person=ada, name="Engines")
    rooms.set_topic(person=ada, room_id=own.pk, topic="of difference")
    say(ada, lobby, "one")
    gone = say(ada, lobby, "two")
    messages.delete(person=ada, room_id=lobby.pk, number=gone.number)
    say(bob, lobby, "three")
    memberships.pin(person=ada, room_id=lobby.pk, pinned=True)
    secret = tokens.issue(person=ada, name="bot")
    merged(ada, alice)
    assert authors(lobby) == [alice.pk, alice.pk, bob.pk]
    assert state(alice, own)[:2] == ("joined", "owner")
    assert state(alice, lobby)[1:] == ("owner", 2, True)
    assert [state(ada, room)[:2] for room in (own, lobby)] == [("left", "member")] * 2
    own.refresh_from_db()
    assert own.created_by == alice
    assert Notice.objects.get(room=own).actor == alice
    assert tokens.people_of(secrets=[secret])[secret] == alice
    assert messages.edit(person=alice, room_id=lobby.pk, number=1, body="One").body == "One"
    assert unread(alice, lobby) == 1


def test_screens_hear_of_each_message(ada: Person, alice: Person, lobby: Room, ear: Ear) -> None:
    for number in range(3):
        say(ada, lobby, str(number))
    ear.heard.clear()
    merged(ada, alice)
    heard = ear.of_room(lobby.pk)
    told = [one for changes in heard for one in changes.frame.get("messages", [])]
    assert [(one["number"], one["author"], one["body"]) for one in told] == [
        (number, alice.pk, str(number - 1)) for number in (1, 2, 3)
    ]
    ranges = [(one.frame["since"], one.frame["to"]) for one in heard]
    assert all(before[1] == after[0] for before, after in pairwise(ranges))
    assert {person["id"] for one in heard for person in one.people} >= {alice.pk}
    assert any(changes.sessions for changes in ear.of_person(ada.pk))


def test_a_room_that_is_new_to_the_person_comes_with_what_is_not_unread(
    ada: Person, alice: Person, bob: Person, ear: Ear
) -> None:
    room = rooms.create(person=ada, name="Engines")
    for body in ("one", "two"):
        say(bob, room, body)
    messages.delete(person=bob, room_id=room.pk, number=2)
    ear.heard.clear()
    merged(ada, alice)
    (mine,) = ear.of_person(alice.pk)
    (told,) = mine.frame["rooms"]
    assert told["me"] is not None
    assert (told["me"]["role"], told["last_number"], told["uncounted"]) == ("owner", 2, [[2, 2]])
    assert unread(alice, room) == 1


def test_ones_own_is_never_unread(ada: Person, alice: Person, bob: Person, lobby: Room) -> None:
    say(ada, lobby, "joins")
    for _ in range(3):
        say(bob, lobby)
        say(ada, lobby)
    assert unread(alice, lobby) == 7
    merged(ada, alice)
    assert unread(alice, lobby) == 3
    assert state(alice, lobby)[2] == 1
    lobby.refresh_from_db()
    assert uncounted_of(lobby, Membership.objects.select_related("room").get(person=alice, room=lobby))


def test_in_many_parts(ada: Person, alice: Person, lobby: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "CHUNK", 2)
    monkeypatch.setattr(merging, "SLICE", 3)
    for number in range(11):
        say(ada if number % 3 else alice, lobby, str(number))
    merged(ada, alice)
    assert set(authors(lobby)) == {alice.pk}
    assert [message["body"] for message in page(alice, lobby.pk).messages] == [str(number) for number in range(11)]


@pytest.mark.parametrize("transactions", range(8))
def test_what_ended_anywhere_goes_on(
    transactions: int, ada: Person, alice: Person, lobby: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies after so many commits of the rest; the next one begins at its beginning."""
    monkeypatch.setattr(merging, "CHUNK", 2)
    own = rooms.create(person=ada, name="Engines")
    for _ in range(5):
        say(ada, lobby)
        say(ada, own)
    merge_guest(guest=ada, into=alice)
    args = {"guest_id": ada.pk, "person_id": alice.pk}
    steps: list[Callable[[], object]] = []
    for room in (lobby, own):
        steps.append(lambda room=room: take_membership(room_id=room.pk, **args))
        steps += [lambda room=room: take_messages(room_id=room.pk, behind=0, **args)] * 3
    for step in steps[:transactions]:
        step()
    if transactions > 4:
        rooms.leave(person=alice, room_id=own.pk)
    assert effects.work_off() == 1
    assert set(authors(lobby)) | set(authors(own)) == {alice.pk}
    assert state(alice, own)[0] == ("left" if transactions > 4 else "joined")
    before = Room.objects.order_by("pk").values_list("seq", flat=True)
    stood = list(before)
    carry_out(**args)
    assert list(before) == stood
    assert not Effect.objects.exists()


def test_it_is_decided_once(ada: Person, alice: Person, bob: Person) -> None:
    merge_guest(guest=ada, into=alice)
    merge_guest(guest=ada, into=alice)
    with pytest.raises(ChatError):
        merge_guest(guest=ada, into=bob)
    assert Effect.objects.count() == 1


def test_the_same_id_of_both_keeps_both(ada: Person, alice: Person, lobby: Room) -> None:
    say(alice, lobby, "mine", id="m1")
    theirs = say(ada, lobby, "theirs", id="m1")
    merged(ada, alice)
    assert authors(lobby) == [alice.pk, alice.pk]
    assert Message.objects.get(number=theirs.number).client_message_id == id_after_merge("m1", ada.pk)
    again = say(ada, lobby, "theirs", id="m1")
    assert (again.number, again.duplicate) == (theirs.number, True)
    assert say(alice, lobby, "mine", id="m1").number == 1


@pytest.mark.parametrize("is_done", [False, True])
def test_a_post_of_the_guests_that_comes_late(is_done: bool, ada: Person, alice: Person, lobby: Room) -> None:
    first = say(ada, lobby, id="m1")
    merge_guest(guest=ada, into=alice)
    if is_done:
        effects.work_off()
    assert ada.guest_id is not None
    for author in (ada, Guest(ada.guest_id, "Ada")):
        again = say(author, lobby, id="m1")
        assert (again.number, again.duplicate) == (first.number, True)
        assert isinstance(answer(author, lobby, id="m2"), Unavailable)
    if is_done:
        assert say(alice, lobby, id="m1").duplicate
    assert Message.objects.count() == 1


def test_the_cookie_is_void(ada: Person, alice: Person) -> None:
    assert ada.guest_id is not None
    guest = Guest(ada.guest_id, "Ada")
    merge_guest(guest=ada, into=alice)
    (visitor,) = visitors_of([Credentials({GUEST_COOKIE: sign_guest(guest)})])
    assert not isinstance(visitor, Exception)
    assert visitor.author is None
    end_guest(guest=guest)
    alice.refresh_from_db()
    assert alice.is_admitted


def test_a_removal_stays(ada: Person, alice: Person, person: Callable[..., Person], lobby: Room, cellar: Room) -> None:
    grace = person("grace")
    for one in (ada, grace):
        say(one, lobby)
    Membership.objects.filter(person=grace, room=lobby).update(state=Membership.State.KICKED)
    market = rooms.create(person=alice, name="Market")
    say(ada, market)
    Membership.objects.filter(person=ada, room=market).update(state=Membership.State.BANNED)
    merged(ada, grace)
    assert state(grace, lobby)[0] == "kicked"
    assert state(grace, market)[0] == "banned"
    assert membership(grace, cellar) is None


def test_who_was_in_by_themselves_stays_in(ada: Person, alice: Person, lobby: Room) -> None:
    say(ada, lobby)
    Membership.objects.filter(person=ada, room=lobby).update(state=Membership.State.BANNED)
    merged(ada, alice)
    assert state(alice, lobby)[:2] == ("joined", "owner")


def test_the_site_is_not_handed_over(ada: Person, alice: Person) -> None:
    make_owner(person=ada)
    merged(ada, alice)
    alice.refresh_from_db()
    assert not alice.is_owner


def test_who_can_become_whose(ada: Person, alice: Person, bob: Person, guest: Callable[..., Person]) -> None:
    for was, into in [(alice, bob), (ada, guest("other")), (ada, ada)]:
        with pytest.raises(Invalid):
            merge_guest(guest=was, into=into)
    set_active(person=alice, is_active=False)
    with pytest.raises(Forbidden):
        merge_guest(guest=ada, into=alice)
    set_active(person=ada, is_active=False)
    with pytest.raises(Forbidden):
        merge_guest(guest=ada, into=bob)
    assert not Effect.objects.exists()
