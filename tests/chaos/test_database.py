"""PostgreSQL goes and comes back, alone and with the broker."""

from __future__ import annotations

import asyncio
import signal

from tests.chaos.conftest import ALONE_AND_TOGETHER, Nodes, kill, start
from tests.chaos.crowd import Crowd
from tests.chaos.stack import Postgres, Valkey


@ALONE_AND_TOGETHER
async def test_the_database_is_restarted_and_then_both_crash(
    count: int, fleet: Nodes, postgres: Postgres, valkey: Valkey, seed: int, is_long: bool
) -> None:
    processes = await fleet(valkey.url, count=count)
    async with Crowd(processes, seed=seed) as crowd:
        crowd.begin()
        for _ in range(5 if is_long else 1):
            await crowd.acknowledged(80)
            await asyncio.to_thread(postgres.end, signal.SIGINT)
            await start(postgres)
            await crowd.acknowledged(80)
            await asyncio.to_thread(postgres.end, signal.SIGQUIT)
            await kill(valkey)
            await start(postgres)
            await crowd.acknowledged(20)  # without a broker
            await start(valkey)
            await crowd.acknowledged(80)
        await crowd.judge()
