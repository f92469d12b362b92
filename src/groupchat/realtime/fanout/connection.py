"""One live socket: its outbox, what it has subscribed to, and whom it has been told of.

The outbox contract, the same on every server: `write` never waits and never raises; the bytes not yet taken by the
kernel are `buffered()`; where a write would leave more than the limit, the socket is closed as slow and dropped.
"""

from __future__ import annotations

import logging
from asyncio import WriteTransport
from collections.abc import Iterable
from typing import Protocol

from groupchat.errors import CLOSE_RULES, Close
from groupchat.realtime.fanout.frames import Chunk, Frame

logger = logging.getLogger("groupchat.realtime")

# People whom one connection remembers to have been told of; past it it forgets them all, and is told again.
MAX_KNOWN_PEOPLE = 256


class Wire(Protocol):
    """The way to the client's socket. Nothing here waits, and nothing raises."""

    def write(self, chunk: Chunk, limit: int) -> bool:
        """Send this; False if more than `limit` bytes still wait for the kernel (0: no limit), and nothing is sent."""
        ...

    def buffered(self) -> int:
        """Bytes that were written and not yet taken by the kernel."""
        ...

    def close(self, code: int, reason: str) -> None:
        """Say goodbye and close once what was written is out."""
        ...

    def abort(self) -> None:
        """Drop the socket and everything unsent, now."""
        ...

    def ping(self) -> bool:
        """Ask for a sign of life; False where the server sees to that itself, and we would hear no answer."""
        ...


class Connection:
    """A live socket as the hub sees it."""

    __slots__ = (
        "__weakref__",
        "closed",
        "dialect",
        "is_alive",
        "known",
        "max_outbox_bytes",
        "person_id",
        "topics",
        "transport",
        "wire",
    )

    def __init__(self, wire: Wire, *, dialect: str, max_outbox_bytes: int, person_id: int | None = None) -> None:
        self.wire = wire
        self.dialect = dialect
        self.max_outbox_bytes = max_outbox_bytes
        self.person_id = person_id
        self.topics: set[object] = set()
        self.known: dict[int, int] | None = None
        self.closed = False
        # Set by a wire on which a plain frame needs nothing but to be written, for as long as that is so.
        self.transport: WriteTransport | None = None
        self.is_alive = True  # since the last look of the keeper

    def write(self, chunk: Chunk) -> bool:
        """Send what is ready; False where the socket is gone or was closed for reading too slowly."""
        if self.closed:
            return False
        if self.wire.write(chunk, self.max_outbox_bytes):
            return True
        self.close(Close.SLOW)
        return False

    def send(self, payload: bytes) -> bool:
        """Send one frame to this socket alone."""
        return self.write(Chunk((Frame(payload),)))

    def close(self, code: Close) -> None:
        """Close with a reason; a slow socket is dropped at once, for what it does not read would stay in memory."""
        if self.closed:
            return
        self.closed = True
        self.transport = None
        self.wire.close(int(code), CLOSE_RULES[code].reason)  # a plain number: not every server takes an enum for one
        if code == Close.SLOW:
            self.wire.abort()

    def knows(self, person_id: int, version: int) -> bool:
        return self.known is not None and self.known.get(person_id, 0) >= version

    def learn(self, person_id: int, version: int) -> None:
        if self.known is None or len(self.known) >= MAX_KNOWN_PEOPLE:
            self.known = {}
        self.known[person_id] = version

    def subscription_ended(self, topic: object) -> None:
        """The hub ended a subscription: its person is out of the room."""

    def subscription_reset(self, topic: object, last_number: int) -> None:
        """What was said behind `last_number` is in no range of the hub: whoever can't be told `reset` reads it anew.
        The subscription waits for its next `commit`.
        """


def write_all(connections: Iterable[Connection], chunk: Chunk) -> list[Connection]:
    """The same to many sockets; returns those that are gone or were closed for reading too slowly.

    As `Connection.write` for each, without its calls: this is the innermost loop of the server.
    """
    gone = []
    plain = chunk.wire
    for connection in connections:
        transport, limit = connection.transport, connection.max_outbox_bytes
        if transport is not None:
            try:
                if not limit or transport.get_write_buffer_size() <= limit:
                    transport.write(plain)
                    continue
            except Exception as error:  # uvloop raises on a transport that was closed meanwhile
                logger.debug("A write failed: %s", error)
                continue
        elif not connection.closed and connection.wire.write(chunk, limit):
            continue
        connection.close(Close.SLOW)
        gone.append(connection)
    return gone
