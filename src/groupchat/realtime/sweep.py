"""What the broker did not tell: a look at the counters in the database, at least once a second.

This is what makes delivery true, with any broker or none: the last publication before silence, a crash between commit
and publication, a message posted from a shell or by another process on the same SQLite file. It also finds what has no
topic yet: rooms that classic connections wait for, and guests who became a person elsewhere.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from groupchat import timeline
from groupchat.models import Person, RoomName
from groupchat.realtime import resume
from groupchat.realtime.database import Database
from groupchat.realtime.hub import Hub
from groupchat.realtime.topics import TopicKey

logger = logging.getLogger("groupchat.realtime")

SLICE = 2_000  # topics in one statement


@dataclass(slots=True)
class SweepStats:
    """Counts since the start of the process."""

    sweeps: int = 0
    looks: int = 0
    behind: int = 0
    errors: int = 0


class Sweep:
    """Compares the hub's positions with the database, every `interval_seconds`."""

    def __init__(
        self,
        *,
        hub: Hub,
        database: Database,
        interval_seconds: float,
        unmade: Callable[[], Iterable[str]],
        made: Callable[[str, int], None],
        guests: Callable[[], Sequence[UUID]],
        arrived: Callable[[UUID, int], None],
    ) -> None:
        self.stats = SweepStats()
        self._hub = hub
        self._database = database
        self._interval_seconds = interval_seconds
        self._unmade = unmade
        self._made = made
        self._guests = guests
        self._arrived = arrived
        self._turn = 0
        self._asked: set[UUID] = set()
        self._task: asyncio.Task[None] | None = None
        self._data_version: int | None = None
        self._looked_at: set[TopicKey] = set()
        self._differed = False

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._interval_seconds)
            try:
                await self.sweep()
            except Exception as error:
                self.stats.errors += 1
                self._data_version = None
                logger.warning("The sweep could not read the database: %s", error)

    async def sweep(self) -> None:
        """One look at everything that somebody here listens to."""
        self.stats.sweeps += 1
        keys = [key for key, topic in self._hub.topics.items() if topic.position is not None]
        unmade = list(self._unmade())
        guests = self._next_guests()
        if not keys and not unmade and not guests:
            return
        # What is new since the last look is looked at even if the file did not move.
        new = set(keys) - self._looked_at or set(guests) - self._asked
        if not await self._database.sweep(self._has_moved) and not new and not unmade and not self._differed:
            return
        self._differed = False
        self.stats.looks += 1
        await self._database.sweep(resume.refresh_epoch)
        for start in range(0, len(keys), SLICE):
            part = keys[start : start + SLICE]
            rooms, people = await self._database.sweep(
                timeline.positions,
                [key.id for key in part if key.kind == "room"],
                [key.id for key in part if key.kind == "me"],
            )
            for key in part:
                self._compare(key, (rooms if key.kind == "room" else people).get(key.id))
        self._looked_at = set(keys)
        if unmade:
            for name, room_id in await self._database.sweep(_made, unmade):
                self._made(name, room_id)
        self._asked = set(guests)
        if guests:
            for guest_id, person_id in await self._database.sweep(_arrived, guests):
                self._arrived(guest_id, person_id)

    def _next_guests(self) -> Sequence[UUID]:
        """Guests without a row who listen here; where they are many, the next slice of them."""
        guests = self._guests()
        start = self._turn if self._turn < len(guests) else 0
        self._turn = start + SLICE
        return guests[start : start + SLICE]

    def _compare(self, key: TopicKey, seq: int | None) -> None:
        topic = self._hub.topics.get(key)
        if topic is None or topic.position is None or seq == topic.position:
            return
        # None: the room is gone. Lower: the database is an older one. The repair answers both with a reset.
        self.stats.behind += 1
        self._differed = True  # look again, whether or not the file moves: the repair may have to be repeated
        self._hub.differs(key, seq)

    def _has_moved(self) -> bool:
        """Whether another connection wrote since our last look; only SQLite can say so for nothing."""
        if connection.vendor != "sqlite":
            return True
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            (version,) = cursor.fetchone()
        moved: bool = version != self._data_version
        self._data_version = version
        return moved


def _arrived(guests: Sequence[UUID]) -> list[tuple[UUID, int]]:
    found = Person.objects.filter(guest_id__in=guests).values_list("guest_id", "pk")
    return [(guest_id, person_id) for guest_id, person_id in found if guest_id is not None]


def _made(names: Sequence[str]) -> list[tuple[str, int]]:
    return list(RoomName.objects.filter(key__in=names).values_list("key", "room_id"))
