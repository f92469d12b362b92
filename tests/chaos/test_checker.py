"""The checker itself: whatever is broken on purpose here must be found."""

from __future__ import annotations

from typing import Any

import pytest
from tests.chaos.ledger import Ledger, Row
from tests.chaos.screen import Screen

ROOM = 1


def row(number: int, **other: Any) -> Row:
    facts = {"room": ROOM, "seq": number, "author": 9, "body": f"says {number}", "deleted": False}
    return Row(number=number, client_message_id=f"m{number}", **(facts | other))


def ledger() -> Ledger:
    """Three messages, sent and acknowledged one after the other."""
    ledger = Ledger()
    for number in (1, 2, 3):
        ledger.posted(f"m{number}", author="ada", room=ROOM, body=f"says {number}")
        ledger.acknowledged(f"m{number}", number=number, seq=number, duplicate=False)
    return ledger


def held_against(*rows: Row, last: int = 3) -> set[str]:
    checked = ledger()
    checked.hold_against(rows, {ROOM: (1, last, 10)})
    return set(checked.broken)


def test_all_is_well() -> None:
    assert held_against(row(1), row(2), row(3)) == set()


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([row(1), row(2)], {"lost", "gaps"}),
        ([row(1), row(2), row(3, body="says something else")], {"lost"}),
        ([row(1), row(2), row(3, deleted=True, body="")], {"lost"}),
        ([row(1), row(2), row(3), Row(ROOM, 4, 4, 9, "says 3", "m3", False)], {"doubled", "gaps"}),
        ([row(1), row(2), row(3, seq=2)], {"out of order"}),
        ([row(1), row(2), row(3, seq=11)], {"out of order"}),
    ],
)
def test_what_the_database_lacks_or_has_too_much_of_is_found(rows: list[Row], found: set[str]) -> None:
    assert held_against(*rows) == found


def test_a_retry_that_was_stored_again_is_found() -> None:
    checked = ledger()
    checked.acknowledged("m2", number=4, seq=4, duplicate=True)
    assert "doubled" in checked.broken


def test_what_was_sent_after_an_acknowledgement_and_stands_before_it_is_found() -> None:
    checked = Ledger()
    for name, number in (("m1", 2), ("m2", 1)):
        checked.posted(name, author="ada", room=ROOM, body=name)
        checked.acknowledged(name, number=number, seq=number, duplicate=False)
    assert "out of order" in _held(
        checked, Row(ROOM, 1, 1, 9, "m2", "m2", False), Row(ROOM, 2, 2, 9, "m1", "m1", False)
    )


def _held(checked: Ledger, *rows: Row) -> set[str]:
    checked.hold_against(rows, {ROOM: (1, len(rows), 10)})
    return set(checked.broken)


def screen() -> Screen:
    """A screen that stands at 5."""
    screen = Screen("ada", Ledger())
    state = {"room": {"id": ROOM}, "seq": 5, "last_number": 3, "me": None}
    screen.entered(state)
    return screen


def frame(since: int, to: int, *seqs: int) -> dict[str, Any]:
    messages = [{"number": seq, "seq": seq, "client_message_id": f"m{seq}"} for seq in seqs]
    return {"type": "changes", "room": ROOM, "since": since, "to": to, "last_number": to, "messages": messages}


@pytest.mark.parametrize(
    ("frames", "found"),
    [
        ([frame(5, 6, 6), frame(6, 7, 7)], set()),
        ([frame(6, 7, 7)], {"gaps"}),
        ([frame(5, 6, 6), frame(5, 6, 6)], {"doubled"}),
        ([frame(5, 7, 7, 6)], {"out of order"}),
        ([frame(5, 7, 5, 6)], {"out of order"}),
    ],
)
def test_pushes_that_do_not_join_are_found(frames: list[dict[str, Any]], found: set[str]) -> None:
    shown = screen()
    for one in frames:
        shown.changes(one, pushed=True, resuming=False)
    assert set(shown.ledger.broken) == found


def test_a_resume_that_does_not_come_to_where_hello_said_is_found() -> None:
    shown = screen()
    shown.rooms[ROOM].low = 1
    membership = {"room": ROOM, "seq": 1, "last_read_number": 0}
    shown.hello(
        {
            "epoch": "e",
            "me": {"id": 9},
            "seq": 1,
            "rooms": [{"room": {"id": ROOM}, "seq": 8, "last_number": 3, "me": membership}],
        }
    )
    shown.caught_up()
    assert set(shown.ledger.broken) == {"gaps"}
