"""Stands between the servers and the broker, and does to their publications what a bad network does."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

import redis.asyncio as redis

OK = b":1\r\n"  # one subscriber heard it, says whoever lost it


class Relay:
    """A RESP proxy on a free port. By chance of the seed it loses, doubles or swaps publications; it can be silent
    (takes everything, passes on nothing) or slow.
    """

    def __init__(self, broker_port: int, *, seed: int) -> None:
        self._broker_port = broker_port
        self._random = Random(seed)
        self.lose = self.double = self.swap = 0.0  # shares of the publications
        self.delay_seconds = 0.0
        self.lost = self.doubled = self.swapped = self.passed = 0
        self._flows = asyncio.Event()
        self._flows.set()
        self._swapped: tuple[bytes, bytes] | None = None
        self._publisher: Any = None
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def silence(self) -> None:
        self._flows.clear()

    def speak(self) -> None:
        self._flows.set()

    async def __aenter__(self) -> Relay:
        self._publisher = redis.Redis(port=self._broker_port)
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        while self._tasks:  # more than once: the client of the broker may take a cancellation for its own time-out
            for task in self._tasks:
                task.cancel()
            await asyncio.wait(self._tasks, timeout=1)
        await self._publisher.aclose()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        back: asyncio.Task[None] | None = None
        there: asyncio.StreamWriter | None = None
        try:
            from_broker, there = await asyncio.open_connection("127.0.0.1", self._broker_port)
            back = asyncio.create_task(self._pass_back(from_broker, writer))
            while True:
                raw, words = await _read_command(reader)
                await self._pause()
                if words[0].upper() == b"PUBLISH":
                    await self._publish(words[1], words[2])
                    writer.write(OK)
                else:
                    there.write(raw)
                    await there.drain()
        except (OSError, EOFError, asyncio.CancelledError, redis.RedisError):
            pass
        finally:
            self._tasks.discard(task)
            if back is not None:
                back.cancel()
                await asyncio.gather(back, return_exceptions=True)
            for end in (writer, there):
                if end is not None:
                    end.transport.abort()

    async def _pass_back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self._pause()
            writer.write(data)
            await writer.drain()

    async def _pause(self) -> None:
        if self.delay_seconds:
            await asyncio.sleep(self.delay_seconds)
        await self._flows.wait()

    async def _publish(self, channel: bytes, payload: bytes) -> None:
        dice = self._random.random()
        if dice < self.lose:
            self.lost += 1
            return
        if dice < self.lose + self.double:
            self.doubled += 1
            await self._publisher.publish(channel, payload)
        elif dice < self.lose + self.double + self.swap and self._swapped is None:
            self.swapped += 1
            self._swapped = (channel, payload)  # comes after the next one
            return
        self.passed += 1
        await self._publisher.publish(channel, payload)
        if self._swapped is not None:
            late, self._swapped = self._swapped, None
            await self._publisher.publish(*late)


async def _read_command(reader: asyncio.StreamReader) -> tuple[bytes, list[bytes]]:
    """The bytes of one command, and its words."""
    raw = bytearray()
    words: list[bytes] = []
    head = await reader.readuntil(b"\r\n")
    raw += head
    for _ in range(int(head[1:-2])):
        size = await reader.readuntil(b"\r\n")
        body = await reader.readexactly(int(size[1:-2]) + 2)
        raw += size + body
        words.append(body[:-2])
    return bytes(raw), words
