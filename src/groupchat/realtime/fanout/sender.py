"""What leaves the hub: frames to many connections in one write each, and the end of those who don't take them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from groupchat.realtime.fanout.connection import Connection, write_all
from groupchat.realtime.fanout.frames import Chunk, Frame
from groupchat.realtime.fanout.introductions import Introductions
from groupchat.realtime.fanout.topics import MOST_KEPT, Publication, Topic, TopicKey


@dataclass(slots=True)
class HubStats:
    """Counts since the start of the process."""

    publications: int = 0
    duplicates: int = 0
    deliveries: int = 0
    flushes: int = 0
    gaps: int = 0
    repairs: int = 0
    resets: int = 0
    slow: int = 0
    ephemeral: int = 0
    ephemeral_dropped: int = 0


class Sender:
    """Writes for the hub. `too_slow` is told of each connection whose outbox is full, and which so was closed."""

    def __init__(
        self,
        *,
        stats: HubStats,
        reset_frame: Callable[[TopicKey], bytes],
        too_slow: Callable[[Connection], None],
    ) -> None:
        self._stats = stats
        self._reset_frame = reset_frame
        self._too_slow = too_slow

    def deliver(
        self, topic: Topic, connections: Mapping[Connection, int], dialect: str, due: Sequence[tuple[Publication, int]]
    ) -> None:
        """Send what is due, each publication with the last number before it, to connections of one dialect."""
        if dialect == "native" and topic.floors.hide_something:
            for some, visible in topic.floors.parts(connections, due):
                self._deliver(topic, some, dialect, visible)
        else:
            self._deliver(topic, connections, dialect, due)

    def _deliver(
        self, topic: Topic, connections: Collection[Connection], dialect: str, due: Sequence[tuple[Publication, int]]
    ) -> None:
        frames = [frame for publication, last_number in due for frame in publication.encode(dialect, last_number)]
        if not frames:
            return
        named = [publication for publication, _ in due] if dialect == "native" else ()
        introductions = Introductions(topic.introduced, named)
        gone = []
        for first, some in introductions.introduce(connections):
            gone += write_all(some, Chunk((*first, *frames)))
        # One connection alone is catching up where it is not yet among the subscribers: the others were not told.
        if connections is topic.subscribers.get("native"):
            if len(topic.introduced) >= MOST_KEPT:
                topic.introduced.clear()  # every connection knows by itself whom it was told of
            topic.introduced.update(introductions.versions())
        self._stats.deliveries += len(frames) * (len(connections) - len(gone))
        for connection in gone:
            self._stats.slow += 1
            self._too_slow(connection)

    def tell_reset(self, key: TopicKey, connections: Sequence[Connection]) -> None:
        """What these connections hold of the topic counts no more: their clients load it anew."""
        chunk = Chunk((Frame(self._reset_frame(key)),))
        for connection in connections:
            if connection.dialect == "native" and not connection.write(chunk):
                self._too_slow(connection)
