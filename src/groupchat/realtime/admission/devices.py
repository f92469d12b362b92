"""Notes in which browsers somebody is signed in, as their sockets come: nobody waits for it, and many are one write."""

from __future__ import annotations

import asyncio
import logging

from django.conf import settings

from groupchat.actions import devices
from groupchat.actions.devices import SEEN_SECONDS, Seen
from groupchat.identity import Visitor
from groupchat.realtime import tasks
from groupchat.realtime.admission.handshake import Handshake
from groupchat.realtime.writing.database import Database

logger = logging.getLogger("groupchat.realtime")

GATHER_SECONDS = 0.2
NOTED_AT_ONCE = 500
MOST_WAITING = 10_000  # past it a device is noted when it comes next
MOST_REMEMBERED = 20_000  # sessions that were noted by this process a moment ago


class DeviceNotes:
    """What waits to be noted, and what was noted a moment ago."""

    def __init__(self, *, database: Database) -> None:
        self._database = database
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Seen] = []
        self._until: dict[str, float] = {}
        self._task: asyncio.Task[None] | None = None

    def saw(self, visitor: Visitor, handshake: Handshake) -> None:
        """A socket was accepted: of a browser with a session, or of anything else."""
        key = handshake.credentials.cookies.get(settings.SESSION_COOKIE_NAME, "")
        person = visitor.person
        if not key or handshake.credentials.token or person is None or person.user_id is None:
            return
        now = self._loop.time()
        if self._until.get(key, 0.0) > now or len(self._waiting) >= MOST_WAITING:
            return
        if len(self._until) >= MOST_REMEMBERED:
            self._until = {one: until for one, until in self._until.items() if until > now}
        if len(self._until) < MOST_REMEMBERED:
            self._until[key] = now + SEEN_SECONDS
        self._waiting.append(Seen(person.pk, key, handshake.agent, handshake.address))
        if self._task is None:
            self._task = self._loop.create_task(self._write())

    async def stop(self) -> None:
        """What waits is noted when it comes next."""
        await tasks.end(self._task)

    async def _write(self) -> None:
        await asyncio.sleep(GATHER_SECONDS)
        try:
            while self._waiting:
                some, self._waiting = self._waiting[:NOTED_AT_ONCE], self._waiting[NOTED_AT_ONCE:]
                await self._database.write(devices.note, seen=some)
        except Exception as error:  # somebody was deleted meanwhile, or the database is away
            logger.warning("Devices could not be noted: %r", error)
        finally:
            self._task = None
            if self._waiting:
                self._task = self._loop.create_task(self._write())
