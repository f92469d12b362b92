"""Who is connected to this process: what the sockets of one person share, and those that wait for a room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Protocol, TypeVar

from groupchat.conf import conf
from groupchat.models import Person
from groupchat.publication import MyChanges
from groupchat.ratelimit import Bucket

# Commands that may come at once for each one that may come in the long run, before a client is taken for a flood.
FLOOD_FACTOR = 10
MAX_ALLOWANCES = 20_000


K = TypeVar("K")
S = TypeVar("S")


class PersonSession(Protocol):
    """A live socket of somebody who may be a person; `gateway.client_session` is the one that there is."""

    async def reauthenticate(self) -> None: ...


class GuestSession(Protocol):
    """A live socket of a guest, who becomes a person with the first thing that they do."""

    async def arrived(self, person_id: int) -> None: ...

    async def become_too(self, person: Person, changes: MyChanges | None) -> None: ...


class WaitingSession(Protocol):
    """A socket at the tutorial's address that waits for its room."""

    @property
    def has_posts_waiting(self) -> bool: ...

    def make_room(self) -> None: ...

    def open(self, room_id: int) -> None: ...


class Visitors:
    """What the connections of one person share in this process: how many they are, and how fast they may go."""

    def __init__(self) -> None:
        self.connections: Counter[str] = Counter()
        self._buckets: dict[str, tuple[Bucket, Bucket]] = {}
        self._names: dict[str, Bucket] = {}
        self._most = MAX_ALLOWANCES

    def buckets(self, key: str, now: float) -> tuple[Bucket, Bucket]:
        """The bucket of the limit, and the far larger one past which a client is flooding."""
        found = self._buckets.get(key)
        if found is None:
            if len(self._buckets) >= self._most:
                self._buckets = {one: kept for one, kept in self._buckets.items() if not _are_whole(kept, now)}
                self._most = max(MAX_ALLOWANCES, 2 * len(self._buckets))  # or a crowd would pay for it at each arrival
            rate, burst = conf().max_commands_per_second, conf().max_commands_burst
            found = self._buckets[key] = (
                Bucket(rate=rate, burst=burst, now=now),
                Bucket(rate=rate * FLOOD_FACTOR, burst=burst * FLOOD_FACTOR, now=now),
            )
        return found

    def renames(self, key: str, now: float) -> float:
        """Take one new name from this person's allowance: 0.0, or the seconds to wait until there is one."""
        limit = conf().max_renames_per_hour
        if len(self._names) >= MAX_ALLOWANCES:
            self._names = {one: kept for one, kept in self._names.items() if not kept.is_whole(now)}
        kept = self._names.setdefault(key, Bucket(rate=limit / 3600, burst=limit, now=now))
        return kept.take(now)

    def enter(self, key: str) -> None:
        self.connections[key] += 1

    def leave(self, key: str, now: float) -> None:
        """One connection less. What was used up of the allowance stays so: coming back is no way to a new one."""
        self.connections[key] -= 1
        if self.connections[key] <= 0:
            del self.connections[key]
            kept = self._buckets.get(key)
            if kept is not None and _are_whole(kept, now):
                del self._buckets[key]

    def rename(self, key: str, to: str, now: float) -> None:
        """One connection is counted under another key: the guest became a person, with what is left to them."""
        if key in self._buckets:
            self._buckets.setdefault(to, self._buckets[key])
        self.leave(key, now)
        self.enter(to)


def _are_whole(buckets: tuple[Bucket, Bucket], now: float) -> bool:
    return all(bucket.is_whole(now) for bucket in buckets)


class AwaitedRooms:
    """By the folded name of a room, those who wait for it. One of them at a time makes it."""

    def __init__(self) -> None:
        self._waiting: dict[str, set[WaitingSession]] = {}
        self._making: set[str] = set()

    @property
    def waiting(self) -> int:
        """How many sockets wait."""
        return sum(map(len, self._waiting.values()))

    def names(self) -> list[str]:
        return list(self._waiting)

    def add(self, name: str, connection: WaitingSession) -> None:
        self._waiting.setdefault(name, set()).add(connection)

    def discard(self, name: str, connection: WaitingSession) -> None:
        waiting = self._waiting.get(name)
        if waiting is not None:
            waiting.discard(connection)
            if not waiting:
                del self._waiting[name]

    def begin_making(self, name: str) -> bool:
        """Whether the caller is to make the room, and then to say `made` or `not_made`; False: somebody else does."""
        if name in self._making:
            return False
        self._making.add(name)
        return True

    def made(self, name: str) -> Iterable[WaitingSession]:
        """The room exists: those who waited for it, who do so no more."""
        self._making.discard(name)
        return self._waiting.pop(name, ())

    def not_made(self, name: str) -> None:
        """Whoever was to make it could not: the next one who has something to say tries."""
        self._making.discard(name)
        for connection in self._waiting.get(name, ()):
            if connection.has_posts_waiting:
                connection.make_room()
                return


def discard(groups: dict[K, set[S]], key: K, session: S) -> None:
    """Take a session out of its group, and the group away with its last one."""
    group = groups.get(key)
    if group is not None:
        group.discard(session)
        if not group:
            del groups[key]
