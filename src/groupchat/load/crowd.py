"""A crowd: many sockets in one room of one server. It is gathered, and then measured in windows."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from groupchat.load.figures import Latencies
from groupchat.load.served import Served
from groupchat.load.swarm import Client, Swarm
from groupchat.load.tally import Tally, now_ns
from groupchat.load.voices import Voice

POSTERS = 16
_AFTER_SECONDS = 8.0  # how long what was posted may take to arrive before the window is closed without it


class Refused(Exception):
    """Not all of a crowd came in; the message says what they met."""


@dataclass(frozen=True, slots=True)
class Window:
    """What one measured stretch gave. CPU is the server's, from before the first post to after the last delivery."""

    sockets: int
    posts: int
    expected: int
    delivered: int
    cpu_seconds: float
    companion_cpu_seconds: float  # of its broker
    generator_seconds: float
    wall_seconds: float
    each: Latencies  # post to each delivery
    last: Latencies  # post to the last socket's delivery

    @property
    def us_per_delivery(self) -> float:
        return self.cpu_seconds / self.delivered * 1e6 if self.delivered else float("nan")

    @property
    def us_per_delivery_with_companions(self) -> float:
        together = self.cpu_seconds + self.companion_cpu_seconds
        return together / self.delivered * 1e6 if self.delivered else float("nan")

    @property
    def generator_us_per_delivery(self) -> float:
        return self.generator_seconds / self.delivered * 1e6 if self.delivered else float("nan")

    @property
    def share_delivered(self) -> float:
        return self.delivered / self.expected if self.expected else float("nan")


@dataclass(slots=True)
class Crowd:
    """`clients` of one server who all hear what each of them posts into `room`."""

    swarm: Swarm
    served: Served
    voice: Voice
    clients: list[Client]
    room: int = 0
    posters: list[Client] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.posters:
            self.posters = self.clients[:POSTERS]

    def window(self, *, rate: float, seconds: float, size: int = 100) -> Window:
        """Posts at a fixed rate, whether the server keeps up or not, and waits for what is still under way."""
        swarm, voice = self.swarm, self.voice
        posts = max(1, round(rate * seconds))
        delays: list[int] = []
        tallies: list[Tally] = []
        posted = 0
        expected = posts * len(self.clients)
        cpu, companions = self.served.cpu_seconds(), self._companions_cpu()
        generator, begun = time.process_time(), now_ns()

        def post(number: int) -> None:
            nonlocal posted
            posted += 1
            poster = self.posters[number % len(self.posters)]
            if poster.state == "open":
                tallies.append(voice.say(poster, room=self.room, size=size, delays=delays))
            if number + 1 < posts:
                after = begun + int((number + 1) / rate * 1e9)
                swarm.at(after, lambda: post(number + 1))

        swarm.at(begun, lambda: post(0))
        swarm.run(lambda: posted == posts, seconds * 2 + 5)
        _until_quiet(swarm, lambda: len(delays), expected)
        ended = max((tally.last for tally in tallies), default=now_ns())
        window = Window(
            sockets=len(self.clients),
            posts=posts,
            expected=expected,
            delivered=len(delays),
            cpu_seconds=self.served.cpu_seconds() - cpu,
            companion_cpu_seconds=self._companions_cpu() - companions,
            generator_seconds=time.process_time() - generator,
            wall_seconds=(ended - begun) / 1e9,
            each=Latencies.of_nanoseconds(delays),
            last=Latencies.of_nanoseconds(
                [tally.last - tally.sent for tally in tallies if tally.count >= len(self.clients)]
            ),
        )
        for tally in tallies:
            del voice.tallies[tally.sent]
        return window

    def warm_up(self, *, posters: int) -> None:
        """Each of some posters says something, one after the other: caches fill, and everyone has met them all."""
        for poster in self.posters[:posters]:
            tally = self.voice.say(poster, room=self.room, delays=[])
            self.swarm.run(lambda tally=tally: tally.count >= len(self.clients), _AFTER_SECONDS)  # type: ignore[misc]
            del self.voice.tallies[tally.sent]

    def leave(self) -> None:
        for client in self.clients:
            client.close()

    def _companions_cpu(self) -> float:
        return sum(companion.cpu_seconds() for companion in self.served.companions)


def gather(
    swarm: Swarm,
    served: Served,
    clients: Sequence[Client],
    *,
    in_progress: int = 128,
    seconds: float = 120.0,
    meanwhile: Callable[[], bool] = lambda: False,
) -> None:
    """Brings all clients to ready, at most `in_progress` on their way at once; raises Refused where some do not arrive.

    `meanwhile` may end it early by answering True.
    """
    waiting = iter(clients)
    missing = len(clients)

    def come_in() -> None:
        client = next(waiting, None)
        if client is not None:
            swarm.open(client, served.host, served.port)

    def arrived(_: Client) -> None:
        nonlocal missing
        missing -= 1
        come_in()

    lost: list[Client] = []

    def turned_away(client: Client) -> None:
        lost.append(client)
        come_in()

    for client in clients:
        client.on_ready, client.on_closed = arrived, turned_away
    for _ in range(in_progress):
        come_in()
    swarm.run(lambda: missing <= 0 or len(lost) >= missing or meanwhile(), seconds)
    for client in clients:
        client.on_ready = client.on_closed = None
    if missing > 0 and not meanwhile():
        codes = sorted({client.closed_with for client in lost if client.closed_with is not None})
        raise Refused(
            f"{missing} of {len(clients)} did not get in (close codes {codes}, {dict(swarm.troubles)})"
            f" {served.last_words()[-500:]}"
        )


def _until_quiet(swarm: Swarm, count: Callable[[], int], expected: int) -> None:
    """Until everything arrived, or nothing came any more for a second, or the time is up."""
    deadline = time.monotonic() + _AFTER_SECONDS
    while count() < expected and time.monotonic() < deadline:
        before = count()
        if not swarm.run(lambda: count() >= expected, 1.0) and count() == before:
            return
    swarm.rest(0.05)  # what the server still does after the last byte is its cost too
