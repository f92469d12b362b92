"""A small world for the property test: two server processes, people with devices, and what may go wrong between them.

Everything of the server is real (domain, database, hub, posting, broker, sweep, commands); only the socket is not: a
frame goes straight into the device, which may lose, double or reorder it.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from random import Random
from typing import ParamSpec, TypeVar
from uuid import uuid4

from channels.layers import InMemoryChannelLayer
from django.db import connections
from tests.brokers.layers import MisbehavingLayer
from tests.brokers.side import Side
from tests.property.device import Device, Someone

from groupchat.actions.people import Guest, person_of_guest
from groupchat.models import Person, Room, ServerState
from groupchat.models.server import new_epoch
from groupchat.publication import MyChanges, RoomChanges, published
from groupchat.realtime import runtime as runtimes
from groupchat.realtime.delivery import resume

P = ParamSpec("P")
R = TypeVar("R")

OPTIONS: dict[str, bool | int] = {
    "GUESTS": True,
    "MAX_COMMANDS_PER_SECOND": 0,
    "MAX_CONNECTIONS_PER_USER": 0,
    "MAX_CONNECTIONS_PER_ADDRESS": 0,
    "MAX_NEW_ROOMS_PER_HOUR": 0,
    "MAX_GUEST_ROOMS_PER_HOUR": 0,
    "MAX_ROOM_RENAMES_PER_HOUR": 0,
    "MAX_CHANGES": 8,  # so that resets happen
    "MAX_READ_RANGES": 3,  # so that some are dropped
    "MAX_POST_BATCH": 3,
    "MAX_BROKER_BYTES": 700,  # so that wakeups happen
    "GAP_WAIT_MILLISECONDS": 5,
    "SWEEP_MILLISECONDS": 20,
}
DEADLINE_SECONDS = 20.0
READ_LAG_SECONDS = (0.0, 0.0, 0.002, 0.02)


class World:
    """All of it. Its coroutines run on the loop; `domain` runs what another process without any hub would do."""

    def __init__(self, *, seed: int, shell: ThreadPoolExecutor) -> None:
        self.random = Random(seed)
        self.seed = seed
        self.sent: dict[str, tuple[Someone, int, str]] = {}
        self.acknowledged: dict[str, int] = {}
        self.refused: set[str] = set()
        self.failures: list[BaseException] = []
        self.most_read: dict[tuple[int, int], int] = {}  # by (person's index, room), the most that a device looked at
        self.read_ahead: dict[tuple[int, int], set[int]] = defaultdict(set)  # by the same, what it looked at beyond
        self.came_in: dict[tuple[int, int], int] = {}  # by (person's id, room), what there was when they joined last
        self.people: list[Someone] = []
        self.devices: list[Device] = []
        self.rooms: list[int] = []
        self.sides: list[Side] = []
        self.layers: list[MisbehavingLayer] = []
        self._shell = shell
        self._number = 0

    def looked(self, who: Someone, room: int, number: int) -> None:
        """A device of theirs says that it has shown the messages up to this one."""
        self.most_read[who.index, room] = max(number, self.most_read.get((who.index, room), 0))

    def looked_at(self, who: Someone, room: int, numbers: Iterable[int]) -> None:
        """A device of theirs says that it has shown these, and perhaps none between."""
        self.read_ahead[who.index, room] |= set(numbers)

    def _hear(self, changes: RoomChanges | MyChanges, **_: object) -> None:
        if isinstance(changes, RoomChanges):
            for member in changes.frame.get("members", ()):
                if member["state"] == "joined":
                    self.came_in[member["person"], changes.frame["room"]] = changes.frame["last_number"]

    def next_number(self) -> int:
        self._number += 1
        return self._number

    async def start(self, *, people: int, devices: int, has_broker: bool, faults: Sequence[float]) -> None:
        published.connect(self._hear, weak=False)
        street = InMemoryChannelLayer(capacity=20)
        for index in range(2):
            if has_broker:
                loses, doubles, delays = faults
                self.layers.append(
                    MisbehavingLayer(street, seed=self.seed + index, loses=loses, doubles=doubles, delays=delays)
                )
            self.sides.append(await self._side(index))
        for index in range(people):
            guest = Guest(uuid4(), f"Person {index}")  # examples share a database
            self.people.append(Someone(index, guest))
        await self.domain(self._make_rows)
        for index in range(devices):
            who = self.people[index % people]
            device = Device(self, who, mangles=Random(self.seed + index) if index % 2 else None)
            self.devices.append(device)
            await device.connect(self.sides[index % 2])

    async def _side(self, index: int) -> Side:
        """A process whose answers from the database are sometimes old when they arrive."""
        side = Side(layer=self.layers[index] if self.layers else None)
        read = side.database.read

        async def read_slowly(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
            found = await read(work, *args, **kwargs)
            await asyncio.sleep(self.random.choice(READ_LAG_SECONDS))
            return found

        side.database.read = read_slowly  # type: ignore[method-assign]
        await side.start()
        return side

    def _make_rows(self) -> None:
        from groupchat.actions import rooms

        for someone in self.people[:-1]:  # the last one is a guest who has not written yet
            someone.person_id = person_of_guest(guest=someone.guest).pk
        Person.objects.filter(pk=self.people[0].person_id).update(kind=Person.Kind.USER)
        owner = Person.objects.get(pk=self.people[0].person_id)
        for index in range(3):
            self.rooms.append(rooms.create(person=owner, name=f"Room {index} {uuid4()}").pk)

    async def stop(self) -> None:
        published.disconnect(self._hear)
        for device in self.devices:
            device.cut()
        runtimes._runtimes.pop(asyncio.get_running_loop(), None)
        for layer in self.layers:
            await layer.stop()
        for side in self.sides:
            await side.stop()

    async def domain(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._shell, partial(work, *args, **kwargs))

    # --- what happens ----------------------------------------------------------------------------------------------

    async def restart(self, index: int) -> None:
        """A server process ends and begins anew; its devices lose their connections."""
        old = self.sides[index]
        await old.stop()
        for device in self.devices:
            if device.side is old:
                device.cut()
        self.sides[index] = await self._side(index)

    async def new_life(self) -> None:
        """The counters begin another life: all processes are started anew."""
        for index in range(2):
            await self.restart(index)
        await self.domain(lambda: ServerState.objects.update(epoch=new_epoch()))
        resume._epoch = None

    async def settle(self) -> None:
        """Let all faults end, and wait until every device has come to rest where the database is."""
        for layer in self.layers:
            layer.heal()
        for side in self.sides:
            side.crashes = False
        for index, device in enumerate(self.devices):
            device.thaw()
            device.mangling = False
            if device.mangles is not None:
                device.cut()  # what it lost last it can only learn by coming back
            device.let_go()
            if not device.is_open:
                await device.connect(self.sides[index % 2])
        deadline = asyncio.get_running_loop().time() + DEADLINE_SECONDS
        while True:
            self.check()
            for device in self.devices:
                if not device.is_open:  # closed by the server meanwhile
                    await device.connect(self.sides[0])
            # What a lost connection asked for may still be on its way into the database.
            if all(device.is_quiet for device in self.devices) and not any(side._tasks for side in self.sides):
                behind = await self.domain(self._behind)
                if not behind:
                    return
            else:
                behind = [
                    f"{device.who.index}: {device.state.unanswered} {device.outbox}"
                    for device in self.devices
                    if not device.is_quiet
                ]
            assert asyncio.get_running_loop().time() < deadline, f"does not come to rest: {behind}"
            await asyncio.sleep(0.003)

    def _behind(self) -> list[str]:
        seqs = dict(Room.objects.filter(pk__in=self.rooms).values_list("pk", "seq"))
        mine = dict(Person.objects.values_list("guest_id", "seq"))
        return [
            f"person {device.who.index} in {room} at {view.position} of {seqs[room]}, {device.standing(room)}"
            for device in self.devices
            for room, view in device.state.rooms.items()
            if view.position != seqs[room] or view.asked
        ] + [
            f"person {device.who.index} at {device.state.seq} of {mine.get(device.who.guest.id)}"
            for device in self.devices
            if device.state.seq != mine.get(device.who.guest.id, 0)
        ]

    def go_on(self) -> None:
        """Let what may go wrong go wrong again."""
        for layer in self.layers:
            layer.sicken()
        for device in self.devices:
            device.mangling = True

    def check(self) -> None:
        """Raise what went wrong so far."""
        if self.failures:
            raise self.failures[0]


def close_connections() -> None:
    connections.close_all()
