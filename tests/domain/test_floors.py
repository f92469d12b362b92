"""What newcomers see of a room's past, where its owner wants them to see only what comes after them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.domain.conftest import Ear
from tests.domain.says import look, membership, page, rows, say

from groupchat import timeline, versions
from groupchat.actions import messages, rooms
from groupchat.actions.counters import changed_mine, changing_room
from groupchat.actions.messages import Post, Posted
from groupchat.errors import Forbidden, Invalid, NotFound
from groupchat.floors import above
from groupchat.models import Membership, Message, Person, Room
from groupchat.realtime.delivery import opening, resume
from groupchat.realtime.delivery.opening import Behind, Range
from groupchat.realtime.delivery.resume import ResumeRequest


def hide(room: Room, owner: Person) -> None:
    rooms.set_history(person=owner, room_id=room.pk, history="joined")


def show(room: Room, owner: Person) -> None:
    rooms.set_history(person=owner, room_id=room.pk, history="all")


def floor(person: Person, room: Room) -> int:
    found = membership(person, room)
    assert found is not None
    return found.floor


def numbers(person: Person | None, room: Room, **at: int) -> list[int]:
    return [message["number"] for message in page(person, room.pk, **at).messages]


@pytest.fixture
def past(lobby: Room, alice: Person) -> Room:
    """A room with five messages, that shows newcomers none of them."""
    for number in range(1, 6):
        say(alice, lobby, f"said {number}")
    hide(lobby, alice)
    lobby.refresh_from_db()
    return lobby


def test_a_newcomer_sees_what_comes_after_them(past: Room, alice: Person, bob: Person) -> None:
    rooms.join(person=bob, room_id=past.pk)
    assert floor(bob, past) == 6
    assert numbers(bob, past) == []
    say(alice, past, "said 6")
    found = page(bob, past.pk)
    assert [message["number"] for message in found.messages] == [6]
    assert (found.first_number, found.last_number) == (6, 6)
    assert numbers(alice, past) == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("where", ["before", "after", "around"])
def test_no_page_shows_a_newcomer_anything_older(where: str, past: Room, alice: Person, bob: Person) -> None:
    rooms.join(person=bob, room_id=past.pk)
    rooms.rename(person=alice, room_id=past.pk, name="Hall")  # a line behind the message 5
    for _ in range(3):
        say(alice, past)
    for number in range(10):
        for limit in (1, 2, 50):
            found = page(bob, past.pk, limit=limit, **{where: number})
            assert all(message["number"] >= 6 for message in found.messages)
            assert all(notice["after"] >= 6 for notice in found.notices)
            assert found.first_number == 6


def test_who_posts_joins_and_sees_their_own_message(past: Room, bob: Person) -> None:
    assert say(bob, past, "hello").number == 6
    assert floor(bob, past) == 6
    assert numbers(bob, past) == [6]


def test_an_empty_room_hides_nothing(lobby: Room, alice: Person, bob: Person) -> None:
    hide(lobby, alice)
    rooms.set_topic(person=alice, room_id=lobby.pk, topic="before the first message")
    rooms.join(person=bob, room_id=lobby.pk)
    say(alice, lobby)
    assert page(bob, lobby.pk) == page(alice, lobby.pk)
    changes = timeline.changes(lobby.pk, 0)
    assert changes is not None
    assert above(changes, floor(bob, lobby)) is changes


def test_its_maker_sees_everything(alice: Person) -> None:
    room = rooms.create(person=alice, name="Den")
    hide(room, alice)
    say(alice, room)
    assert floor(alice, room) == 0
    assert numbers(alice, room) == [1]


def test_who_is_in_the_room_keeps_what_they_saw(lobby: Room, alice: Person, bob: Person) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    say(alice, lobby)
    hide(lobby, alice)
    say(alice, lobby)
    assert floor(bob, lobby) == 0
    assert numbers(bob, lobby) == [1, 2]


def test_who_comes_back_does_not_see_what_was_said_meanwhile(past: Room, alice: Person, bob: Person) -> None:
    rooms.join(person=bob, room_id=past.pk)
    say(alice, past, "while he is here")
    rooms.leave(person=bob, room_id=past.pk)
    say(alice, past, "while he is out")
    rooms.join(person=bob, room_id=past.pk)
    say(alice, past, "when he is back")
    assert numbers(bob, past) == [8]


def test_who_was_sent_out_comes_back_as_a_newcomer(lobby: Room, alice: Person, bob: Person) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    say(alice, lobby)
    hide(lobby, alice)
    with changing_room(lobby.pk, bob) as change:
        kicked = Membership.objects.get(room=lobby, person=bob)
        kicked.state = Membership.State.KICKED
        change.changed(kicked, bob)
        kicked.save()
        change.save()
        changed_mine(bob.pk, [kicked])
    rooms.join(person=bob, room_id=lobby.pk)
    assert numbers(bob, lobby) == []


def test_a_room_that_shows_everything_again_does_so_to_those_in_it(past: Room, alice: Person, bob: Person) -> None:
    rooms.join(person=bob, room_id=past.pk)
    show(past, alice)
    assert floor(bob, past) == 0
    assert numbers(bob, past) == [1, 2, 3, 4, 5]
    hide(past, alice)
    assert numbers(bob, past) == [1, 2, 3, 4, 5], "who is in it keeps what they saw"


def test_who_comes_while_a_room_shows_everything_has_no_floor(past: Room, alice: Person, bob: Person) -> None:
    rooms.join(person=bob, room_id=past.pk)
    rooms.leave(person=bob, room_id=past.pk)
    show(past, alice)
    rooms.join(person=bob, room_id=past.pk)
    assert (floor(bob, past), len(numbers(bob, past))) == (0, 5)


def test_who_looks_in_sees_what_passes_from_then_on(past: Room, alice: Person, bob: Person) -> None:
    state = look(bob, past.pk)
    assert (state["me"], state["floor"]) == (None, 6)
    assert numbers(bob, past) == numbers(None, past) == []
    say(alice, past)
    assert numbers(bob, past) == [], "one who hears nothing sees nothing"
    (heard,) = opening.pages([Range(bob, past.pk, None, None, None, 50, 6)])
    assert isinstance(heard, timeline.Page)
    assert ([message["number"] for message in heard.messages], heard.first_number) == ([6], 6)


def test_who_looks_into_a_room_that_shows_everything_has_no_floor(lobby: Room, bob: Person) -> None:
    assert "floor" not in look(bob, lobby.pk)


def test_the_owner_of_the_site_has_no_other_eyes(past: Room, person: Callable[..., Person]) -> None:
    root = person("root", is_owner=True)
    assert numbers(root, past) == []
    with pytest.raises(NotFound):
        messages.delete(person=root, room_id=past.pk, number=1)


def test_those_at_the_tutorials_address_are_sent_nothing_older(past: Room, alice: Person, bob: Person) -> None:
    rooms.join(person=bob, room_id=past.pk)
    say(alice, past)
    found = opening.posts([Behind(bob, past.pk, 0, 1), Behind(alice, past.pk, 0, 1), Behind(bob, past.pk, 6, 7)])
    sent = [one.chunk.wire.count(b'"message"') if one.chunk else 0 for one in found if isinstance(one, opening.Posts)]
    assert sent == [1, 6, 0]


@pytest.mark.parametrize("do", ["edit", "delete", "versions"])
def test_there_is_no_message_below_the_floor(do: str, past: Room, alice: Person, bob: Person) -> None:
    rooms.join(person=bob, room_id=past.pk)
    mine = say(bob, past, "mine")
    messages.edit(person=bob, room_id=past.pk, number=mine.number, body="mine, really")
    rooms.leave(person=bob, room_id=past.pk)
    rooms.join(person=bob, room_id=past.pk)
    Membership.objects.filter(room=past, person=bob).update(role=Membership.Role.OWNER)
    acts: dict[str, Callable[[int], object]] = {
        "edit": lambda number: messages.edit(person=bob, room_id=past.pk, number=number, body="other"),
        "delete": lambda number: messages.delete(person=bob, room_id=past.pk, number=number),
        "versions": lambda number: versions.versions(past.pk, number, bob),
    }
    before = rows()
    for number in range(1, 8):
        with pytest.raises(NotFound):
            acts[do](number)
    assert rows() == before


def test_changes_go_to_a_newcomer_without_what_is_older(past: Room, alice: Person, bob: Person, guest: Any) -> None:
    grace = guest("Grace")
    say(grace, past, "said 6")
    rooms.join(person=bob, room_id=past.pk)
    since = Room.objects.get(pk=past.pk).seq
    messages.edit(person=grace, room_id=past.pk, number=6, body="edited")
    messages.delete(person=alice, room_id=past.pk, number=1)
    rooms.set_topic(person=alice, room_id=past.pk, topic="new")
    say(alice, past, "said 7")

    found = resume.changes(bob, past.pk, since, None)
    assert found is not None
    frame = found.frame
    assert (frame["since"], frame["to"], frame["last_number"]) == (since, since + 5, 7), "the range is whole"
    assert [message["number"] for message in frame["messages"]] == [7]
    assert frame["info"]["topic"] == "new"
    assert "notices" not in frame, "it stands behind the message 6"
    assert [one["id"] for one in found.people] == [alice.pk], "nobody is introduced who is not named"


def test_resume_is_cut_for_each_by_their_own_floor(past: Room, alice: Person, bob: Person) -> None:
    rooms.join(person=bob, room_id=past.pk)
    since = Room.objects.get(pk=past.pk).seq
    messages.edit(person=alice, room_id=past.pk, number=2, body="edited")
    say(alice, past)
    asked = [ResumeRequest(one, {past.pk: since}, same_epoch=True) for one in (alice, bob)]
    told = [one.changes[past.pk] for one in resume.resume(asked) if isinstance(one, resume.ResumeResult)]
    assert [[message["number"] for message in one.frame["messages"]] for one in told if one] == [[2, 6], [6]]


def test_a_retry_is_answered_however_far_below_it_is(past: Room, alice: Person, bob: Person) -> None:
    first = say(bob, past, "mine", id="once")
    rooms.leave(person=bob, room_id=past.pk)
    rooms.join(person=bob, room_id=past.pk)
    (again,) = messages.post([Post(past.pk, bob, "mine", "once")])
    assert isinstance(again, Posted)
    assert (again.number, again.duplicate) == (first.number, True)


def test_only_those_who_manage_a_room_say_what_newcomers_see(lobby: Room, alice: Person, bob: Person) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    with pytest.raises(Forbidden):
        hide(lobby, bob)
    with pytest.raises(Invalid):
        rooms.set_history(person=alice, room_id=lobby.pk, history="none")
    assert Room.objects.get(pk=lobby.pk).history == Room.History.ALL


def test_the_same_again_changes_nothing(past: Room, alice: Person, ear: Ear) -> None:
    before = rows()
    hide(past, alice)
    assert (rows(), ear.heard) == (before, [])


def test_what_is_published_says_who_has_a_floor(past: Room, bob: Person, ear: Ear) -> None:
    rooms.join(person=bob, room_id=past.pk)
    (changes,) = ear.of_room(past.pk)
    assert changes.floors == {bob.pk: 6}
    assert "floor" not in changes.frame["members"][0], "nobody is told of another's"
    (mine,) = ear.of_person(bob.pk)
    assert mine.frame["memberships"][0]["floor"] == 6


@pytest.mark.parametrize("people", [1, 30])
def test_showing_everything_takes_the_same_statements_for_many(
    people: int, past: Room, alice: Person, person: Callable[..., Person]
) -> None:
    for number in range(people):
        rooms.join(person=person(f"new{number}"), room_id=past.pk)
    with CaptureQueriesContext(
        connection,
    ) as taken:
        show(past, alice)
    assert len(taken) <= 9, [one["sql"] for one in taken]
    assert not Membership.objects.filter(room=past, floor__gt=0).exists()


def _every_frame(room: Room, reader: Person) -> Iterator[Any]:
    found = Membership.objects.get(room=room, person=reader)
    for since in range(Room.objects.get(pk=room.pk).seq + 1):
        changes = timeline.changes(room.pk, since)
        assert changes is not None
        yield above(changes, found.floor)


def test_whatever_the_position_the_answer_is_what_may_be_seen(past: Room, alice: Person, bob: Person) -> None:
    rooms.join(person=bob, room_id=past.pk)
    for number in (2, 4):
        messages.edit(person=alice, room_id=past.pk, number=number, body="hidden")
    say(alice, past, "open")
    hidden = set(Message.objects.filter(room=past, number__lt=6).values_list("body", flat=True))
    for changes in _every_frame(past, bob):
        told = {message["body"] for message in changes.frame.get("messages", ())}
        assert not told & hidden
        assert all(notice["after"] >= 6 for notice in changes.frame.get("notices", ()))
