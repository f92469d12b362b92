"""What is read while others write: a write falls between two statements of the reader, at every place in turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from tests.domain.says import say

from groupchat import timeline
from groupchat.actions import messages, rooms
from groupchat.models import Person, Room
from groupchat.realtime import resume


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
def test_unread_does_not_drift_on_opening(behind: int, alice: Person, bob: Person, lobby: Room) -> None:
    """Somebody posts on one device while another of theirs opens: their own message is never unread there."""
    rooms.join(person=bob, room_id=lobby.pk)
    say(alice, lobby)
    say(bob, lobby)

    with interrupted(behind, lambda: say(bob, lobby)):
        (found,) = resume.resume([resume.Return(bob, {}, True)])
    assert not isinstance(found, Exception)
    (state,) = found.rooms
    assert state["me"] is not None
    mark = state["me"]["last_read_number"]
    changes = timeline.changes(lobby.pk, state["seq"])  # what the device hears next
    assert changes is not None
    mark = max([mark, *(message["number"] for message in changes.frame.get("messages", ()))])
    assert changes.frame["last_number"] - mark == 0


@pytest.mark.parametrize("behind", PLACES)
def test_looking_is_true_at_its_seq(behind: int, alice: Person, bob: Person, lobby: Room) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    say(alice, lobby)
    say(bob, lobby)
    with interrupted(behind, lambda: say(bob, lobby)):
        state = resume.look(bob, lobby.pk)
    assert state["me"] is not None
    changes = timeline.changes(lobby.pk, state["seq"])
    assert changes is not None
    mark = max([state["me"]["last_read_number"], *(one["number"] for one in changes.frame.get("messages", ()))])
    assert changes.frame["last_number"] == mark
