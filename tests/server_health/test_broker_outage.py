"""What the log and the metrics of a real server say of a broker that goes and comes back."""

from __future__ import annotations

import asyncio
import signal
import time

from tests.chaos.conftest import Nodes, kill, start
from tests.chaos.crowd import Crowd, until
from tests.chaos.stack import Node, Valkey
from tests.server_health.test_metrics import total

GONE, BACK = "The broker is gone", "The broker is back"


def lines(node: Node, words: str) -> int:
    return sum(words in line for line in node.log.read_text().splitlines())


async def test_a_broker_that_is_killed_is_one_line_and_one_when_it_is_back(
    nodes: Nodes, valkey: Valkey, seed: int
) -> None:
    processes = await nodes(count=2, REDIS_URL=valkey.url)
    async with Crowd(processes, seed=seed, people=10, rooms=2) as crowd:
        crowd.begin()
        await crowd.acknowledged(20)
        for outage in (1, 2):
            before = [len(node.log.read_text().splitlines()) for node in processes]
            errors = total(processes[0], "broker_errors_total")
            await kill(valkey)
            await until(lambda: all(lines(node, GONE) == outage for node in processes), "the line")  # noqa: B023
            assert await asyncio.to_thread(total, processes[0], "broker_up") == 0
            await crowd.acknowledged(100)  # and people go on
            began = time.monotonic()
            while time.monotonic() < began + 4:
                await crowd.acknowledged(5)
            assert await asyncio.to_thread(total, processes[0], "broker_errors_total") > errors + 2
            await start(valkey)
            await until(lambda: all(lines(node, BACK) == outage for node in processes), "the line")  # noqa: B023
            for node, count in zip(processes, before, strict=True):
                told = node.log.read_text().splitlines()[count:]
                assert len(told) <= 2, "\n".join(told)
            assert await asyncio.to_thread(total, processes[0], "broker_up") == 2  # of both
            assert await asyncio.to_thread(total, processes[0], "broker_outages_total") == 2 * outage
        received = total(processes[1], "broker_received_total")
        await until(lambda: total(processes[1], "broker_received_total") > received, "what the broker brings")
        await crowd.judge()


async def test_a_broker_that_does_not_answer_is_one_line_too(nodes: Nodes, valkey: Valkey, seed: int) -> None:
    (node,) = await nodes(REDIS_URL=valkey.url)
    async with Crowd([node], seed=seed, people=5, rooms=1) as crowd:
        crowd.begin()
        await crowd.acknowledged(10)
        valkey.signal(signal.SIGSTOP)
        await until(lambda: lines(node, GONE), "the line")
        await crowd.acknowledged(20)
        valkey.signal(signal.SIGCONT)
        await until(lambda: lines(node, BACK), "the line")
        assert (lines(node, GONE), lines(node, BACK), lines(node, "Traceback")) == (1, 1, 0)
        await crowd.judge()
