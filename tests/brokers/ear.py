"""A subscriber of one room in one process, and what it may rely on."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from tests.brokers.side import Side

from groupchat.realtime.delivery.opening import Asked
from groupchat.realtime.fanout.connection import Connection
from groupchat.realtime.fanout.floors import Sight
from groupchat.realtime.fanout.frames import Chunk
from groupchat.realtime.fanout.topics import TopicKey

DEADLINE_SECONDS = 30.0


class EarWire:
    """Keeps what would go to a socket."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.arrived: list[float] = []

    def write(self, chunk: Chunk, limit: int) -> bool:
        for frame in chunk.frames:
            self.frames.append(json.loads(frame.payload))
            self.arrived.append(time.monotonic())
        return True

    def buffered(self) -> int:
        return 0

    def close(self, code: int, reason: str) -> None: ...

    def abort(self) -> None: ...

    def ping(self) -> bool:
        return True


class Ear(Connection):
    """Listens to a room."""

    def __init__(self, *, person_id: int | None = None) -> None:
        self.kept = EarWire()
        super().__init__(self.kept, dialect="native", max_outbox_bytes=0, person_id=person_id)
        self.position = 0
        self.ended: list[object] = []

    def subscription_ended(self, topic: object) -> None:
        self.ended.append(topic)

    async def listen(self, side: Side, room: int, *, floor: int = 0, seconds: float = 5.0) -> Ear:
        """Subscribe, as a connection does; wait for the broker to know of it."""
        key = TopicKey("room", room)
        topic = side.hub.begin(self, key)
        if topic.joined is not None:
            await asyncio.wait([topic.joined], timeout=seconds)
        state = await side.room_states.ask(Asked(None, room))
        self.position = state["seq"]
        side.hub.commit(self, key, position=state["seq"], last_number=state["last_number"], sight=Sight(floor))
        return self

    @property
    def frames(self) -> list[dict[str, Any]]:
        return [frame for frame in self.kept.frames if frame["type"] == "changes"]

    @property
    def bodies(self) -> list[str]:
        """What was said, in order of number; each message once, as it was last heard of."""
        messages = {one["number"]: one["body"] for frame in self.frames for one in frame.get("messages", ())}
        assert sorted(messages) == list(range(min(messages, default=1), max(messages, default=0) + 1))
        return [messages[number] for number in sorted(messages)]

    def check(self) -> None:
        """Ranges join without a hole."""
        position = self.position
        for frame in self.frames:
            assert frame["since"] <= position, f"a hole behind {position}: {frame}"
            assert frame["to"] > position, f"nothing new: {frame}"
            position = frame["to"]

    async def hears(self, count: int, *, seconds: float = DEADLINE_SECONDS) -> list[str]:
        """Wait until this many messages were heard."""
        async with asyncio.timeout(seconds):
            while len(self.bodies) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        self.check()
        return self.bodies


async def until(condition: Any, *, seconds: float = DEADLINE_SECONDS) -> float:
    """Wait until it holds; the seconds that it took."""
    began = time.monotonic()
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    return time.monotonic() - began
