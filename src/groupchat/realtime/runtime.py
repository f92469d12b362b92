"""Everything realtime of one process, put together: made with the first connection, or at the server's start."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from channels.layers import get_channel_layer
from django.conf import settings

from groupchat import submission, timeline
from groupchat.actions import limits
from groupchat.conf import conf
from groupchat.errors import Close
from groupchat.identity import Visitor
from groupchat.models import Person
from groupchat.protocol import RoomState, encode
from groupchat.realtime.admission import sessions
from groupchat.realtime.admission.access import AccessWatch
from groupchat.realtime.admission.accounts import AccountWatch
from groupchat.realtime.admission.devices import DeviceNotes
from groupchat.realtime.admission.handshake import Credentials
from groupchat.realtime.admission.refusals import Refusals
from groupchat.realtime.delivery import opening, publish, resume, topic_kinds
from groupchat.realtime.delivery.batching import Batcher
from groupchat.realtime.delivery.broker import Broker, LayerBroker, LocalBroker
from groupchat.realtime.delivery.sweep import Sweep
from groupchat.realtime.effects import EffectWorker
from groupchat.realtime.fanout.connection import Connection
from groupchat.realtime.fanout.ephemeral import EphemeralLane
from groupchat.realtime.fanout.hub import Hub
from groupchat.realtime.fanout.topics import Ephemeral, Publication, Reset, TopicKey
from groupchat.realtime.histogram import LATENCIES, Histogram
from groupchat.realtime.periodic import PeriodicWorker
from groupchat.realtime.registries import AwaitedRooms, GuestSession, PersonSession, Visitors
from groupchat.realtime.writing.database import Database
from groupchat.realtime.writing.write_queue import WriteQueue

logger = logging.getLogger("groupchat.realtime")

# One task looks after all sockets: whoever said nothing since the last look is asked, whoever said nothing since then
# is gone.
HEARTBEAT_SECONDS = 25.0
IN_MEMORY_LAYER = "channels.layers.InMemoryChannelLayer"


@dataclass(slots=True)
class ArrivalStats:
    """Counts since the start of the process."""

    hellos: int = 0
    resumes: int = 0  # hellos with a position
    resets: int = 0  # rooms that had to be taken anew
    seconds: Histogram = field(default_factory=lambda: Histogram(LATENCIES))  # from hello to caught_up


class Runtime:
    """The hub with its threads, its broker and its sweep, on one event loop."""

    def __init__(self, *, layer: Any = None) -> None:
        options = conf()
        self.loop = asyncio.get_running_loop()
        self.database = Database()
        self.awaited = AwaitedRooms()
        self.hub = Hub(
            repair=self._repair,
            gap_wait_seconds=options.gap_wait_milliseconds / 1000,
            opened=self._opened,
            closed=self._closed,
            sessions_changed=self._sessions_changed,
            reset_frame=_reset_frame,
        )
        self.ephemeral = EphemeralLane(
            hub=self.hub,
            forward=self._forward,
            max_deliveries_per_second=options.max_ephemeral_deliveries_per_second,
            now=self.loop.time,
        )
        self.broker: Broker = LocalBroker()
        if layer is not None:
            self.broker = LayerBroker(
                layer=layer,
                on_publication=self.hub.publish,
                on_wakeup=self.hub.behind,
                on_ephemeral=self.ephemeral.take,
                max_waiting=options.max_publications_waiting,
                max_bytes=options.max_broker_bytes,
            )
        self.writes = WriteQueue(
            database=self.database, max_batch=options.max_post_batch, max_waiting=options.max_posts_waiting
        )
        self.sweep = Sweep(
            hub=self.hub,
            database=self.database,
            interval_seconds=max(options.sweep_milliseconds, 10) / 1000,
            awaited=self.awaited.names,
            made=self.room_made,
            guests=lambda: list(self.of_guest),
            arrived=self._guest_arrived,
        )
        self.accounts = AccountWatch(database=self.database, people=lambda: self.of_person)
        self.access = AccessWatch(database=self.database, strangers=self._strangers)
        self.devices = DeviceNotes(database=self.database)
        self.effects = EffectWorker(database=self.database)
        self.periodic = PeriodicWorker(database=self.database)
        self.arrivals = ArrivalStats()
        self.fan_out_seconds = Histogram(LATENCIES)  # from a commit of this process to its sockets here
        self.visitors = Visitors()
        # A handshake, and the two reads of a hello, many of each at once.
        self.visitors_of: Batcher[Credentials, Visitor] = Batcher(self.database, sessions.visitors_of)
        self.newcomers: Batcher[str, bool] = Batcher(self.database, limits.newcomers, writes=True)
        self.rooms_of: Batcher[Person, list[int]] = Batcher(self.database, resume.rooms_of)
        self.resumes: Batcher[resume.ResumeRequest, resume.ResumeResult] = Batcher(self.database, resume.resume)
        # What is asked for on coming into a room.
        self.public_rooms = opening.PublicRooms()
        self.room_states: Batcher[opening.Asked, RoomState] = Batcher(self.database, opening.rooms)
        self.pages: Batcher[opening.Range, timeline.Page] = Batcher(self.database, opening.pages, max_running=2)
        self.rolls: Batcher[opening.Roll, timeline.MembersPage] = Batcher(self.database, opening.members)
        self.posts_behind: Batcher[opening.Behind, opening.Posts] = Batcher(
            self.database, opening.posts, max_batch=1_000
        )
        self.people_now: Batcher[int, Person] = Batcher(self.database, opening.people)
        self.addresses: Counter[str] = Counter()
        self.refusals = Refusals()
        self.connections: set[Connection] = set()
        self.of_person: dict[int, set[PersonSession]] = defaultdict(set)
        self.of_guest: dict[UUID, set[GuestSession]] = defaultdict(set)
        self.draining = False
        self._heartbeat: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    # --- life ------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        self.database.open()
        publish.listen(self._on_commit)
        submission.offer(
            submission.Batches(
                self.writes.submit, self._person_of, self._wait_of, self.database.read, self.database.write
            )
        )
        await self.broker.start()
        self.sweep.start()
        self.accounts.start()
        await self.access.start()
        self.effects.start(works=conf().run_effects)
        if conf().run_effects:
            self.periodic.start()
        self._heartbeat = self.loop.create_task(self._keep())

    async def drain(self, within: float = 5.0) -> None:
        """Tell every socket to come back somewhere else, and answer what was posted. New sockets are refused from
        now on.
        """
        self.draining = True
        self.effects.rest()
        self.periodic.rest()
        payload = encode({"type": "drain", "within": within})
        for connection in list(self.connections):
            if connection.dialect == "native":
                connection.send(payload)
        await self.writes.flush()

    async def stop(self) -> None:
        """Answer what was posted, then end everything that runs here."""
        self.draining = True
        submission.withdraw()
        await self.writes.flush()
        publish.ignore(self._on_commit)
        for task in (self._heartbeat, *self._tasks):
            if task is not None:
                task.cancel()
        await self.sweep.stop()
        await self.accounts.stop()
        await self.access.stop()
        await self.devices.stop()
        await self.periodic.stop()
        await self.effects.stop()
        await self.hub.stop()
        await self.broker.stop()
        await self.loop.run_in_executor(None, self.database.stop)

    def spawn(self, work: Any) -> None:
        """Run a coroutine to its end, unless the runtime stops before."""
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("A task of the realtime part failed.", exc_info=error)

    async def _person_of(self, token: str) -> Person | None:
        return (await self.visitors_of.ask(Credentials({}, token))).person

    def _wait_of(self, key: str) -> float:
        now = self.loop.time()
        return self.visitors.buckets(key, now)[0].take(now)

    # --- publications ----------------------------------------------------------------------------------------------

    def _on_commit(self, publication: Publication) -> None:
        """Called in the committing thread, after the commit."""
        self.loop.call_soon_threadsafe(self._publish, publication, time.monotonic())

    def _publish(self, publication: Publication, committed_at: float) -> None:
        self.hub.publish(publication)
        self.fan_out_seconds.observe(time.monotonic() - committed_at)
        self.broker.publish(publication)

    def _forward(self, one: Ephemeral) -> None:
        self.broker.pass_on(one)

    async def _repair(self, key: TopicKey, since: int) -> Publication | Reset:
        return await self.database.read(topic_kinds.repair, key, since)

    def _opened(self, key: TopicKey) -> asyncio.Future[None] | None:
        return self.broker.join(key)

    def _closed(self, key: TopicKey) -> None:
        self.broker.leave(key)

    # --- connections -----------------------------------------------------------------------------------------------

    def room_made(self, name: str, room_id: int) -> None:
        """A room now exists that classic connections already listen to."""
        for connection in self.awaited.made(name):
            connection.open(room_id)

    def _guest_arrived(self, guest_id: UUID, person_id: int) -> None:
        """A guest who listens here became a person in another process."""
        for connection in list(self.of_guest.get(guest_id, ()))[:1]:
            self.spawn(connection.arrived(person_id))

    def _sessions_changed(self, person_id: int) -> None:
        for connection in list(self.of_person.get(person_id, ())):
            self.spawn(connection.reauthenticate())

    def _strangers(self) -> list[Connection]:
        """Those who listen here under no row: all of them guests."""
        return [one for one in self.connections if one.person_id is None]

    async def _keep(self) -> None:
        """Ask silent sockets for a sign of life, in slices, and drop those that gave none since the last look."""
        asked: set[Connection] = set()
        while True:
            await asyncio.sleep(HEARTBEAT_SECONDS)
            silent: set[Connection] = set()
            for index, connection in enumerate(list(self.connections)):
                if index % 500 == 499:
                    await asyncio.sleep(0)
                if connection.closed:
                    connection.wire.abort()  # it never took its close frame
                elif connection.is_alive:
                    connection.is_alive = False
                elif connection in asked:
                    connection.close(Close.ERROR)
                    connection.wire.abort()
                elif connection.wire.ping():
                    silent.add(connection)
            asked = silent


def _reset_frame(key: TopicKey) -> bytes:
    return encode({"type": "reset", key.kind: key.id})


_runtimes: dict[asyncio.AbstractEventLoop, Runtime] = {}
_starting: dict[asyncio.AbstractEventLoop, asyncio.Lock] = {}


def configured_layer() -> Any:
    """The Channels layer that reaches other processes; None where there is none or it reaches only this one."""
    layers = getattr(settings, "CHANNEL_LAYERS", {})
    if layers.get("default", {}).get("BACKEND", IN_MEMORY_LAYER) == IN_MEMORY_LAYER:
        return None
    return get_channel_layer()


async def here() -> Runtime:
    """The runtime of this event loop, started if need be."""
    loop = asyncio.get_running_loop()
    found = _runtimes.get(loop)
    if found is not None:
        return found
    async with _starting.setdefault(loop, asyncio.Lock()):
        found = _runtimes.get(loop)
        if found is None:
            found = Runtime(layer=configured_layer())
            await found.start()
            _runtimes[loop] = found
    return found


def running() -> Runtime | None:
    """The runtime of this event loop, if it was started."""
    return _runtimes.get(asyncio.get_running_loop())


async def stop() -> None:
    """Stop the runtime of this event loop, if it was started."""
    loop = asyncio.get_running_loop()
    found = _runtimes.pop(loop, None)
    _starting.pop(loop, None)
    if found is not None:
        await found.stop()
