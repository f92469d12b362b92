"""People who come back: in a loop, from nowhere, and a thousand at once."""

from __future__ import annotations

import asyncio
import time
from random import Random

import psutil
from tests.chaos.conftest import ALONE_AND_TOGETHER, Nodes
from tests.chaos.crowd import Crowd, until
from tests.chaos.rough import HELLO, Rough
from tests.chaos.stack import PROGRAM
from tests.chaos.tunnel import Tunnel

RETURNING = 1_000
# Silent sockets are looked after so often here; in the long form as often as usually.
LOOKS_OFTEN = ("tests.chaos.watchful", "3", "30")


@ALONE_AND_TOGETHER
async def test_who_comes_back_in_a_loop(count: int, nodes: Nodes, seed: int, is_long: bool) -> None:
    processes = await nodes(count)
    random = Random(seed)
    stop = asyncio.Event()

    async def loop() -> None:
        while not stop.is_set():
            rough = await Rough.open(random.choice(processes).port)
            for _ in range(random.randrange(3)):
                rough.say(HELLO)
                await asyncio.sleep(random.uniform(0, 0.02))
            rough.drop()

    async with Crowd(processes, seed=seed, people=40, rooms=4) as crowd:
        crowd.begin()
        loops = [asyncio.create_task(loop()) for _ in range(10)]
        for _ in range(20 if is_long else 3):
            await crowd.acknowledged(50)
            for person in random.sample(crowd.people, 10):
                person.cut()
        stop.set()
        await asyncio.gather(*loops)
        await crowd.judge()
        await until(lambda: processes[0].connections == len(crowd.people), "the end of those who went")


async def test_who_vanishes_without_a_word_is_noticed(nodes: Nodes, seed: int, is_long: bool) -> None:
    """Their sockets were cut off by the way, and the server was told nothing. They come back by another."""
    (node,) = await nodes(program=PROGRAM if is_long else LOOKS_OFTEN)
    process = psutil.Process(node.pid)
    async with Tunnel(node.port) as tunnel:
        crowd = Crowd([node], seed=seed, people=40, rooms=4)
        vanishing = crowd.people[::2]
        for person in vanishing:
            person.ports = [tunnel.port]
        async with crowd:
            crowd.begin()
            await crowd.acknowledged(50)
            files = process.num_fds()
            assert tunnel.open == len(vanishing)
            tunnel.silence()
            for person in vanishing:
                person.ports = [node.port]
                person.cut()
            await until(lambda: crowd.ledger.resumes >= len(vanishing), "another way")
            assert tunnel.open, "the server was told"
            await crowd.acknowledged(50)
            await until(lambda: not tunnel.open, "the server to notice", seconds=180)
            await until(lambda: node.connections == len(crowd.people), "the end of those who vanished")
            await until(lambda: process.num_fds() <= files + 3, "the end of their sockets")
            await crowd.acknowledged(20)
            await crowd.judge()


@ALONE_AND_TOGETHER
async def test_a_thousand_come_back_at_once(count: int, nodes: Nodes, seed: int) -> None:
    processes = await nodes(count)
    async with (
        Crowd(processes, seed=seed, people=20) as staying,
        Crowd(processes, seed=seed, people=RETURNING, rooms=50, name="r") as returning,
    ):
        staying.begin()
        returning.begin(think_seconds=30)
        await staying.acknowledged(50)
        for person in returning.people:
            person.cut()
        began = time.monotonic()
        await until(lambda: returning.ledger.resumes == RETURNING, "the first to come back")
        await until(lambda: all(person.online.is_set() for person in returning.people), "everybody's return")
        ended = time.monotonic()
        await staying.acknowledged(20)
        live = staying.ledger.p99("delays", since=began, until=ended)
        print(f"{RETURNING} came back in {ended - began:.2f} s; p99 of the others meanwhile {live:.3f} s")
        # Nobody waits for all those who arrive. (The seconds are for a machine that does other things, too.)
        assert live <= max((ended - began) / 2, 5.0)
        assert not returning.ledger.unreachable
        await staying.judge()
        await returning.judge()
