"""What passes and is gone: frames without a seq, from one socket to all that hear the topic, in all processes.

They are lost gladly. The same is told once in a while (`Ephemeral.about`), and a topic gets only as many as its sockets
can bear: the more there are, the longer the pause. Nothing waits, nothing is repaired, no table is touched.
"""

from __future__ import annotations

from collections.abc import Callable

from groupchat.realtime.fanout.hub import Hub
from groupchat.realtime.fanout.topics import Ephemeral

COALESCE_SECONDS = 2.0
MOST_REMEMBERED = 1_000  # of one topic, what was told a moment ago


class EphemeralLane:
    """Sends to the sockets of this process, and `forward`s to the others what came from here."""

    def __init__(
        self,
        *,
        hub: Hub,
        forward: Callable[[Ephemeral], None],
        max_deliveries_per_second: int,
        now: Callable[[], float],
    ) -> None:
        self._hub = hub
        self._forward = forward
        self._most = max_deliveries_per_second
        self._now = now  # in seconds

    def send(self, one: Ephemeral) -> None:
        """From a socket of this process."""
        if self._pass_on(one):
            self._forward(one)

    def take(self, one: Ephemeral) -> None:
        """From another process."""
        self._pass_on(one)

    def _pass_on(self, one: Ephemeral) -> bool:
        topic = self._hub.topics.get(one.key)
        listeners = len(topic.subscribers.get("native", ())) if topic is not None else 0
        if topic is None or not listeners or not self._most:
            return False
        now = self._now()
        if now < topic.next_ephemeral or now < topic.told_until.get(one.about, 0.0):
            self._hub.stats.ephemeral_dropped += 1
            return False
        topic.next_ephemeral = now + listeners / self._most
        if len(topic.told_until) >= MOST_REMEMBERED:
            topic.told_until.clear()
        topic.told_until[one.about] = now + COALESCE_SECONDS
        self._hub.pass_on(topic, one)
        self._hub.stats.ephemeral += 1
        return True
