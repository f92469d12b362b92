"""Whether strangers may come in, as each process knows it between two looks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable

from groupchat.access import access
from groupchat.conf import conf
from groupchat.errors import Close
from groupchat.realtime import tasks
from groupchat.realtime.fanout.connection import Connection
from groupchat.realtime.writing.database import Database

logger = logging.getLogger("groupchat.realtime")

LOOK_SECONDS = 1.0


class AccessWatch:
    """Lets a crowd of strangers in, or not, without a question for each. Where an owner closes the site, those who only
    listen have to go; what they would write is refused from the first moment on, wherever people are made.
    """

    def __init__(self, *, database: Database, strangers: Callable[[], Iterable[Connection]]) -> None:
        self._is_open = conf().access != "invited"
        self._database = database
        self._strangers = strangers
        self._task: asyncio.Task[None] | None = None
        self._looks = asyncio.Lock()  # what was read first must not be believed last

    @property
    def lets_in_strangers(self) -> bool:
        """As `groupchat.access` says it, as of the last look."""
        return conf().guests and self._is_open

    async def start(self) -> None:
        await self.look()
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        await tasks.end(self._task)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self.look()

    async def look(self) -> None:
        """Ask anew; where the database fails, what was known holds on."""
        if not conf().guests:
            return
        async with self._looks:
            try:
                self._is_open = not (await self._database.read(access)).invited
            except Exception as error:
                logger.warning("Who may come in could not be looked at: %s", error)
        if not self._is_open:
            for connection in list(self._strangers()):
                connection.close(Close.SIGN_IN)
