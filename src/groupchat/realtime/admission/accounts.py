"""What no signal told of the site's accounts: a look at those whose sockets are open here, every few seconds."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable

from groupchat.actions import accounts, names
from groupchat.realtime import tasks
from groupchat.realtime.writing.database import Database

logger = logging.getLogger("groupchat.realtime")

LOOK_SECONDS = 10.0
SLICE = 500  # people in one statement


class AccountWatch:
    """Ends the sockets of those whom an update of many users, or plain SQL, has switched off. And once, at the start,
    has those who are gone for good leave the rooms in which they still stand, and fills in what names from before look
    like.
    """

    def __init__(self, *, database: Database, people: Callable[[], Iterable[int]]) -> None:
        self._database = database
        self._people = people
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        await tasks.end(self._task)

    async def _run(self) -> None:
        await self._try(self.take_out_the_gone)
        await self._try(self.fill_skeletons)
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await self._try(self.look)

    async def _try(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception as error:
            logger.warning("The accounts could not be looked at: %s", error)

    async def take_out_the_gone(self) -> None:
        """Some rooms at a time, so that posts get between."""
        for person_id in await self._database.read(accounts.gone_but_listed):
            while await self._database.write(accounts.leave_some, person_id=person_id):
                pass

    async def fill_skeletons(self) -> None:
        """What names from before look like, so that no guest takes one."""
        while await self._database.write(names.fill_some):
            pass

    async def look(self) -> None:
        """Take over what the site says of the people here; whoever is off loses their sockets by it, everywhere."""
        people = list(self._people())
        for start in range(0, len(people), SLICE):
            for person in await self._database.read(accounts.differing, people[start : start + SLICE]):
                await self._database.write(accounts.follow, person=person)
