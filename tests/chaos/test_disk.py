"""The disk is full or read-only: posts are refused, readers go on reading, and it ends without a restart."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.chaos.conftest import Nodes, kill, start
from tests.chaos.crowd import Crowd, until
from tests.chaos.disk import Broken, CannotBe, Disk, Frozen, Limited, Sealed, Small
from tests.chaos.person import Refused

long = pytest.mark.long


def possible(disk: Disk, folder: Path) -> Disk:
    try:
        disk.require(folder)
    except CannotBe as reason:
        pytest.skip(str(reason))
    return disk


@pytest.mark.parametrize(
    ("kind", "count"),
    [(Limited, 1), (Small, 1), (Frozen, 1), (Broken, 1)]
    + [pytest.param(kind, 3, marks=long) for kind in (Limited, Frozen)],
)
async def test_nothing_can_be_written_for_a_while(
    kind: type[Disk], count: int, nodes: Nodes, seed: int, tmp_path: Path
) -> None:
    disk = possible(kind(), tmp_path)
    processes = await nodes(count, disk=disk)
    async with Crowd(processes, seed=seed) as crowd:
        crowd.begin()
        await crowd.acknowledged(80)
        for node in processes:
            disk.fail(node)
        try:
            await until(lambda: crowd.ledger.refused["unavailable"] >= 2 * len(crowd.people), "refusals")
            await nobody_can_write(crowd)
            await everybody_can_read(crowd)
            assert all(node.runs for node in processes)
        finally:
            if disk.comes_back:
                for node in processes:
                    disk.recover(node)
        if not disk.comes_back:
            await kill(*processes)
            await start(*processes)
        await crowd.acknowledged(len(crowd.people))  # what was refused, at the latest
        await crowd.acknowledged(80)
        await crowd.judge()


async def nobody_can_write(crowd: Crowd) -> None:
    for person in crowd.people[:5]:
        room = crowd.rooms_of[person][0]
        for command in (
            {"type": "message.post", "room": room, "body": "in vain", "client_message_id": "in-vain"},
            {"type": "room.enter", "name": f"A room that {person.name} cannot make"},
        ):
            with pytest.raises(Refused) as refusal:
                await person.ask(command)
            assert refusal.value.code == "unavailable"


async def everybody_can_read(crowd: Crowd) -> None:
    """Those who are there, and those who come back."""
    for person in crowd.people:
        page = await person.ask({"type": "messages", "room": crowd.rooms_of[person][0]})
        assert page["messages"]
    for person in crowd.people[:5]:
        person.cut()
        await until(lambda person=person: not person.online.is_set(), "the end of a connection")  # type: ignore[misc]
        await until(person.online.is_set, "a new connection")


async def test_a_server_on_a_read_only_folder_says_so(nodes: Nodes, tmp_path: Path) -> None:
    disk = possible(Sealed(), tmp_path)
    (node,) = await nodes()
    await kill(node)
    node.wrapper = disk.wrapper(node.data)
    node.launch()
    assert node.process is not None
    assert await asyncio.to_thread(node.process.wait, 60) == 2
    assert f"The data folder {node.data} is not writable (Read-only file system)." in node.last_words
