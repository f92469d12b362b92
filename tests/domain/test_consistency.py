"""What is read while others write: a write falls between two statements of the reader, at every place in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from tests.domain.says import look, say

from groupchat import timeline
from groupchat.actions import memberships, messages, rooms
from groupchat.models import Message, Person, Room
from groupchat.protocol import RoomState
from groupchat.realtime.delivery import resume


@contextmanager
def interrupted(behind: int, write: Callable[[], object]) -> Iterator[list[str]]:
    """Runs `write` behind the statement of this number; gives the statements that were sent."""
    sent: list[str] = []

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        sent.append(sql)
        if len(sent) == behind:
            result_rows = context["cursor"].fetchall() if context["cursor"].description else None
            write()
            if result_rows is not None:
                context["cursor"].fetchmany = _served(result_rows)
                context["cursor"].fetchone = lambda: result_rows.pop(0) if result_rows else None
                context["cursor"].fetchall = lambda: [result_rows.pop(0) for _ in range(len(result_rows))]
        return result

    with connection.execute_wrapper(wrapper):
        yield sent


def _served(rows: list[Any]) -> Callable[[int], list[Any]]:
    def fetchmany(size: int = 1) -> list[Any]:
        return [rows.pop(0) for _ in range(min(size, len(rows)))]

    return fetchmany


PLACES = range(1, 7)


@pytest.mark.parametrize("behind", PLACES)
def test_changes_miss_nothing(behind: int, alice: Person, bob: Person, lobby: Room) -> None:
    number = say(alice, lobby, "old").number
    lobby.refresh_from_db()
    since = lobby.seq

    def write() -> None:
        messages.edit(person=alice, room_id=lobby.pk, number=number, body="new")
        say(bob, lobby)
        rooms.set_topic(person=alice, room_id=lobby.pk, topic="new")

    with interrupted(behind, write):
        first = timeline.changes(lobby.pk, since)
    assert first is not None
    second = timeline.changes(lobby.pk, first.frame["to"])
    assert second is not None
    seqs = {
        entity["seq"]
        for one in (first, second)
        for name in ("members", "messages", "notices")
        for entity in one.frame.get(name, ())  # type: ignore[attr-defined]
    } | {one.frame["info"]["seq"] for one in (first, second) if "info" in one.frame}
    lobby.refresh_from_db()
    assert second.frame["to"] == max(lobby.seq, since)
    assert seqs == set(range(since + 1, lobby.seq + 1))
    for one in (first, second):
        assert {message["author"] for message in one.frame.get("messages", ())} <= {who["id"] for who in one.people}


@pytest.mark.parametrize("behind", PLACES)
@pytest.mark.parametrize("has_read", [False, True])  # then one's own takes the mark along
def test_unread_does_not_drift_on_opening(behind: int, has_read: bool, alice: Person, bob: Person, lobby: Room) -> None:
    """Somebody posts on one device while another of theirs opens: their own message is never unread there."""
    rooms.join(person=bob, room_id=lobby.pk)
    say(alice, lobby)
    if has_read:
        memberships.read(person=bob, room_id=lobby.pk, number=1)
    say(bob, lobby)

    with interrupted(behind, lambda: say(bob, lobby)):
        (found,) = resume.resume([resume.ResumeRequest(bob, {}, True)])
    assert not isinstance(found, Exception)
    (state,) = found.rooms
    assert state["me"] is not None
    assert unread_of_device(state, bob) == (0 if has_read else 1)


@pytest.mark.parametrize("behind", PLACES)
def test_unread_does_not_drift_where_something_is_deleted_on_opening(
    behind: int, alice: Person, bob: Person, lobby: Room
) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    for _ in range(4):
        say(alice, lobby)
    messages.delete(person=alice, room_id=lobby.pk, number=2)
    with interrupted(behind, lambda: messages.delete(person=alice, room_id=lobby.pk, number=3)):
        (found,) = resume.resume([resume.ResumeRequest(bob, {}, True)])
    assert not isinstance(found, Exception)
    assert unread_of_device(found.rooms[0], bob) == Message.objects.filter(room=lobby, deleted_at=None).count()


def unread_of_device(state: RoomState, person: Person) -> int:
    """What a device shows that was told this state, and then hears what changed since."""
    assert state["me"] is not None
    changes = timeline.changes(state["room"]["id"], state["seq"])
    assert changes is not None
    skipped = {number for low, high in state.get("uncounted", ()) for number in range(low, high + 1)} | {
        message["number"]
        for message in changes.frame.get("messages", ())
        if message["author"] == person.pk or "deleted_at" in message
    }
    behind = range(state["me"]["last_read_number"] + 1, changes.frame["last_number"] + 1)
    return len(set(behind) - skipped)


@pytest.mark.parametrize("behind", PLACES)
def test_looking_is_true_at_its_seq(behind: int, alice: Person, bob: Person, lobby: Room) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    say(alice, lobby)
    say(bob, lobby)
    with interrupted(behind, lambda: say(bob, lobby)):
        state = look(bob, lobby.pk)
    assert state["me"] is not None
    assert unread_of_device(state, bob) == 1
