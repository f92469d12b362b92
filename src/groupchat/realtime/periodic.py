"""Does the periodic jobs whose turn it is, each in one process at a time, part by part in the writing thread."""

from __future__ import annotations

import asyncio
import logging

from groupchat.actions import periodic
from groupchat.realtime import tasks
from groupchat.realtime.writing.database import Database

logger = logging.getLogger("groupchat.periodic")

LOOK_SECONDS = 5.0  # so much later than they wished people are reminded, at most, and their messages sent


class PeriodicWorker:
    """Looks every now and then which job is due. Several processes may do so side by side."""

    def __init__(self, *, database: Database, look_seconds: float = LOOK_SECONDS) -> None:
        self._database = database
        self._look_seconds = look_seconds
        self._task: asyncio.Task[None] | None = None
        self._resting = False

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    def rest(self) -> None:
        """Begin nothing more; what was begun is at its end after this part."""
        self._resting = True

    async def stop(self) -> None:
        self.rest()
        await tasks.end(self._task)

    async def _run(self) -> None:
        is_told = False
        while not self._resting:
            try:
                for name in await self._database.read(periodic.due):
                    await self._do(name)
                is_told = False
            except Exception as error:
                if not is_told:  # once, until it works again
                    logger.warning("A periodic job failed, and is tried again: %r", error)
                is_told = True
            await asyncio.sleep(self._look_seconds)

    async def _do(self, name: str) -> None:
        if not await self._database.write(periodic.claim, name=name):
            return
        more = True
        while more and not self._resting:  # others write between two parts
            more = await self._database.write(periodic.work, name=name)
