"""Changes as they go to those who may not see what is below a message: their floor (`permissions.floor_of`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

from groupchat.kinds import ROOM_KINDS
from groupchat.protocol import ChangesFrame
from groupchat.publication import RoomChanges

ALL = 1
"""The floor that hides nothing, as any below it: also what stands before the first message is seen then."""


def lowest(frame: ChangesFrame) -> int | None:
    """The lowest number that a frame touches; None where it touches no part of the history."""
    return min(_numbers(frame), default=None)


def lowest_shown(frame: ChangesFrame, floor: int) -> int | None:
    """The lowest number of those that are not below the floor. Floors with the same one hide the same."""
    return min((number for number in _numbers(frame) if number >= floor), default=None)


def floor_behind(changes: RoomChanges, person_id: int | None, floor: int) -> int:
    """The floor of a person behind these changes, who had this one before them: they may have gone and come back."""
    if "info" in changes.frame and changes.frame["info"]["history"] == "all":
        return 0
    return changes.floors.get(person_id or 0, floor)


def above(changes: RoomChanges, floor: int) -> RoomChanges:
    """The same range without what is below the floor, and without the people whom only that names; the very same where
    nothing is.
    """
    touched = lowest(changes.frame)
    if floor <= ALL or touched is None or touched >= floor:
        return changes
    frame: dict[str, Any] = {**changes.frame}
    named: set[int] = set()
    for kind in ROOM_KINDS:
        rows = frame.pop(kind.name, ())
        if kind.stands_at is not None:
            rows = [row for row in rows if row[kind.stands_at] >= floor]
        if rows:
            frame[kind.name] = rows
            named.update(one for row in rows for one in kind.names(row))
    people = [person for person in changes.people if person["id"] in named]
    return replace(changes, frame=cast(ChangesFrame, frame), people=people)


def _numbers(frame: ChangesFrame) -> Iterator[int]:
    for kind in ROOM_KINDS:
        if kind.stands_at is not None:
            for row in cast(Any, frame.get(kind.name, ())):
                yield row[kind.stands_at]
