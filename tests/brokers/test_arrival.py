"""What happens elsewhere between two reads of somebody who says hello."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.test import override_settings
from tests.brokers.ear import until
from tests.brokers.side import LoopThread
from tests.property.device import Device
from tests.property.world import OPTIONS, World, close_connections

from groupchat.actions import messages, people, rooms
from groupchat.actions.messages import Post
from groupchat.models import Person, Room


@pytest.fixture
def world(_database: None, loops: list[LoopThread]) -> Iterator[World]:
    shell = ThreadPoolExecutor(1)
    world = World(seed=1, shell=shell)
    with override_settings(GROUPCHAT=OPTIONS):
        loops[0].run(world.start(people=3, devices=0, has_broker=False, faults=(0, 0, 0)))
        yield world
        loops[0].run(world.stop())
    shell.submit(close_connections).result()
    shell.shutdown()


async def device(world: World, index: int, side: int = 0) -> Device:
    made = Device(world, world.people[index])
    world.devices.append(made)
    await made.connect(world.sides[side])
    await until(lambda: made.state.caught_up)
    return made


def test_a_room_that_is_joined_between_the_two_reads(world: World, loops: list[LoopThread]) -> None:
    """On another device, after this one subscribed to the rooms there were, and before it read what there is."""
    side = world.sides[0]
    asked = side.rooms_of.ask
    room = world.rooms[0]

    def join() -> None:
        rooms.join(person=Person.objects.get(pk=world.people[1].person_id), room_id=room)

    async def ask_and_join(question: Any) -> Any:
        answer = await asked(question)
        await world.domain(join)
        return answer

    async def play() -> None:
        side.rooms_of.ask = ask_and_join  # type: ignore[method-assign]
        one = await device(world, 1)
        assert room in one.state.rooms
        await world.domain(_say, world, 0, room)
        await until(lambda: one.state.rooms[room].last_number == 1)
        world.check()

    loops[0].run(play())


def test_a_guest_who_writes_elsewhere_is_a_person_here(world: World, loops: list[LoopThread]) -> None:
    """The guest has a tab on each process; the first message is written on the one, the other hears who it is."""

    async def play() -> None:
        here, there = await device(world, 2, 0), await device(world, 2, 1)
        assert there.state.me is None
        here.post(world.rooms[0], "my first word")
        await until(lambda: there.state.me is not None and world.rooms[0] in there.state.rooms)
        await until(lambda: here.state.me is not None)
        assert there.state.me == here.state.me
        world.check()

    loops[0].run(play())


def test_a_guest_who_becomes_a_person_while_hello_is_answered(world: World, loops: list[LoopThread]) -> None:
    """Between the look for their row and the answer, they write on another socket, and this one hears of it."""
    side = world.sides[0]
    read = side.database.read
    someone = world.people[2]

    async def read_and_write(work: Any, *args: Any, **kwargs: Any) -> Any:
        found = await read(work, *args, **kwargs)
        if work.__name__ == "_arrived" and found is None:
            post = Post(world.rooms[0], someone.guest, "elsewhere", uuid4().hex)
            await world.domain(messages.post, [post])
            await until(lambda: args[0].person is not None)
        return found

    async def play() -> None:
        side.database.read = read_and_write  # type: ignore[method-assign]
        one = await device(world, 2)
        await until(lambda: one.state.me is not None)
        assert one.state.seq == 1
        assert one.state.rooms[world.rooms[0]].me is not None
        world.check()

    loops[0].run(play())


def test_who_is_switched_off_here_is_closed_there(world: World, loops: list[LoopThread]) -> None:
    async def play() -> None:
        here, there = await device(world, 1, 0), await device(world, 1, 1)
        person = await world.domain(Person.objects.get, pk=world.people[1].person_id)
        await world.sides[0].database.write(people.set_active, person=person, is_active=False)
        began = asyncio.get_running_loop().time()
        await until(lambda: not here.is_open and not there.is_open)
        assert asyncio.get_running_loop().time() - began < 1.0

    loops[0].run(play())


def _say(world: World, index: int, room: int) -> None:
    author = Person.objects.get(pk=world.people[index].person_id)
    messages.post([Post(Room.objects.get(pk=room).pk, author, "words", uuid4().hex)])
