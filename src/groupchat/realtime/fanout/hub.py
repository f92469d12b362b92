"""Fan-out within one process. Pure: knows neither Django nor Channels, and runs on one event loop.

A topic is a room, or a person's own counter. The hub holds, for each topic that somebody here listens to, the
position up to which everything was sent. What comes in twice is dropped, what joins is written, what comes too early
waits a moment and is then repaired from the database: so every subscriber sees ranges that join without a hole.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from math import inf
from typing import Any

from groupchat.realtime.fanout.connection import Connection
from groupchat.realtime.fanout.floors import WHOLE, Sight
from groupchat.realtime.fanout.revocation import gone_out, may_hear, shut_out
from groupchat.realtime.fanout.sender import HubStats, Sender
from groupchat.realtime.fanout.topics import Ephemeral, Kept, Publication, Reset, Topic, TopicKey, covers, fresh_of

logger = logging.getLogger("groupchat.realtime")

_NOT_READ = "Reading the changes of %s failed; trying again: %r"  # with its trace where somebody looks for one

# A flush of a large room takes a while. The next one waits three times as long, so that what comes meanwhile leaves in
# one write a socket, and fan-out never takes more than a quarter of the process. A quiet or a small room waits for
# nothing.
WINDOW_FACTOR = 3.0
MAX_WINDOW_SECONDS = 0.02
# A window shorter than this is not worth a timer.
MIN_WINDOW_SECONDS = 0.001
# After a repair that failed, for the database did not answer.
REPAIR_RETRY_SECONDS = 0.5
# Dialects whose frames name their range: what comes twice is seen to be old, and a reset can be told.
WITH_RANGES = frozenset(("native",))


Repair = Callable[[TopicKey, int], Awaitable[Publication | Reset | None]]


class Hub:
    """The topics of one process.

    `repair(key, since)` reads from the database; `opened` and `closed` tell the broker which topics are listened to
    here.
    """

    def __init__(
        self,
        *,
        repair: Repair,
        gap_wait_seconds: float,
        opened: Callable[[TopicKey], asyncio.Future[None] | None],
        closed: Callable[[TopicKey], None],
        sessions_changed: Callable[[int], None],
        reset_frame: Callable[[TopicKey], bytes],
    ) -> None:
        self.topics: dict[TopicKey, Topic] = {}
        self.stats = HubStats()
        self._repair = repair
        self._gap_wait_seconds = gap_wait_seconds
        self._opened = opened
        self._closed = closed
        self._sessions_changed = sessions_changed
        self._sender = Sender(stats=self.stats, reset_frame=reset_frame, too_slow=self.leave_all)
        self._loop = asyncio.get_running_loop()
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False

    # --- subscriptions ---------------------------------------------------------------------------------------------

    def begin(self, connection: Connection, key: TopicKey) -> Topic:
        """Subscribe, and keep what comes until `commit` says how far the connection has read."""
        topic = self.topics.get(key)
        if topic is not None and connection in topic.subscribers.get(connection.dialect, ()):
            self._flush_now(topic)  # it may say that this person is out, and so end the topic
            topic = self.topics.get(key)
        if topic is None:
            topic = self.topics[key] = Topic(key)
            topic.joined = self._opened(key)
        if connection not in topic.joining:
            topic.subscribers.get(connection.dialect, {}).pop(connection, None)
            topic.joining[connection] = Kept(self._loop.time())
        connection.topics.add(key)
        return topic

    def commit(
        self, connection: Connection, key: TopicKey, *, position: int, last_number: int, sight: Sight = WHOLE
    ) -> None:
        """The connection stands at `position`; send it what it may see of what came since `begin` and is newer, and of
        all that follows.
        """
        topic = self.topics.get(key)
        if topic is not None and connection in topic.joining:
            topic.floors.give(connection, sight)
            self._commit(topic, connection, position, last_number)

    def _commit(self, topic: Topic, connection: Connection, position: int, last_number: int) -> None:
        if connection not in topic.joining:
            return  # it went away while we read
        if topic.position is None:
            topic.position = position
            topic.last_number = last_number
            self._take_held(topic)
        # What is due now was accepted before: to this connection it comes through `kept`, not through the flush.
        self._flush_now(topic)
        if connection.dialect not in WITH_RANGES and any(isinstance(one, Reset) for one in topic.joining[connection]):
            topic.joining[connection].clear()
            connection.subscription_reset(topic.key, last_number)
            return
        # What was read for it alone may reach further than the topic has come: it joins when the topic has, too, or
        # what the others here are about to get would come to it again. (One that can tell joins where it has read so.)
        reached = topic.joining[connection].reach()
        if connection.dialect not in WITH_RANGES:
            reached = max(reached, position)
        if reached > topic.position:
            topic.ahead[connection] = (position, last_number)
            topic.announced_seq = max(topic.announced_seq, reached)
            self._wait_for_gap(topic)
            return
        if not covers(topic.joining[connection], position, topic.position):
            kept = topic.joining[connection]  # this subscription's: what is begun anew meanwhile is another one
            self._spawn(self._catch_up(topic, connection, kept, position, last_number))
            return
        kept = topic.joining.pop(connection)
        topic.subscribers.setdefault(connection.dialect, {})[connection] = position
        if connection.dialect == "native":
            topic.introduced.clear()
            hidden = [topic.floors.follow([connection], one) for one in kept if one.to > position]
            if any(hidden) or any(isinstance(one, Reset) for one in kept):
                self._sender.tell_reset(topic.key, [connection])
        if not all(may_hear(connection, one) for one in kept if one.to > position):
            self._shut_out(topic, [connection])
            return
        if fresh := fresh_of(kept, connection.person_id, position, last_number):
            self._sender.deliver(topic, {connection: position}, connection.dialect, fresh)
        for one in kept:
            self._end(topic, gone_out(topic, one))
        topic.announced_seq = max(topic.announced_seq, position)
        if topic.announced_seq > topic.position:
            self._wait_for_gap(topic)

    async def _catch_up(
        self, topic: Topic, connection: Connection, kept: Kept, position: int, last_number: int
    ) -> None:
        """Read for one connection what lies between its position and the topic's, and was not published meanwhile:
        somebody who began together with it has read later.
        """
        found: Publication | Reset | None = None
        while found is None and topic.joining.get(connection) is kept:
            try:
                found = await self._repair(topic.key, position)
            except Exception as error:
                logger.warning(_NOT_READ, topic.key, error, exc_info=logger.isEnabledFor(logging.DEBUG))
                await asyncio.sleep(REPAIR_RETRY_SECONDS)
        if found is not None and topic.joining.get(connection) is kept:
            kept.insert(0, found)
            self._commit(topic, connection, position, last_number)

    def hears(self, connection: Connection, key: TopicKey) -> bool:
        """Whether a subscription was committed, and has not ended."""
        topic = self.topics.get(key)
        return topic is not None and connection in topic.subscribers.get(connection.dialect, ())

    def floor(self, connection: Connection, key: TopicKey) -> int | None:
        """From which number on a subscription shows the topic, 0: all of it; None where there is none."""
        return self.topics[key].floors.of(connection) if self.hears(connection, key) else None

    def leave(self, connection: Connection, key: TopicKey) -> None:
        """End a subscription, whether it was committed or not."""
        connection.topics.discard(key)
        topic = self.topics.get(key)
        if topic is None:
            return
        topic.forget(connection)
        if topic.empty:
            self._drop(topic)

    def leave_all(self, connection: Connection) -> None:
        for key in list(connection.topics):
            self.leave(connection, key)  # type: ignore[arg-type]

    def _drop(self, topic: Topic) -> None:
        for timer in (topic.timer, topic.gap_timer):
            if timer is not None:
                timer.cancel()
        self.topics.pop(topic.key, None)
        self._closed(topic.key)

    def oldest_joining_seconds(self) -> float:
        """How long the oldest of all subscriptions that were begun is waiting for its commit; 0: there is none."""
        began = min((topic.joining_since for topic in self.topics.values()), default=inf)
        return max(self._loop.time() - began, 0.0)

    # --- publications ----------------------------------------------------------------------------------------------

    def publish(self, publication: Publication) -> None:
        """Take what was committed, from this process, the broker or a repair; in any order, any number of times."""
        topic = self.topics.get(publication.key)
        if topic is None:
            return
        self.stats.publications += 1
        if topic.position is None:
            topic.hold(publication)
            return
        if publication.to <= topic.position:
            self.stats.duplicates += 1
            return
        if publication.since > topic.position:
            topic.hold(publication)
            self._wait_for_gap(topic)
            return
        self._accept(topic, publication)
        if topic.held:
            self._take_held(topic)

    def behind(self, key: TopicKey, seq: int) -> None:
        """A wakeup says that the topic has come to `seq`."""
        topic = self.topics.get(key)
        if topic is None:
            return
        topic.announced_seq = max(topic.announced_seq, seq)
        if topic.position is not None and seq > topic.position:
            self._wait_for_gap(topic)

    def differs(self, key: TopicKey, seq: int | None) -> None:
        """The sweep read another seq than our position: higher, lower (an older database), or none (gone)."""
        topic = self.topics.get(key)
        if topic is not None and topic.position is not None and seq != topic.position:
            self._wait_for_gap(topic)

    def _accept(self, topic: Topic, publication: Publication) -> None:
        if publication.only is not None:
            self._flush_now(topic)  # what came before is theirs
            self._shut_out(topic, shut_out(topic, publication))
        topic.due.append((publication, topic.last_number))
        topic.keep(publication)
        topic.position = publication.to
        topic.last_number = max(topic.last_number, publication.last_number)
        if publication.sessions:
            self._sessions_changed(publication.key.id)
        if publication.out and gone_out(topic, publication):
            self._flush_now(topic)  # what comes next is not for them
        if topic.timer is None and topic.due:
            wait = topic.next_flush - self._loop.time()
            if wait < MIN_WINDOW_SECONDS:
                self._flush(topic)
            else:
                topic.timer = self._loop.call_later(wait, self._flush_now, topic)
        if topic.ahead:
            self._commit_those_ahead(topic)

    def _commit_those_ahead(self, topic: Topic) -> None:
        """Those up to whose position the topic has come."""
        assert topic.position is not None
        for connection, (position, last_number) in list(topic.ahead.items()):
            if position <= topic.position:
                topic.ahead.pop(connection, None)
                self._commit(topic, connection, position, last_number)

    def _take_held(self, topic: Topic) -> None:
        """Accept what waited, as far as it joins."""
        held = sorted(topic.held, key=lambda one: one.since)
        topic.held = []
        for publication in held:
            assert topic.position is not None
            if publication.to <= topic.position:
                self.stats.duplicates += 1
            elif publication.since <= topic.position:
                self._accept(topic, publication)
            else:
                topic.held.append(publication)
        if topic.held:
            self._wait_for_gap(topic)

    def pass_on(self, topic: Topic, one: Ephemeral) -> None:
        """Send what has no seq to those who speak the protocol."""
        carrier = Publication(one.key, 0, 0, 0, lambda dialect, last_number: (one.frame,), one.named, one.introduce)
        self._sender.deliver(topic, topic.subscribers.get("native", {}), "native", [(carrier, 0)])

    # --- gaps ------------------------------------------------------------------------------------------------------

    def _wait_for_gap(self, topic: Topic, seconds: float | None = None) -> None:
        if topic.gap_timer is None and not topic.repairing and not self._stopped:
            self.stats.gaps += 1
            wait = self._gap_wait_seconds if seconds is None else seconds
            topic.gap_timer = self._loop.call_later(wait, self._start_repair, topic, topic.position)

    def _start_repair(self, topic: Topic, stood: int | None) -> None:
        topic.gap_timer = None
        if self.topics.get(topic.key) is not topic or topic.position is None:
            return
        if not topic.held and topic.position != stood and topic.position >= topic.announced_seq:
            return  # what was missing came by itself; the next sweep looks again
        topic.repairing = True
        topic.announced_seq = 0  # what is heard of from now on may be newer than what we read
        self._spawn(self._run_repair(topic))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run_repair(self, topic: Topic) -> None:
        try:
            assert topic.position is not None
            found = await self._repair(topic.key, topic.position)
        except Exception as error:
            logger.warning(_NOT_READ, topic.key, error, exc_info=logger.isEnabledFor(logging.DEBUG))
            topic.repairing = False
            if self.topics.get(topic.key) is topic:
                self._wait_for_gap(topic, REPAIR_RETRY_SECONDS)
            return
        topic.repairing = False
        if self.topics.get(topic.key) is not topic:
            return
        if isinstance(found, Reset):
            self._reset(topic, found)
        elif found is not None:
            self.stats.repairs += 1
            self.publish(found)
        if topic.held:
            self._take_held(topic)
        if topic.announced_seq > topic.position:
            self._wait_for_gap(topic)

    def _reset(self, topic: Topic, reset: Reset) -> None:
        self.stats.resets += 1
        self._flush_now(topic)
        if topic.position is not None and reset.to < topic.position:
            # An older database: nobody's position says anything any more.
            for of_dialect in topic.subscribers.values():
                of_dialect.update(dict.fromkeys(of_dialect, 0))
        sent, topic.last_number = topic.last_number, reset.last_number
        topic.position = reset.to
        topic.follow(reset)
        self._sender.tell_reset(topic.key, list(topic.subscribers.get("native", ())))
        for kept in topic.joining.values():
            kept.append(reset)
        ahead, topic.ahead = topic.ahead, {}
        if not reset.gone:
            for connection, (position, last_number) in ahead.items():
                self._commit(topic, connection, min(position, reset.to), last_number)
            for connection in [one for one in topic.connections() if one.dialect not in WITH_RANGES]:
                self.begin(connection, topic.key)
                connection.subscription_reset(topic.key, sent)
        if reset.sessions:
            self._sessions_changed(topic.key.id)
        self._end(topic, [*topic.connections(), *topic.joining] if reset.gone else [])
        self._shut_out(topic, shut_out(topic, reset))
        self._end(topic, gone_out(topic, reset))

    # --- delivery --------------------------------------------------------------------------------------------------

    def _flush_now(self, topic: Topic) -> None:
        if topic.timer is not None:
            topic.timer.cancel()
            topic.timer = None
        if topic.due:
            self._flush(topic)

    def _flush(self, topic: Topic) -> None:
        due, topic.due = topic.due, []
        if not due:
            return
        self.stats.flushes += 1
        began = self._loop.time()
        hidden = [one for publication, _ in due if publication.moves_floors for one in topic.follow(publication)]
        for dialect, connections in topic.subscribers.items():
            if connections:
                self._sender.deliver(topic, connections, dialect, due)
        if hidden:
            self._sender.tell_reset(topic.key, hidden)
        for publication, _ in due:
            self._end(topic, gone_out(topic, publication))
        now = self._loop.time()
        topic.next_flush = now + min((now - began) * WINDOW_FACTOR, MAX_WINDOW_SECONDS)

    def _shut_out(self, topic: Topic, connections: Sequence[Connection]) -> None:
        """End these subscriptions without the frame that closed the room: their clients ask, and are refused."""
        topic.is_open = False
        self._sender.tell_reset(topic.key, connections)
        self._end(topic, connections)

    def _end(self, topic: Topic, connections: Iterable[Connection]) -> None:
        for connection in connections:
            self.leave(connection, topic.key)
            connection.subscription_ended(topic.key)

    async def stop(self) -> None:
        """Send what is due and stop reading."""
        self._stopped = True
        for topic in list(self.topics.values()):
            self._flush_now(topic)
            if topic.gap_timer is not None:
                topic.gap_timer.cancel()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
