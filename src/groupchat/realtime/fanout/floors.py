"""Whose subscriptions to a topic do not show what lies below a message: the floor that they were given, and follow."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from groupchat.realtime.fanout.connection import Connection

if TYPE_CHECKING:
    from groupchat.realtime.fanout.topics import Publication, Reset


class Sight(NamedTuple):
    """What one may see of a topic: nothing of what lies below the message `floor`. `looks`: it is nobody's who is a
    member.
    """

    floor: int = 0
    looks: bool = False


WHOLE = Sight()
Due = Sequence[tuple["Publication", int]]


class Floors:
    """The floors of one topic, by connection; most topics have none, and then nothing here costs anything.

    `lookers` are the connections of those who are no members: where a room begins to hide what is older, it does so
    from them.
    """

    __slots__ = ("_highest", "_of", "hide_something", "lookers")

    def __init__(self) -> None:
        self._of: dict[Connection, int] = {}
        self._highest = 0  # no floor is higher; it need not be one of them any more
        self.hide_something = False
        self.lookers: set[Connection] = set()

    def of(self, connection: Connection) -> int:
        return self._of.get(connection, 0)

    def give(self, connection: Connection, sight: Sight) -> None:
        """What was read with the subscription."""
        self._put(connection, sight.floor)
        if sight.looks:
            self.lookers.add(connection)
        else:
            self.lookers.discard(connection)

    def forget(self, connection: Connection) -> None:
        self.lookers.discard(connection)
        self._put(connection, 0)

    def follow(self, connections: Collection[Connection], one: Publication | Reset) -> list[Connection]:
        """What came may say that somebody sees more or less from now on. Gives those who must take the topic anew, for
        they see less and cannot know it.
        """
        if one.history == "all" and self._of:
            for connection in connections:
                self._put(connection, 0)
        if one.floors:
            for connection in connections:
                floor = one.floors.get(connection.person_id or 0)
                if floor is not None:
                    self.give(connection, Sight(floor))
        if one.history != "joined" or not self.lookers:
            return []
        hidden = [connection for connection in connections if connection in self.lookers and connection not in self._of]
        for connection in hidden:
            self._put(connection, one.last_number + 1)
        return hidden

    def parts(self, connections: Collection[Connection], due: Due) -> Iterator[tuple[Collection[Connection], Due]]:
        """What is due, as each of these connections may see it: all who may see the same get the very same."""
        if not any(_is_below(one, self._highest) for one, _ in due):
            yield connections, due
            return
        by_floor: dict[int, Due] = {}
        groups: dict[tuple[int, ...], tuple[list[Connection], Due]] = {}
        for connection in connections:
            floor = self._of.get(connection, 0)
            if floor not in by_floor:
                by_floor[floor] = _above(due, floor)
            seen = by_floor[floor]
            groups.setdefault(tuple(id(one) for one, _ in seen), ([], seen))[0].append(connection)
        yield from groups.values()

    def _put(self, connection: Connection, floor: int) -> None:
        if floor > 0:
            self._of[connection] = floor
            self._highest = max(self._highest, floor)
            self.hide_something = True
        elif self._of.pop(connection, 0) and not self._of:
            self._highest = 0
            self.hide_something = False


def _is_below(one: Publication, floor: int) -> bool:
    return one.lowest is not None and one.lowest < floor


def _above(due: Iterable[tuple[Publication, int]], floor: int) -> Due:
    return [
        (one.above(floor) if one.above is not None and _is_below(one, floor) else one, last_number)
        for one, last_number in due
    ]
