"""Server processes die, and come back."""

from __future__ import annotations

import asyncio
import signal
from random import Random

import psutil
import pytest
from tests.chaos.conftest import ALONE_AND_TOGETHER, Nodes, kill, start
from tests.chaos.crowd import Crowd, until
from tests.chaos.stack import PROGRAM, Node, Valkey


async def kill_and_restart(node: Node) -> None:
    await kill(node)
    await start(node)


@pytest.mark.parametrize("count", [1, 3])
async def test_processes_on_one_file_are_killed_in_turn(count: int, nodes: Nodes, seed: int, is_long: bool) -> None:
    processes = await nodes(count)
    random = Random(seed)
    async with Crowd(processes, seed=seed) as crowd:
        crowd.begin()
        for _ in range(10 if is_long else 2):
            await crowd.acknowledged(60)
            await kill_and_restart(random.choice(processes))
        await crowd.acknowledged(60)
        await crowd.judge()
        if count == 1:
            assert crowd.ledger.resumes >= len(crowd.people)


@ALONE_AND_TOGETHER
async def test_one_and_then_all_are_killed(count: int, fleet: Nodes, valkey: Valkey, seed: int, is_long: bool) -> None:
    processes = await fleet(valkey.url, count=count)
    random = Random(seed)
    async with Crowd(processes, seed=seed) as crowd:
        crowd.begin()
        for _ in range(5 if is_long else 1):
            await crowd.acknowledged(80)
            await kill_and_restart(random.choice(processes))
            await crowd.acknowledged(80)
            await kill(*processes)
            await start(*processes)
        await crowd.acknowledged(80)
        await crowd.judge()
        # All processes, whenever they started, speak of the same life: nobody had to take everything anew.
        assert not crowd.ledger.refused["another epoch"]
        assert len({person.screen.epoch for person in crowd.people}) == 1


@ALONE_AND_TOGETHER
async def test_a_process_crashes_between_commit_and_publication(
    count: int, fleet: Nodes, valkey: Valkey, seed: int, is_long: bool
) -> None:
    processes = await fleet(valkey.url, count=count)
    random = Random(seed)
    victim = processes[0]
    async with Crowd(processes, seed=seed) as crowd:
        crowd.begin()
        for _ in range(5 if is_long else 1):
            await kill(victim)
            victim.program = ["tests.chaos.crashing", str(random.randrange(10, 30))]
            await start(victim)
            crowd.stir()
            await until(lambda: not victim.runs, "the crash")
            assert victim.process is not None
            assert victim.process.returncode == 137
        victim.program = list(PROGRAM)
        await start(victim)
        await crowd.acknowledged(80)
        await crowd.judge()


async def replaced(server: Node, count: int) -> None:
    await until(lambda: server.log.read_text().count("All server processes are new") >= count, "a deploy")


async def test_workers_are_replaced_under_load(nodes: Nodes, seed: int, is_long: bool) -> None:
    """A deploy: every socket is told to come back, nobody is refused, nothing is lost."""
    (server,) = await nodes(GROUPCHAT_WORKERS="2")
    async with Crowd([server], seed=seed) as crowd:
        crowd.begin()
        await crowd.acknowledged(80)
        crowd.ledger.closes.clear()
        for count in range(1, 6 if is_long else 2):
            server.signal(signal.SIGHUP)
            await replaced(server, count)
            await crowd.acknowledged(80)
        await until(lambda: crowd.ledger.resumes >= len(crowd.people), "everybody's return")
        await crowd.judge()
        assert not crowd.ledger.unreachable


@pytest.mark.long
async def test_workers_and_their_own_broker_are_killed(nodes: Nodes, seed: int) -> None:
    """Whatever `--workers` started it starts again, while people talk."""
    (server,) = await nodes(GROUPCHAT_WORKERS="2")
    parent = psutil.Process(server.pid)
    random = Random(seed)
    killed: set[psutil.Process] = set()

    def are_whole() -> bool:
        children = set(parent.children())
        return len(children) == 3 and not children & killed

    async with Crowd([server], seed=seed) as crowd:
        crowd.begin()
        for _ in range(3):
            await until(are_whole, "two workers and a broker")
            for child in random.sample(parent.children(), 2):
                await crowd.acknowledged(80)
                child.kill()
                killed.add(child)
        await until(are_whole, "the last ones")
        await crowd.acknowledged(80)
        await crowd.judge()
        assert crowd.ledger.resumes


async def test_a_process_leaves_in_good_order(fleet: Nodes, valkey: Valkey, seed: int) -> None:
    three = await fleet(valkey.url)
    async with Crowd(three, seed=seed) as crowd:
        crowd.begin()
        await crowd.acknowledged(80)
        assert await asyncio.to_thread(three[1].stop) == 0
        await crowd.acknowledged(80)
        await start(three[1])
        await crowd.acknowledged(80)
        await crowd.judge()
