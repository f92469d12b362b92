"""A small world for the property test: two server processes, people with devices, and what may go wrong between them.

Everything of the server is real (domain, database, hub, posting, broker, sweep, commands); only the socket is not: a
frame goes straight into the device, which may lose, double or reorder it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any, ParamSpec, TypeVar
from uuid import uuid4

from channels.layers import InMemoryChannelLayer
from django.db import connections
from tests.brokers.layers import MisbehavingLayer
from tests.brokers.side import Side
from tests.client import Json
from tests.property.copy import Copy
from tests.property.witness import Witness

from groupchat.actions.people import Guest, person_of_guest
from groupchat.identity import GUEST_COOKIE, sign_guest
from groupchat.models import Person, Room, ServerState
from groupchat.models.server import new_epoch
from groupchat.realtime import resume
from groupchat.realtime import runtime as runtimes
from groupchat.realtime.chat import ChatConnection
from groupchat.realtime.consumers import WIRE_EXTENSION, ChatConsumer
from groupchat.realtime.frames import Chunk

P = ParamSpec("P")
R = TypeVar("R")

OPTIONS: dict[str, bool | int] = {
    "GUESTS": True,
    "MAX_COMMANDS_PER_SECOND": 0,
    "MAX_CONNECTIONS_PER_USER": 0,
    "MAX_CONNECTIONS_PER_ADDRESS": 0,
    "MAX_CHANGES": 8,  # so that resets happen
    "MAX_POST_BATCH": 3,
    "MAX_BROKER_BYTES": 700,  # so that doorbells happen
    "GAP_WAIT_MILLISECONDS": 5,
    "SWEEP_MILLISECONDS": 20,
}
DEADLINE_SECONDS = 8.0


async def _connect() -> Json:
    return {"type": "websocket.connect"}


async def _accepted(event: Json) -> None:
    assert event["type"] == "websocket.accept", event


class DeviceWire:
    """Where a socket would be."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.connection: ChatConnection | None = None
        self.full = False
        self.ended = False

    def attach(self, connection: ChatConnection) -> None:
        self.connection = connection

    def write(self, chunk: Chunk, limit: int) -> bool:
        if self.full:
            return False
        if not self.ended:
            for frame in chunk.frames:
                self.device.arrived(self, frame.payload)
        return True

    def buffered(self) -> int:
        return 0

    def close(self, code: int, reason: str) -> None:
        if not self.ended:
            self.ended = True
            asyncio.get_running_loop().call_soon(self.device.hung_up, self)

    def abort(self) -> None:
        self.close(0, "")

    def ping(self) -> None: ...


@dataclass(eq=False)
class Device:
    """One socket at a time of one person, what it knows, and everything that it lived through."""

    world: World
    who: Someone
    mangles: Random | None = None  # frames are lost, doubled and reordered by it
    state: Copy = field(init=False)
    trace: list[Json] = field(default_factory=list)
    pages: list[tuple[Json, Json]] = field(default_factory=list)
    outbox: dict[str, tuple[int, str]] = field(default_factory=dict)  # by client_message_id, what was not acknowledged
    frozen: bool = False
    side: Side | None = None

    def __post_init__(self) -> None:
        self.state = Copy(strict=self.mangles is None)
        self._connection: ChatConnection | None = None
        self._wire: DeviceWire | None = None
        self._witness = Witness()
        self._inbox: list[Json] = []
        self._late: list[Json] = []
        self._due = False

    @property
    def is_open(self) -> bool:
        return self._connection is not None

    @property
    def is_quiet(self) -> bool:
        return self.is_open and not (self._inbox or self._late or self.outbox or self.state.unanswered)

    async def connect(self, side: Side) -> None:
        """A handshake with this process; then hello, and what was not acknowledged once more."""
        assert self._connection is None
        self.side = side
        self._wire = DeviceWire(self)
        self._witness = Witness()
        runtimes._runtimes[asyncio.get_running_loop()] = side  # the process that takes the next handshake
        scope = {
            "type": "websocket",
            "headers": [
                (b"host", b"localhost"),
                (b"origin", b"http://localhost"),
                (b"cookie", f"{GUEST_COOKIE}={sign_guest(self.who.guest)}".encode()),
            ],
            "client": ("127.0.0.1", 1),
            "query_string": b"",
            "extensions": {WIRE_EXTENSION: self._wire},
        }
        await ChatConsumer()(scope, _connect, _accepted)
        self._connection = self._wire.connection
        assert self._connection is not None
        self.send(self.state.hello())
        for once, (room, body) in self.outbox.items():
            self.send(self.state.request("message.post", room=room, body=body, client_message_id=once))

    def cut(self, *, keep: int = 0) -> None:
        """Lose the connection, and of what is on its way all but the first `keep` frames."""
        if self._connection is None:
            return
        assert self._wire is not None
        self._wire.ended = True
        lost, self._connection = self._connection, None
        lost.lost()
        for frame in self._inbox[:keep]:
            self._take(frame)
        self._inbox.clear()
        self._late.clear()
        self.trace.append({"lost": True})

    def hung_up(self, wire: DeviceWire) -> None:
        """The server closed the connection."""
        if wire is self._wire:
            self.cut(keep=len(self._inbox))

    def stall(self) -> None:
        """Take nothing any more: the next frame closes the connection as slow."""
        if self._wire is not None:
            self._wire.full = True

    def let_go(self) -> None:
        """A stalled connection that got no frame since is cut by hand."""
        if self._wire is not None and self._wire.full:
            self.cut()

    def ask(self, type_: str, **members: Any) -> None:
        self.send(self.state.request(type_, **members))

    def post(self, room: int, body: str) -> None:
        once = f"{self.who.index}-{self.world.next_number()}"
        self.world.sent[once] = (self.who, room, body)
        self.outbox[once] = (room, body)
        self.ask("message.post", room=room, body=body, client_message_id=once)

    def send(self, command: Json) -> None:
        if self._connection is None:
            return
        text = json.dumps(command)
        self.trace.append({"cmd": json.loads(text)})
        self._witness.asked(command)
        self._connection.received(text)

    # --- frames ----------------------------------------------------------------------------------------------------

    def arrived(self, wire: DeviceWire, payload: bytes) -> None:
        frame: Json = json.loads(payload)
        self._witness.see(frame)
        self._inbox.append(frame)
        self._wake()

    def thaw(self) -> None:
        self.frozen = False
        self._wake()

    def _wake(self) -> None:
        if not self._due and not self.frozen:
            self._due = True
            asyncio.get_running_loop().call_soon(self._take_all)

    def _take_all(self) -> None:
        self._due = False
        if self.frozen:
            return
        while self._inbox:
            frame = self._inbox.pop(0)
            for one in self._mangled(frame):
                self._take(one)
        while self._late and (self.mangles is None or self.mangles.random() < 0.5):
            self._take(self._late.pop(0))

    def _mangled(self, frame: Json) -> Sequence[Json]:
        if self.mangles is None or frame["type"] != "changes" or "ref" in frame:
            return [frame]
        chance = self.mangles.random()
        if chance < 0.15:
            return []
        if chance < 0.3:
            self._late.append(frame)
            return []
        return [frame, frame] if chance < 0.4 else [frame]

    def _take(self, frame: Json) -> None:
        self.trace.append({"in": json.loads(json.dumps(frame))})
        command = self.state.command_of(frame)
        try:
            commands = self.state.feed(frame)
        except Exception as error:
            self.world.failures.append(error)
            raise
        if frame["type"] == "reply" and command is not None:
            if command["type"] == "message.post":
                self._acknowledged(command, frame["result"])
            elif command["type"] == "messages":
                self.state.paged(command, frame["result"])
        elif frame["type"] == "error" and command is not None and command["type"] == "message.post":
            assert frame["error"]["code"] in ("forbidden", "not_found"), frame
            self.outbox.pop(command["client_message_id"], None)
            self.world.refused.add(command["client_message_id"])
        for one in commands:
            self.send(one)

    def _acknowledged(self, command: Json, result: Json) -> None:
        once = command["client_message_id"]
        self.outbox.pop(once, None)
        number = self.world.acknowledged.setdefault(once, result["number"])
        if number != result["number"]:
            self.world.failures.append(AssertionError(f"{once} was acknowledged as {number} and as {result['number']}"))


@dataclass(eq=False)
class Someone:
    """A person; without a row where they have not written yet."""

    index: int
    guest: Guest
    person_id: int | None = None


class World:
    """All of it. Its coroutines run on the loop; `domain` runs what another process without any hub would do."""

    def __init__(self, *, seed: int, shell: ThreadPoolExecutor) -> None:
        self.random = Random(seed)
        self.seed = seed
        self.sent: dict[str, tuple[Someone, int, str]] = {}
        self.acknowledged: dict[str, int] = {}
        self.refused: set[str] = set()
        self.failures: list[BaseException] = []
        self.people: list[Someone] = []
        self.devices: list[Device] = []
        self.rooms: list[int] = []
        self.sides: list[Side] = []
        self.layers: list[MisbehavingLayer] = []
        self._shell = shell
        self._number = 0

    def next_number(self) -> int:
        self._number += 1
        return self._number

    async def start(self, *, people: int, devices: int, has_broker: bool, faults: Sequence[float]) -> None:
        street = InMemoryChannelLayer(capacity=20)
        for index in range(2):
            if has_broker:
                loses, doubles, delays = faults
                self.layers.append(
                    MisbehavingLayer(street, seed=self.seed + index, loses=loses, doubles=doubles, delays=delays)
                )
            side = Side(layer=self.layers[index] if has_broker else None)
            await side.start()
            self.sides.append(side)
        for index in range(people):
            guest = Guest(uuid4(), f"Person {index}")  # examples share a database
            self.people.append(Someone(index, guest))
        await self.domain(self._make_rows)
        for index in range(devices):
            who = self.people[index % people]
            device = Device(self, who, mangles=Random(self.seed + index) if index % 2 else None)
            self.devices.append(device)
            await device.connect(self.sides[index % 2])

    def _make_rows(self) -> None:
        from groupchat.actions import rooms

        for someone in self.people[:-1]:  # the last one is a guest who has not written yet
            someone.person_id = person_of_guest(guest=someone.guest).pk
        Person.objects.filter(pk=self.people[0].person_id).update(kind=Person.Kind.USER)
        owner = Person.objects.get(pk=self.people[0].person_id)
        for index in range(3):
            self.rooms.append(rooms.create(person=owner, name=f"Room {index} {uuid4()}").pk)

    async def stop(self) -> None:
        for device in self.devices:
            device.cut()
        runtimes._runtimes.pop(asyncio.get_running_loop(), None)
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
        self.sides[index] = Side(layer=self.layers[index] if self.layers else None)
        await self.sides[index].start()

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
            if device.mangles is not None:
                device.mangles = None
                device.cut()
            device.let_go()
            if not device.is_open:
                await device.connect(self.sides[index % 2])
        deadline = asyncio.get_running_loop().time() + DEADLINE_SECONDS
        while True:
            self.check()
            for device in self.devices:
                if not device.is_open:  # closed by the server meanwhile
                    await device.connect(self.sides[0])
            if all(device.is_quiet for device in self.devices):
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
            f"person {device.who.index} in {room} at {view.position} of {seqs[room]}"
            for device in self.devices
            for room, view in device.state.rooms.items()
            if view.position != seqs[room] or view.asked
        ] + [
            f"person {device.who.index} at {device.state.seq} of {mine.get(device.who.guest.id)}"
            for device in self.devices
            if device.state.seq != mine.get(device.who.guest.id, 0)
        ]

    def check(self) -> None:
        """Raise what went wrong so far."""
        if self.failures:
            raise self.failures[0]


def close_connections() -> None:
    connections.close_all()
