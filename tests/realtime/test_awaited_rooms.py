"""Many who wait for a room at the tutorial's address, or come into a busy one: each hears all, once and in order."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from types import MappingProxyType
from typing import Any

import websockets.asyncio.client
from tests.accounts import cookies_of, new_person
from tests.domain.says import say
from tests.serving import ThreadServer
from tests.sockets import DEADLINE_SECONDS, headers
from tests.threads import in_thread

from groupchat.actions import rooms
from groupchat.models import Person, Room

Socket = websockets.asyncio.client.ClientConnection


class Hall:
    """Sockets at the tutorial's address of one room."""

    def __init__(self, address: str, ends: AsyncExitStack) -> None:
        self._uri = f"ws://{address}/ws/chat/x/"
        self._ends = ends
        self.sockets: list[Socket] = []

    async def fill(
        self, count: int, as_: Mapping[str, str] = MappingProxyType({}), query: str = ""
    ) -> Sequence[Socket]:
        connecting = [
            websockets.asyncio.client.connect(self._uri + query, max_queue=None, additional_headers=as_)
            for _ in range(count)
        ]
        come = await asyncio.gather(*(self._ends.enter_async_context(one) for one in connecting))
        self.sockets += come
        return come

    async def begins(self) -> Socket:
        """Somebody makes the room by the first word, and hears it."""
        (first,) = await self.fill(1)
        await self.post(0, 1)
        await heard(first, 1)
        return first

    async def post(self, first: int, count: int) -> None:
        """From one socket after the other."""
        for index in range(first, first + count):
            socket = self.sockets[index * 7 % len(self.sockets)]
            await socket.send(json.dumps({"message": str(index)}))


async def heard(socket: Socket, count: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(DEADLINE_SECONDS):
        return [json.loads(await socket.recv()) for _ in range(count)]


async def is_quiet(socket: Socket) -> bool:
    """Nothing waits to be read, and nothing comes before the answer to a ping."""
    await (await socket.ping())
    try:
        async with asyncio.timeout(0):
            await socket.recv()
    except TimeoutError:
        return True
    return False


async def test_those_who_wait_are_served_together(any_server: ThreadServer) -> None:
    """One of them makes the room; what the others say meanwhile follows; it is read once for all."""
    asked = any_server.ask(lambda runtime: runtime.posts_behind.batches)
    async with AsyncExitStack() as ends:
        hall = Hall(any_server.address, ends)
        await hall.fill(100)
        await hall.post(0, 50)
        frames = await asyncio.gather(*(heard(socket, 50) for socket in hall.sockets))
        assert all([frame["number"] for frame in some] == list(range(1, 51)) for some in frames)
        assert sorted(int(frame["message"]) for frame in frames[0]) == list(range(50))
        assert all(await asyncio.gather(*map(is_quiet, hall.sockets)))
    assert await in_thread(Room.objects.count) == 1
    read = any_server.ask(lambda runtime: runtime.posts_behind.batches) - asked
    assert read <= 10, f"{read} reads for 100 sockets"


async def test_those_who_come_into_a_busy_room(server: ThreadServer) -> None:
    """From the message on after which they were accepted: no hole, nothing twice."""
    async with AsyncExitStack() as ends:
        hall = Hall(server.address, ends)
        first = await hall.begins()
        talk = asyncio.create_task(hall.post(1, 149))
        late = [socket for _ in range(5) for socket in await hall.fill(10)]
        await talk
        assert (await heard(first, 149))[-1]["number"] == 150
        await hall.post(150, 1)
        for socket in late:
            numbers: list[int] = []
            while not numbers or numbers[-1] < 151:
                numbers += [frame["number"] for frame in await heard(socket, 1)]
            assert numbers == list(range(numbers[0], 152))
            assert await is_quiet(socket)


async def test_guests_who_come_into_a_room_that_is_heard_ask_nothing(server: ThreadServer) -> None:
    """Who looks into a public room that somebody here hears already needs no word of the database."""
    async with AsyncExitStack() as ends:
        hall = Hall(server.address, ends)
        first = await hall.begins()
        (second,) = await hall.fill(1)  # the address is learned
        asked = server.ask(lambda runtime: (runtime.visitors_of.batches, runtime.room_states.batches))
        late = await hall.fill(5)
        assert server.ask(lambda runtime: (runtime.visitors_of.batches, runtime.room_states.batches)) == asked
        await hall.post(1, 1)
        for socket in (first, second, *late):
            assert [frame["number"] for frame in await heard(socket, 1)] == [2]
            assert await is_quiet(socket)


async def test_more_than_a_change_may_carry(server: ThreadServer, options: Any) -> None:
    """Made elsewhere, and full of messages before this process hears of it: they come in pages."""
    options(max_changes=10, max_page_messages=4)
    async with AsyncExitStack() as ends:
        hall = Hall(server.address, ends)
        (socket,) = await hall.fill(1)
        await in_thread(server.wait, lambda runtime: runtime.awaited.waiting)
        await in_thread(_fill, 33)
        assert [frame["message"] for frame in await heard(socket, 33)] == [str(index) for index in range(33)]
        assert await is_quiet(socket)


def _fill(count: int) -> None:
    alice = new_person("alice")
    room = rooms.create(person=alice, name="x")
    for index in range(count):
        say(alice, room, str(index))


async def test_whoever_may_not_make_the_room_does_not_hinder_the_next(server: ThreadServer, options: Any) -> None:
    """A guest whose name has become too long is the first to say something."""
    async with AsyncExitStack() as ends:
        hall = Hall(server.address, ends)
        ada = await in_thread(new_person)
        cookies = await in_thread(cookies_of, ada)
        (mute,) = await hall.fill(1, query="?name=Grace+Hopper")
        (other,) = await hall.fill(1, headers(cookies, f"http://{server.address}"))
        await in_thread(server.wait, lambda runtime: runtime.awaited.waiting == 2)
        options(max_person_name_characters=5)
        writing = threading.Event()
        server.ask(lambda runtime: runtime.spawn(runtime.database.write(writing.wait, DEADLINE_SECONDS)))
        for socket in (mute, other):  # whose frames are read before the answer to a ping
            await socket.send(json.dumps({"message": "hi"}))
            await (await socket.ping())
        writing.set()
        assert [frame["username"] for frame in await heard(other, 1)] == [ada.name]
        error, frame = await heard(mute, 2)
        assert (error["error"]["code"], frame["username"]) == ("too_long", ada.name)
    assert await in_thread(Person.objects.count) == 1
