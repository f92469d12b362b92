"""Server processes die, and come back."""

from __future__ import annotations

from random import Random

from tests.chaos.conftest import Nodes, kill, start
from tests.chaos.crowd import Crowd
from tests.chaos.stack import Node, Valkey


async def kill_and_restart(node: Node) -> None:
    await kill(node)
    await start(node)


async def test_one_process_is_killed_and_started_again(nodes: Nodes, seed: int, is_long: bool) -> None:
    (node,) = await nodes()
    async with Crowd([node], seed=seed) as crowd:
        crowd.begin()
        for _ in range(10 if is_long else 2):
            await crowd.acknowledged(150)
            await kill_and_restart(node)
        await crowd.acknowledged(100)
        await crowd.judge()
        assert crowd.ledger.resumes >= 100


async def test_three_processes_on_one_file_are_killed_in_turn(nodes: Nodes, seed: int, is_long: bool) -> None:
    three = await nodes(3)
    random = Random(seed)
    async with Crowd(three, seed=seed) as crowd:
        crowd.begin()
        for _ in range(10 if is_long else 1):
            await crowd.acknowledged(150)
            await kill_and_restart(random.choice(three))
        await crowd.acknowledged(100)
        await crowd.judge()


async def test_one_of_three_and_then_all_are_killed(fleet: Nodes, valkey: Valkey, seed: int, is_long: bool) -> None:
    three = await fleet(valkey.url)
    random = Random(seed)
    async with Crowd(three, seed=seed) as crowd:
        crowd.begin()
        for _ in range(5 if is_long else 1):
            await crowd.acknowledged(150)
            await kill_and_restart(random.choice(three))
            await crowd.acknowledged(150)
            await kill(*three)
            await start(*three)
        await crowd.acknowledged(100)
        await crowd.judge()
