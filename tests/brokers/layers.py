"""A Channels layer that misbehaves on purpose, by a seed."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

SLOWEST_SECONDS = 0.05


class MisbehavingLayer:
    """Wraps a layer: loses, doubles and delays (so: reorders) what is sent, each with its own chance from 0 to 1.

    `up` False is a broker that refuses at once; `silent` True one that takes everything and never answers.
    """

    def __init__(self, layer: Any, *, seed: int = 0, loses: float = 0, doubles: float = 0, delays: float = 0) -> None:
        self.layer = layer
        self.random = Random(seed)
        self.faults = self.loses, self.doubles, self.delays = loses, doubles, delays
        self.up = True
        self._answers = asyncio.Event()
        self._answers.set()
        self.sent: list[dict[str, Any]] = []
        self._late: set[asyncio.Task[None]] = set()

    async def stop(self) -> None:
        """Send nothing late any more."""
        for task in list(self._late):
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)

    def heal(self) -> None:
        """Be a good broker, until `sicken`."""
        self.loses = self.doubles = self.delays = 0
        self.up = True
        self.silent = False

    def sicken(self) -> None:
        self.loses, self.doubles, self.delays = self.faults

    @property
    def silent(self) -> bool:
        return not self._answers.is_set()

    @silent.setter
    def silent(self, value: bool) -> None:
        if value:
            self._answers.clear()
        else:
            self._answers.set()

    async def new_channel(self, prefix: str = "specific.") -> str:
        await self._meet()
        channel: str = await self.layer.new_channel(prefix)
        return channel

    async def receive(self, channel: str) -> Any:
        await self._meet()
        return await self.layer.receive(channel)

    async def group_add(self, group: str, channel: str) -> None:
        await self._meet()
        await self.layer.group_add(group, channel)

    async def group_discard(self, group: str, channel: str) -> None:
        await self._meet()
        await self.layer.group_discard(group, channel)

    async def group_send(self, group: str, message: dict[str, Any]) -> None:
        await self._meet()
        self.sent.append(message)
        if self.random.random() < self.loses:
            return
        for _ in range(2 if self.random.random() < self.doubles else 1):
            if self.random.random() < self.delays:
                task = asyncio.create_task(self._send_later(group, message))
                self._late.add(task)
                task.add_done_callback(self._late.discard)
            else:
                await self.layer.group_send(group, message)

    async def _send_later(self, group: str, message: dict[str, Any]) -> None:
        await asyncio.sleep(self.random.random() * SLOWEST_SECONDS)
        await self.layer.group_send(group, message)

    async def _meet(self) -> None:
        if not self.up:
            raise ConnectionRefusedError("the broker is down")
        await self._answers.wait()
