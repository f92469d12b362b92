"""What the broker did not tell: a look at the counters in the database, at least once a second.

This is what makes delivery true, with any broker or none: the last publication before silence, a crash between commit
and publication, a message posted from a shell or by another process on the same SQLite file. It also finds what has no
topic yet: rooms that classic connections wait for, and guests who became a person elsewhere.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from groupchat.models import Person, RoomName
from groupchat.realtime import tasks
from groupchat.realtime.delivery import resume
from groupchat.realtime.delivery.topic_kinds import positions
from groupchat.realtime.fanout.hub import Hub
from groupchat.realtime.fanout.topics import TopicKey
from groupchat.realtime.writing.database import Database

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
        awaited: Callable[[], Sequence[str]],
        made: Callable[[str, int], None],
        guests: Callable[[], Sequence[UUID]],
        arrived: Callable[[UUID, int], None],
    ) -> None:
        self.stats = SweepStats()
        self._hub = hub
        self._database = database
        self._interval_seconds = interval_seconds
        self._awaited = awaited
        self._made = made
        self._guests = guests
        self._arrived = arrived
        self._turn = 0
        self._asked: set[UUID] = set()
        self._task: asyncio.Task[None] | None = None
        self._stood: object = None  # what the database showed at the last look
        self._looked_at: set[TopicKey] = set()
        self._differed = False

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        await tasks.end(self._task)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(self._interval_seconds)
            try:
                await self.sweep()
            except Exception as error:
                self.stats.errors += 1
                self._stood = None
                logger.warning("The sweep could not read the database: %s", error)

    async def sweep(self) -> None:
        """One look at everything that somebody here listens to."""
        self.stats.sweeps += 1
        keys = [key for key, topic in self._hub.topics.items() if topic.position is not None]
        awaited = self._awaited()
        guests = self._next_guests()
        if not keys and not awaited and not guests:
            return
        # What is new since the last look is looked at even if the database did not move.
        new = set(keys) - self._looked_at or set(guests) - self._asked
        anyway = bool(new or awaited or self._differed)
        if not await self._database.sweep(self._begin_look, anyway):
            return
        self._differed = False
        self.stats.looks += 1
        for start in range(0, len(keys), SLICE):
            part = keys[start : start + SLICE]
            seqs = await self._database.sweep(positions, part)
            for key in part:
                self._compare(key, seqs.get(key))
        self._looked_at = set(keys)
        if awaited:
            for name, room_id in await self._database.sweep(_made, awaited):
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
        self._differed = True  # look again, whether or not the database moves: the repair may have to be repeated
        self._hub.differs(key, seq)

    def _begin_look(self, anyway: bool) -> bool:
        """Whether somebody wrote since our last look, or we look `anyway`; then the epoch is read, too."""
        stands = standing()
        if stands == self._stood and not anyway:
            return False
        self._stood = stands
        resume.refresh_epoch()
        return True


def standing() -> object:
    """The same as long as there is nothing new to see: asking this is far cheaper than all the counters.

    SQLite counts what other connections wrote; a snapshot of PostgreSQL says which transactions it sees.
    """
    question = {"sqlite": "PRAGMA data_version", "postgresql": "SELECT pg_current_snapshot()::text"}
    if connection.vendor not in question:
        return object()
    with connection.cursor() as cursor:
        cursor.execute(question[connection.vendor])
        return cursor.fetchone()


def _arrived(guests: Sequence[UUID]) -> list[tuple[UUID, int]]:
    found = Person.objects.filter(guest_id__in=guests).values_list("guest_id", "pk")
    return [(guest_id, person_id) for guest_id, person_id in found if guest_id is not None]


def _made(names: Sequence[str]) -> list[tuple[str, int]]:
    return list(RoomName.objects.filter(key__in=names).values_list("key", "room_id"))
