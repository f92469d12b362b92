"""The way to a socket on any ASGI server: a small writer that lives only while there is something to write."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from groupchat.realtime.frames import Chunk

Send = Callable[[Any], Awaitable[None]]


class AsgiWire:
    """Writes with `websocket.send`. What waits for the server's flow control counts as buffered."""

    __slots__ = ("_buffered", "_closing", "_consumer", "_dead", "_due", "_send", "_writing")

    def __init__(self, send: Send, consumer: asyncio.Task[Any] | None) -> None:
        self._send = send
        self._consumer = consumer
        self._due: deque[bytes | tuple[int, str]] = deque()
        self._buffered = 0
        self._writing: asyncio.Task[None] | None = None
        self._closing = False
        self._dead = False

    def write(self, chunk: Chunk, limit: int) -> bool:
        if limit and self._buffered > limit:
            return False
        if self._closing or self._dead:
            return True
        for frame in chunk.frames:
            self._due.append(frame.payload)
            self._buffered += len(frame.payload)
        self._wake()
        return True

    def buffered(self) -> int:
        return self._buffered

    def close(self, code: int, reason: str) -> None:
        if not self._closing and not self._dead:
            self._closing = True
            self._due.append((code, reason))
            self._wake()

    def abort(self) -> None:
        """The nearest thing that ASGI has: forget what is unsent, and end the consumer, upon which the server
        closes.
        """
        if self._dead:
            return
        self._dead = True
        self._due.clear()
        self._buffered = 0
        if self._writing is not None:
            self._writing.cancel()
        if self._consumer is not None:
            self._consumer.cancel()

    def ping(self) -> bool:
        """Left to the server: ASGI knows no pings."""
        return False

    def _wake(self) -> None:
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        try:
            while self._due:
                due = self._due.popleft()
                if isinstance(due, bytes):
                    await self._send({"type": "websocket.send", "text": due.decode()})
                    self._buffered -= len(due)
                else:
                    await self._send({"type": "websocket.close", "code": due[0], "reason": due[1]})
        except Exception:
            # Whatever a server raises here means: the socket is gone. One socket's error ends no fan-out.
            self._dead = True
            self._due.clear()
            self._buffered = 0
        finally:
            self._writing = None
