"""The broker fails in every way that it can; delivery goes on by the sweep, and nothing is lost."""

from __future__ import annotations

import asyncio
import signal
import time

from tests.chaos.conftest import ALONE_AND_TOGETHER, Nodes, kill, start
from tests.chaos.crowd import Crowd
from tests.chaos.relay import Relay
from tests.chaos.stack import Valkey

# The sweep looks twice a second, and two seconds are promised. A machine that others use, too, stretches that: the
# bound lies far above the promise, and below the silence, so that only a sweep can be as early.
SWEPT_SECONDS = 8.0


@ALONE_AND_TOGETHER
async def test_the_broker_loses_doubles_and_swaps_publications(
    count: int, fleet: Nodes, valkey: Valkey, seed: int, is_long: bool
) -> None:
    async with Relay(valkey.port, seed=seed) as relay:
        relay.lose = relay.double = relay.swap = 0.05
        processes = await fleet(relay.url, count=count)
        async with Crowd(processes, seed=seed) as crowd:
            crowd.begin()
            await crowd.acknowledged(5_000 if is_long else 300)
            await crowd.judge()
        assert relay.lost
        assert relay.doubled
        assert relay.swapped


@ALONE_AND_TOGETHER
async def test_the_broker_is_killed_and_comes_back(
    count: int, fleet: Nodes, valkey: Valkey, seed: int, is_long: bool
) -> None:
    processes = await fleet(valkey.url, count=count)
    async with Crowd(processes, seed=seed) as crowd:
        crowd.begin()
        for _ in range(5 if is_long else 1):
            await crowd.acknowledged(80)
            await kill(valkey)
            await crowd.acknowledged(80)  # without any broker
            await start(valkey)
            await crowd.acknowledged(80)
        await crowd.judge()
        await delivered_by_the_broker(crowd)


@ALONE_AND_TOGETHER
async def test_the_broker_is_stopped_and_posting_goes_on(count: int, fleet: Nodes, valkey: Valkey, seed: int) -> None:
    processes = await fleet(valkey.url, count=count)
    async with Crowd(processes, seed=seed) as crowd:
        crowd.begin()
        await crowd.acknowledged(80)
        valkey.signal(signal.SIGSTOP)
        began = time.monotonic()
        try:
            await crowd.acknowledged(200)
            assert crowd.ledger.p99("delays", since=began) <= SWEPT_SECONDS
            assert crowd.ledger.p99("waits", since=began) <= SWEPT_SECONDS
        finally:
            valkey.signal(signal.SIGCONT)
        await crowd.judge()


@ALONE_AND_TOGETHER
async def test_the_broker_is_silent_for_ten_seconds(count: int, fleet: Nodes, valkey: Valkey, seed: int) -> None:
    async with Relay(valkey.port, seed=seed) as relay:
        processes = await fleet(relay.url, count=count)
        async with Crowd(processes, seed=seed) as crowd:
            crowd.begin()
            await crowd.acknowledged(80)
            relay.silence()
            began = time.monotonic()
            await asyncio.sleep(10)
            relay.speak()
            await crowd.acknowledged(80)
            assert crowd.ledger.p99("delays", since=began) <= SWEPT_SECONDS
            await crowd.judge()
            await delivered_by_the_broker(crowd)


@ALONE_AND_TOGETHER
async def test_the_broker_is_slow(count: int, fleet: Nodes, valkey: Valkey, seed: int) -> None:
    async with Relay(valkey.port, seed=seed) as relay:
        processes = await fleet(relay.url, count=count)
        async with Crowd(processes, seed=seed) as crowd:
            crowd.begin()
            relay.delay_seconds = 0.3
            began = time.monotonic()
            await crowd.acknowledged(300)
            assert crowd.ledger.p99("delays", since=began) <= SWEPT_SECONDS
            relay.delay_seconds = 0
            await crowd.judge()


async def delivered_by_the_broker(crowd: Crowd) -> None:
    """Sooner or later messages are quicker than any sweep again: the broker is back in use."""
    for _ in range(60):
        began = time.monotonic()
        crowd.begin(think_seconds=2.0)
        await crowd.acknowledged(20)
        await crowd.rest()
        await asyncio.sleep(1)
        delays = sorted(value for at, value in crowd.ledger.delays if at >= began)
        if delays and delays[len(delays) * 9 // 10] < 0.2:
            await crowd.judge()
            return
    raise AssertionError(f"nine in ten still take {delays[len(delays) * 9 // 10]:.2f} s")
