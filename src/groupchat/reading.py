"""How far somebody has read a room: up to a mark, and beyond it some ranges of numbers that they read ahead of it.

A thread is read ahead of the timeline. Such ranges stand in the membership as a text, `3-5,9-9`: in order, none touches
the next or the mark, and those that the mark reaches become part of it. So what is unread stays arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from groupchat.conf import conf
from groupchat.models import Membership
from groupchat.unread import Ranges


def ahead_of(membership: Membership) -> Ranges:
    """What they read ahead of the mark, both ends of each in it."""
    return ranges_in(membership.read_ahead)


def ranges_in(written: str) -> Ranges:
    """The same as it stands in the column."""
    parts = [part.split("-") for part in written.split(",")] if written else []
    return [(int(low), int(high)) for low, high in parts]


def raise_mark(membership: Membership, number: int) -> bool:
    """Everything up to this number is read; whether that was news. The caller saves it."""
    if number <= membership.last_read_number:
        return False
    membership.last_read_number = number
    if membership.read_ahead:
        _settle(membership, ahead_of(membership))
    return True


def read_ahead(membership: Membership, ranges: Iterable[Sequence[int]]) -> bool:
    """These numbers are read, too, wherever they stand; whether that was news. The caller saves it.

    Where there are more ranges than `max_read_ranges`, the lowest are unread again: unread never says too little.
    """
    before = membership.last_read_number, membership.read_ahead
    _settle(membership, [*ahead_of(membership), *((low, high) for low, high in ranges)])
    return before != (membership.last_read_number, membership.read_ahead)


def move_back(membership: Membership, number: int) -> None:
    """Nothing behind this number is read any more. The caller saves it."""
    kept = [(low, min(high, number)) for low, high in ahead_of(membership) if low <= number]
    membership.last_read_number, membership.read_ahead = min(membership.last_read_number, number), ""
    membership.moved_back += 1
    _settle(membership, kept)


def _settle(membership: Membership, ranges: Iterable[tuple[int, int]]) -> None:
    mark, joined = membership.last_read_number, Ranges()
    for low, high in sorted(ranges):
        if low <= mark + 1:
            mark = max(mark, high)
        elif joined and low <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    most = conf().max_read_ranges
    kept = joined[-most:] if most else joined
    membership.last_read_number = mark
    membership.read_ahead = ",".join(f"{low}-{high}" for low, high in kept)
