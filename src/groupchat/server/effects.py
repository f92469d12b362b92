"""A process that works off effects and does the periodic jobs, and serves nobody."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

from groupchat.realtime.effects import EffectWorker
from groupchat.realtime.periodic import PeriodicWorker
from groupchat.realtime.writing.database import Database


def work_until_stopped(*, on_ready: Callable[[], None]) -> None:
    """Until SIGTERM or SIGINT; `on_ready` is called when it has begun. Django is awake, and the tables are there."""
    asyncio.run(_work(on_ready))


async def _work(on_ready: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    database = Database()
    worker = EffectWorker(database=database)
    worker.start(works=True)
    periodic = PeriodicWorker(database=database)
    periodic.start()
    on_ready()
    await stopped.wait()
    await periodic.stop()
    await worker.stop()
    await loop.run_in_executor(None, database.stop)
