"""One socket of one person in the small world of the property test, what it knows, and what goes wrong on its way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from tests.brokers.side import Side
from tests.client import Json
from tests.property.copy import Copy
from tests.property.witness import Witness

from groupchat.actions.people import Guest
from groupchat.identity import GUEST_COOKIE, sign_guest
from groupchat.realtime import runtime as runtimes
from groupchat.realtime.fanout.frames import Chunk
from groupchat.realtime.fanout.topics import TopicKey
from groupchat.realtime.gateway.consumers import WIRE_EXTENSION, ChatConsumer
from groupchat.realtime.gateway.native import NativeSession

if TYPE_CHECKING:
    from tests.property.world import World


@dataclass(eq=False)
class Someone:
    """A person; without a row where they have not written yet."""

    index: int
    guest: Guest
    person_id: int | None = None


async def _connect() -> Json:
    return {"type": "websocket.connect"}


async def _accepted(event: Json) -> None:
    assert event["type"] == "websocket.accept", event


class DeviceWire:
    """Where a socket would be."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.connection: NativeSession | None = None
        self.full = False
        self.ended = False

    def attach(self, connection: NativeSession) -> None:
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

    def ping(self) -> bool:
        return True


@dataclass(eq=False)
class Device:
    """One socket at a time of one person, what it knows, and everything that it lived through."""

    world: World
    who: Someone
    mangles: Random | None = None  # frames are lost, doubled and reordered by it
    state: Copy = field(init=False)
    trace: list[Json] = field(default_factory=list)
    pages: list[tuple[Json, Json]] = field(default_factory=list)
    outbox: dict[str, Json] = field(default_factory=dict)  # by client_message_id, what was not acknowledged
    frozen: bool = False
    mangling: bool = True
    side: Side | None = None

    def __post_init__(self) -> None:
        self.state = Copy(strict=self.mangles is None)
        self._connection: NativeSession | None = None
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
        for post in self.outbox.values():
            self.send(self.state.request("message.post", **post))

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

    def post(self, room: int, body: str, *, seen: int | None = None, reply_to: int | None = None) -> None:
        once = f"{self.who.index}-{self.world.next_number()}"
        self.world.sent[once] = (self.who, room, body)
        self.outbox[once] = {"room": room, "body": body, "client_message_id": once}
        if seen is not None:
            self.outbox[once]["seen"] = seen
        if reply_to is not None:
            self.outbox[once]["reply_to"] = reply_to
        self.ask("message.post", **self.outbox[once])

    def send(self, command: Json) -> None:
        if self._connection is None:
            return
        text = json.dumps(command)
        self.trace.append({"cmd": json.loads(text)})
        self._witness.asked(command)
        self._connection.received(text)

    def standing(self, room: int) -> str:
        """Where its process has this room, and this socket in it: for the message of a test that fails."""
        topic = self.side.hub.topics.get(TopicKey("room", room)) if self.side is not None else None
        if topic is None:
            return "nobody listens"
        hears = [dialect for dialect, some in topic.subscribers.items() if self._connection in some]
        joins = len(topic.joining[self._connection]) if self._connection in topic.joining else None
        hub = f"{topic.position=} {topic.announced_seq=} {topic.repairing=} {len(topic.held)=} {topic.gap_timer=}"
        return f"{hears=} {joins=} {hub}"

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
        while self._late and (self.mangles is None or not self.mangling or self.mangles.random() < 0.5):
            self._take(self._late.pop(0))

    def _mangled(self, frame: Json) -> Sequence[Json]:
        if self.mangles is None or not self.mangling or frame["type"] != "changes" or "ref" in frame:
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
            error.add_note("\n".join(json.dumps(step)[:600] for step in self.trace[-40:]))
            if "room" in frame:
                error.add_note(self.standing(frame["room"]))
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
