"""What is said of a part of a message, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from groupchat.models import Room


@dataclass(frozen=True, slots=True)
class Part:
    """Something that hangs on a message: rows of a table of its own, with `room` and `number` and an index of both.

    A post carries it where it has `check` and `row`; a message that was just written then has what the post said,
    without a read.
    """

    key: str
    """Its member of a message on the wire; left out of a message that has none."""
    bit: int
    """Its place in `Message.parts`. Once released it stays this part's for ever."""
    model: type[Model]
    read: Callable[[int, Sequence[int]], Mapping[int, Any]]
    """Of these messages of a room, in one statement: what stands on the wire, by number."""
    check: Callable[[Any, Room], None] | None = None
    """Raises ChatError where a post into this room, whose counters stand before it, must not say so."""
    columns: tuple[str, ...] = ()
    """Those that `row` fills, all that have no default of the database."""
    row: Callable[[int, int, Mapping[str, Any]], tuple[Any, ...]] | None = None
    """What stands in these columns, of `(room, number, all parts that the post has, by key)`."""
    stays: bool = False
    """Whether it stays where the message is deleted, for it is what others wrote."""
