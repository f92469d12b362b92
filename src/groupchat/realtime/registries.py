"""Who is connected to this process: what the sockets of one person share, and those that wait for a room."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from groupchat.models import Person
from groupchat.publication import MyChanges
from groupchat.ratelimit import Bucket, Buckets

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
        self._buckets = Buckets()
        # The bucket of the limit, and the far larger one past which a client is flooding. Asked with every frame: bound
        # here, not called through a method of ours.
        self.buckets: Callable[[str, float], tuple[Bucket, Bucket]] = self._buckets.of

    def enter(self, key: str) -> None:
        self.connections[key] += 1

    def leave(self, key: str, now: float) -> None:
        """One connection less. What was used up of the allowance stays so: coming back is no way to a new one."""
        self.connections[key] -= 1
        if self.connections[key] <= 0:
            del self.connections[key]
            self._buckets.forget_whole(key, now)

    def rename(self, key: str, to: str, now: float) -> None:
        """One connection is counted under another key: the guest became a person, with what is left to them."""
        self._buckets.share(key, to)
        self.leave(key, now)
        self.enter(to)


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
