"""Between processes: a wakeup over the Channels layer. It makes delivery fast; the sweep makes it true.

Each process has one channel. It joins a room's group when its first local subscription appears and leaves it with the
last. What piles up behind a send leaves as one message to a group in which every process is: to take apart one such
message and skip most of it costs far less than to receive its parts one by one. Nothing here is awaited by whoever
posts; what can't be sent is dropped and found by the sweep of the others.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from pydantic_core import from_json

from groupchat.protocol import PersonResource
from groupchat.publication import RoomChanges
from groupchat.realtime import tasks
from groupchat.realtime.delivery.outage import BrokerStats, Outage
from groupchat.realtime.delivery.publish import above_of, encoder, introduction_of, named
from groupchat.realtime.fanout.frames import Frame
from groupchat.realtime.fanout.topics import Ephemeral, Publication, TopicKey

logger = logging.getLogger("groupchat.realtime")

RECEIVE_RETRY_SECONDS = 1.0
SEND_TIMEOUT_SECONDS = 5.0
PROBE_SECONDS = 1.0  # between two questions whether it is back
# What leaves in one message; the last one may go over the bytes by its own size, which is limited.
MOST_TOGETHER = 100
MOST_TOGETHER_BYTES = 128 * 1024

_BYTES_OF_AN_ID = 9  # as a layer may write one

_EVERY_PROCESS = "groupchat.processes"


class Broker(Protocol):
    """What the runtime asks of a broker. Publications go out in order; they may be lost, doubled or late."""

    stats: BrokerStats

    @property
    def is_up(self) -> bool:
        """Whether it takes what it is told, as far as we know."""
        ...

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def join(self, key: TopicKey) -> asyncio.Future[None] | None:
        """Hear this topic from now on; the future is done when it is so."""
        ...

    def leave(self, key: TopicKey) -> None: ...

    def publish(self, publication: Publication) -> None:
        """Tell the other processes; never waits."""
        ...

    def pass_on(self, one: Ephemeral) -> None:
        """The same for what may be lost: only where nothing else waits."""
        ...


class LocalBroker:
    """One process: nobody else to tell. Further processes on the same database find changes by their sweep."""

    is_up = True

    def __init__(self) -> None:
        self.stats = BrokerStats()

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def join(self, key: TopicKey) -> None:
        return None

    def leave(self, key: TopicKey) -> None: ...

    def publish(self, publication: Publication) -> None: ...

    def pass_on(self, one: Ephemeral) -> None: ...


class LayerBroker:
    """Any Channels layer as the wakeup."""

    def __init__(
        self,
        *,
        layer: Any,
        on_publication: Callable[[Publication], None],
        on_wakeup: Callable[[TopicKey, int], None],
        on_ephemeral: Callable[[Ephemeral], None],
        max_waiting: int,
        max_bytes: int,
    ) -> None:
        self.stats = BrokerStats()
        self._outage = Outage(self.stats, on_gone=self._probe_again)
        self._layer = layer
        self._on_publication = on_publication
        self._on_wakeup = on_wakeup
        self._on_ephemeral = on_ephemeral
        self._max_waiting = max_waiting
        self._max_bytes = max_bytes
        self._channel = ""
        self._named = asyncio.Event()  # the layer gave us a channel
        self._outgoing: deque[Publication | Ephemeral] = deque()
        self._wanted: dict[TopicKey, asyncio.Future[None]] = {}
        self._joined: set[TopicKey] = set()
        # What to join or leave, in order, each once. While the layer does not answer this grows no further than what is
        # wanted and what is joined, however many come and go.
        self._changed: dict[TopicKey, None] = {}
        self._changing: TopicKey | None = None  # the one that the layer is asked for
        self._sending: asyncio.Task[None] | None = None
        self._joining: asyncio.Task[None] | None = None
        self._receiving: asyncio.Task[None] | None = None
        self._probing: asyncio.Task[None] | None = None
        self._stopped = False

    @property
    def is_up(self) -> bool:
        return self._outage.is_over

    async def start(self) -> None:
        self._outage.watch()
        self._receiving = asyncio.get_running_loop().create_task(self._receive())

    async def stop(self) -> None:
        self._stopped = True  # sockets that go from now on need not leave their groups: the channel goes as a whole
        if self._sending is not None:
            await asyncio.wait([self._sending], timeout=SEND_TIMEOUT_SECONDS)
        for task in (self._sending, self._joining, self._receiving, self._probing):
            await tasks.end(task)
        self._outage.unwatch()

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
                self._outage.failed("join a group", error)
                if key in self._wanted and key not in self._joined:
                    await asyncio.sleep(RECEIVE_RETRY_SECONDS)
                    self._changed[key] = None
            if future is not None and not future.done() and key in self._joined:
                future.set_result(None)
            self._changing = None

    # --- is it there? ----------------------------------------------------------------------------------------------

    def _probe_again(self) -> None:
        if not self._stopped and (self._probing is None or self._probing.done()):
            self._probing = asyncio.get_running_loop().create_task(self._probe())

    async def _probe(self) -> None:
        """While it is gone, tell ourselves nothing by it: only what comes back shows that it does both its works."""
        while not self._outage.is_over:
            await asyncio.sleep(PROBE_SECONDS)
            try:
                async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                    await self._layer.group_send(_EVERY_PROCESS, self._message([]))
            except Exception as error:
                self._outage.failed("send", error)

    # --- sending ---------------------------------------------------------------------------------------------------

    def publish(self, publication: Publication) -> None:
        if self._max_waiting and len(self._outgoing) >= self._max_waiting:
            self.stats.dropped += 1
            return
        self._send_soon(publication)

    def pass_on(self, one: Ephemeral) -> None:
        if len(self._outgoing) < MOST_TOGETHER and self.is_up:
            self._send_soon(one)

    def _send_soon(self, one: Publication | Ephemeral) -> None:
        self._outgoing.append(one)
        if self._sending is None or self._sending.done():
            self._sending = asyncio.get_running_loop().create_task(self._send())

    async def _send(self) -> None:
        while self._outgoing:
            together = self._next_together()
            keys = {key for key, _ in together}
            group = _group(keys.pop()) if len(keys) == 1 else _EVERY_PROCESS
            message = self._message([change for _, change in together])
            try:
                async with asyncio.timeout(SEND_TIMEOUT_SECONDS):
                    await self._layer.group_send(group, message)
                self.stats.sent += len(together)
            except Exception as error:
                self.stats.dropped += len(together)
                self._outage.failed("send", error)

    def _message(self, changes: list[dict[str, Any]]) -> dict[str, Any]:
        return {"type": "groupchat.changes", "from": self._channel, "changes": changes}

    def _next_together(self) -> list[tuple[TopicKey, dict[str, Any]]]:
        """What waits, as much as goes into one message; without a payload where that is too large to travel."""
        together: list[tuple[TopicKey, dict[str, Any]]] = []
        size = 0
        while self._outgoing and len(together) < MOST_TOGETHER and size < MOST_TOGETHER_BYTES:
            one = self._outgoing.popleft()
            if isinstance(one, Ephemeral):
                payload, change = one.frame.payload, _ephemeral_message(one)
            else:
                payload = one.encode("native", 0)[0].payload
                size_of_it = len(payload) + _BYTES_OF_AN_ID * len(one.only or ())
                fits = not self._max_bytes or size_of_it <= self._max_bytes
                change = _change_message(one, payload if fits else None)
                payload = payload if fits else b""
            together.append((one.key, change))
            size += len(payload)
        return together

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
                self._outage.failed("receive", error)
                await asyncio.sleep(RECEIVE_RETRY_SECONDS)
                continue
            try:
                self._take(message)
            except Exception:
                logger.exception("A message of the channel layer could not be read.")

    def _take(self, message: dict[str, Any]) -> None:
        if message.get("from") == self._channel:
            self._outage.works()
            return  # our own, come back by the group
        for change in message["changes"]:
            key = TopicKey(*change["topic"])
            if key not in self._wanted:
                continue
            self.stats.received += 1
            if "payload" in change:
                self._on_publication(_publication(key, change))
            elif "ephemeral" in change:
                self._on_ephemeral(_ephemeral(key, change))
            else:
                self._on_wakeup(key, change["to"])


def _group(key: TopicKey) -> str:
    return f"groupchat.{key.kind}.{key.id}"


def _change_message(publication: Publication, payload: bytes | None) -> dict[str, Any]:
    change: dict[str, Any] = {"topic": list(publication.key), "to": publication.to}
    if payload is not None:
        change |= {
            "since": publication.since,
            "last_number": publication.last_number,
            "payload": payload,
            "people": _people_of(publication),
            "out": list(publication.out.items()),
            **({"only": list(publication.only)} if publication.only is not None else {}),
            "floors": list(publication.floors.items()),
            "history": publication.history,
            "lowest": publication.lowest,
            "sessions": publication.sessions,
        }
    return change


def _ephemeral_message(one: Ephemeral) -> dict[str, Any]:
    """A process of a version that does not know them takes it for a wakeup that tells nothing new."""
    return {
        "topic": list(one.key),
        "to": 0,
        "about": one.about,
        "ephemeral": one.frame.payload,
        "people": _people_of(one),
    }


def _people_of(one: Publication | Ephemeral) -> bytes:
    """The frame that introduces all whom it names; empty where there is nobody."""
    return one.introduce([person.id for person in one.named]).payload if one.introduce else b""


def _ephemeral(key: TopicKey, change: dict[str, Any]) -> Ephemeral:
    people = _people(change)
    return Ephemeral(
        key,
        change["about"],
        Frame(bytes(change["ephemeral"])),
        named=named(people),
        introduce=introduction_of({person["id"]: person for person in people}) if people else None,
    )


def _people(change: dict[str, Any]) -> list[PersonResource]:
    people: list[PersonResource] = from_json(change["people"])["people"] if change["people"] else []
    return people


def _publication(key: TopicKey, change: dict[str, Any]) -> Publication:
    native = (Frame(bytes(change["payload"])),)
    people = _people(change)
    by_id = {person["id"]: person for person in people}

    def of_person(dialect: str, last_number: int) -> Sequence[Frame]:
        return native if dialect == "native" else ()

    def read() -> RoomChanges:
        return RoomChanges(from_json(native[0].payload), people)

    return Publication(
        key=key,
        since=change["since"],
        to=change["to"],
        last_number=change["last_number"],
        encode=encoder(native, lambda: from_json(native[0].payload), by_id) if key.kind == "room" else of_person,
        named=named(people),
        introduce=introduction_of(by_id) if people else None,
        out=dict(change["out"]),
        only=frozenset(change["only"]) if "only" in change else None,
        # A version that knows nothing of floors sends no such members; its frames may touch any number.
        floors=dict(change.get("floors", ())),
        history=change.get("history"),
        lowest=change.get("lowest", 0),
        above=above_of(read) if key.kind == "room" else None,
        sessions=change["sessions"],
    )
