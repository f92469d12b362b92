"""Between processes: a doorbell over the Channels layer. It makes delivery fast; the sweep makes it true.

Each process has one channel. It joins a room's group when its first local subscription appears and leaves it with the
last. What piles up behind a send leaves as one message to a group in which every process is: to take apart one such
message and skip most of it costs far less than to receive its parts one by one. Nothing here is awaited by whoever
posts; what can't be sent is dropped and found by the sweep of the others.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from pydantic_core import from_json

from groupchat.protocol import PersonResource
from groupchat.realtime.frames import Frame
from groupchat.realtime.publish import classic_frames, named, teller
from groupchat.realtime.topics import Publication, TopicKey

logger = logging.getLogger("groupchat.realtime")

RECEIVE_RETRY_SECONDS = 1.0
SEND_TIMEOUT_SECONDS = 5.0
# What leaves in one message; the last one may go over the bytes by its own size, which is limited.
MOST_TOGETHER = 100
MOST_TOGETHER_BYTES = 128 * 1024

_EVERY_PROCESS = "groupchat.processes"


@dataclass(slots=True)
class BrokerStats:
    """Counts since the start of the process."""

    sent: int = 0
    received: int = 0
    dropped: int = 0
    errors: int = 0


class Broker(Protocol):
    """What the runtime asks of a broker. Publications go out in order; they may be lost, doubled or late."""

    stats: BrokerStats

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def join(self, key: TopicKey) -> asyncio.Future[None] | None:
        """Hear this topic from now on; the future is done when it is so."""
        ...

    def leave(self, key: TopicKey) -> None: ...

    def publish(self, publication: Publication) -> None:
        """Tell the other processes; never waits."""
        ...


class LocalBroker:
    """One process: nobody else to tell. Further processes on the same database find changes by their sweep."""

    def __init__(self) -> None:
        self.stats = BrokerStats()

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def join(self, key: TopicKey) -> None:
        return None

    def leave(self, key: TopicKey) -> None: ...

    def publish(self, publication: Publication) -> None: ...


class LayerBroker:
    """Any Channels layer as the doorbell."""

    def __init__(
        self,
        *,
        layer: Any,
        on_publication: Callable[[Publication], None],
        on_doorbell: Callable[[TopicKey, int], None],
        max_waiting: int,
        max_bytes: int,
    ) -> None:
        self.stats = BrokerStats()
        self._layer = layer
        self._on_publication = on_publication
        self._on_doorbell = on_doorbell
        self._max_waiting = max_waiting
        self._max_bytes = max_bytes
        self._channel = ""
        self._named = asyncio.Event()  # the layer gave us a channel
        self._outgoing: deque[Publication] = deque()
        self._wanted: dict[TopicKey, asyncio.Future[None]] = {}
        self._joined: set[TopicKey] = set()
        # What to join or leave, in order, each once. While the layer does not answer this grows no further than what is
        # wanted and what is joined, however many come and go.
        self._changed: dict[TopicKey, None] = {}
        self._changing: TopicKey | None = None  # the one that the layer is asked for
        self._sending: asyncio.Task[None] | None = None
        self._joining: asyncio.Task[None] | None = None
        self._receiving: asyncio.Task[None] | None = None
        self._stopped = False

    async def start(self) -> None:
        self._receiving = asyncio.get_running_loop().create_task(self._receive())

    async def stop(self) -> None:
        self._stopped = True  # sockets that go from now on need not leave their groups: the channel goes as a whole
        if self._sending is not None:
            await asyncio.wait([self._sending], timeout=SEND_TIMEOUT_SECONDS)
        for task in (self._sending, self._joining, self._receiving):
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

    # --- joining ---------------------------------------------------------------------------------------------------

    def join(self, key: TopicKey) -> asyncio.Future[None]:
        loop = asyncio.get_running_loop()
        future = self._wanted.get(key)
        if future is None:
            future = self._wanted[key] = loop.create_future()
        self._change(key)
        return future

    def leave(self, key: TopicKey) -> None:
        future = self._wanted.pop(key, None)
        if future is not None and not future.done():
            future.cancel()
        self._change(key)

    def _change(self, key: TopicKey) -> None:
        if key != self._changing and (key in self._wanted) == (key in self._joined):
            self._changed.pop(key, None)  # it is as it should be
            if (future := self._wanted.get(key)) is not None and not future.done():
                future.set_result(None)
            return
        self._changed[key] = None
        if not self._stopped and (self._joining is None or self._joining.done()):
            self._joining = asyncio.get_running_loop().create_task(self._join())

    async def _join(self) -> None:
        while self._changed:
            key = self._changing = next(iter(self._changed))
            del self._changed[key]
            future = self._wanted.get(key)
            try:
                if future is not None and key not in self._joined:
                    await self._named.wait()
                    await self._layer.group_add(_group(key), self._channel)
                    self._joined.add(key)
                elif future is None and key in self._joined:
                    self._joined.discard(key)
                    await self._layer.group_discard(_group(key), self._channel)
            except Exception as error:
                self._failed("join a group", error)
                if key in self._wanted and key not in self._joined:
                    await asyncio.sleep(RECEIVE_RETRY_SECONDS)
                    self._changed[key] = None
            if future is not None and not future.done() and key in self._joined:
                future.set_result(None)
            self._changing = None

    # --- sending ---------------------------------------------------------------------------------------------------

    def publish(self, publication: Publication) -> None:
        if self._max_waiting and len(self._outgoing) >= self._max_waiting:
            self.stats.dropped += 1
            return
        self._outgoing.append(publication)
        if self._sending is None or self._sending.done():
            self._sending = asyncio.get_running_loop().create_task(self._send())

    async def _send(self) -> None:
        while self._outgoing:
            together = self._next_together()
            keys = {publication.key for publication, _ in together}
            group = _group(keys.pop()) if len(keys) == 1 else _EVERY_PROCESS
            message = {
                "type": "groupchat.changes",
                "from": self._channel,
                "changes": [self._change_message(publication, payload) for publication, payload in together],
            }
            try:
                async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                    await self._layer.group_send(group, message)
                self.stats.sent += len(together)
            except Exception as error:
                self.stats.dropped += len(together)
                self._failed("send", error)

    def _next_together(self) -> list[tuple[Publication, bytes | None]]:
        """What waits, as much as goes into one message; without a payload where that is too large to travel."""
        together: list[tuple[Publication, bytes | None]] = []
        size = 0
        while self._outgoing and len(together) < MOST_TOGETHER and size < MOST_TOGETHER_BYTES:
            publication = self._outgoing.popleft()
            payload: bytes | None = publication.encode("native", 0)[0].payload
            assert payload is not None
            if self._max_bytes and len(payload) > self._max_bytes:
                payload = None
            size += len(payload or b"")
            together.append((publication, payload))
        return together

    def _change_message(self, publication: Publication, payload: bytes | None) -> dict[str, Any]:
        change: dict[str, Any] = {"topic": list(publication.key), "to": publication.to}
        if payload is not None:
            change |= {
                "since": publication.since,
                "last_number": publication.last_number,
                "payload": payload,
                "people": publication.tell([one.id for one in publication.named]).payload if publication.tell else b"",
                "out": list(publication.out.items()),
                "sessions": publication.sessions,
            }
        return change

    # --- receiving -------------------------------------------------------------------------------------------------

    async def _receive(self) -> None:
        while True:
            try:
                if not self._named.is_set():
                    self._channel = self._channel or await self._layer.new_channel("groupchat.")
                    await self._layer.group_add(_EVERY_PROCESS, self._channel)
                    self._named.set()
                message = await self._layer.receive(self._channel)
            except asyncio.CancelledError:
                raise
            except Exception as error:
                self._failed("receive", error)
                await asyncio.sleep(RECEIVE_RETRY_SECONDS)
                continue
            try:
                self._take(message)
            except Exception:
                logger.exception("A message of the channel layer could not be read.")

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("from") == self._channel:
            return  # our own, come back by the group
        for change in message["changes"]:
            key = TopicKey(*change["topic"])
            if key not in self._wanted:
                continue
            self.stats.received += 1
            if "payload" in change:
                self._on_publication(_publication(key, change))
            else:
                self._on_doorbell(key, change["to"])

    def _failed(self, what: str, error: Exception) -> None:
        self.stats.errors += 1
        logger.warning("The channel layer could not %s (%s); the sweep delivers meanwhile.", what, error)


def _group(key: TopicKey) -> str:
    return f"groupchat.{key.kind}.{key.id}"


def _publication(key: TopicKey, change: dict[str, Any]) -> Publication:
    native = (Frame(bytes(change["payload"])),)
    people: list[PersonResource] = from_json(change["people"])["people"] if change["people"] else []
    by_id = {person["id"]: person for person in people}

    def encode_for(dialect: str, last_number: int) -> Any:
        if dialect == "native":
            return native
        return classic_frames(from_json(native[0].payload), by_id, last_number) if key.kind == "room" else ()

    return Publication(
        key=key,
        since=change["since"],
        to=change["to"],
        last_number=change["last_number"],
        encode=encode_for,
        named=named(people),
        tell=teller(by_id) if people else None,
        out=dict(change["out"]),
        sessions=change["sessions"],
    )
