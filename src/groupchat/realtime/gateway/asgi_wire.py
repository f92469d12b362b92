"""The way to a socket on any ASGI server: a small writer that lives only while there is something to write."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from groupchat.errors import CLOSE_RULES, Close
from groupchat.realtime.fanout.frames import Chunk

logger = logging.getLogger("groupchat.realtime")

# Not every server sends the codes of the standard; these of ours mean the same to a client.
_OURS: dict[int, Close] = {Close.TOO_LARGE: Close.BROKEN_FRAME, Close.GOING_AWAY: Close.ERROR}
_FAILED = "A server did not take what was sent to a socket, which is dropped: %r"
GOODBYE_SECONDS = 1.0  # for the close frame of a socket that is dropped

Send = Callable[[Any], Awaitable[None]]


class AsgiWire:
    """Writes with `websocket.send`. What waits for the server's flow control counts as buffered."""

    __slots__ = ("_buffered", "_closing", "_consumer", "_dead", "_due", "_goodbye", "_send", "_writing")

    def __init__(self, send: Send, consumer: asyncio.Task[Any] | None) -> None:
        self._send = send
        self._consumer = consumer
        self._due: deque[bytes | tuple[int, str]] = deque()
        self._buffered = 0
        self._writing: asyncio.Task[None] | None = None
        self._closing = False
        self._goodbye = (int(Close.ERROR), CLOSE_RULES[Close.ERROR].reason)
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
            self._goodbye = (code, reason)
            self._due.append(self._goodbye)
            self._wake()

    def abort(self) -> None:
        """The nearest thing that ASGI has: forget what is unsent, and end the consumer, upon which the server
        closes.
        """
        if self._dead:
            return
        if self._writing is not None:
            self._writing.cancel()
        self._drop()

    @property
    def is_dead(self) -> bool:
        """Whether the consumer was ended from here."""
        return self._dead

    async def say_goodbye(self) -> None:
        """Not every server closes when a consumer ends: one last try, which may find the socket gone."""
        with suppress(Exception):
            await asyncio.wait_for(self._send_close(*self._goodbye), GOODBYE_SECONDS)

    def _drop(self) -> None:
        self._dead = True
        self._due.clear()
        self._buffered = 0
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
                    await self._send_close(*due)
        except Exception as error:
            # One socket's error ends no fan-out. Most servers raise where the client is gone, each in its own way; but
            # it may be a fault of ours, and a socket that stayed open after it would hear nothing any more.
            logger.log(logging.DEBUG if isinstance(error, OSError) else logging.WARNING, _FAILED, error, exc_info=True)
            self._drop()
        finally:
            self._writing = None

    async def _send_close(self, code: int, reason: str) -> None:
        try:
            await self._send({"type": "websocket.close", "code": code, "reason": reason})
        except Exception as error:
            ours = _OURS.get(code)
            if ours is None or isinstance(error, OSError):
                raise
            logger.debug("A server does not close with %d: %r", code, error)
            await self._send({"type": "websocket.close", "code": int(ours), "reason": reason})
