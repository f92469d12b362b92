"""What the hub passes on, and what it remembers of each topic. Pure, like the hub."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from groupchat.realtime.connection import Connection
from groupchat.realtime.frames import Frame


class TopicKey(NamedTuple):
    """Names a topic: `room` or `me`, and the id of the room or the person."""

    kind: str
    id: int


class Named(NamedTuple):
    """A person whom a publication names, with the frame that tells of them."""

    id: int
    version: int


@dataclass(slots=True)
class Publication:
    """The changes of a topic in `(since, to]`, ready to be encoded once a dialect.

    `encode(dialect, last_number)` gives the frames for those who stand behind the message `last_number`; it is asked
    once for each dialect that somebody speaks. `tell(ids)` gives the frame that tells of these people. `out` are those
    who are in the room no more, each with the seq at which they went.
    """

    key: TopicKey
    since: int
    to: int
    last_number: int
    encode: Callable[[str, int], Sequence[Frame]]
    named: Sequence[Named] = ()
    tell: Callable[[Iterable[int]], Frame] | None = None
    out: Mapping[int, int] = field(default_factory=dict)
    sessions: bool = False


@dataclass(frozen=True, slots=True)
class Reset:
    """The position is of no use any more; the topic goes on from here, unless it is gone.

    A reset revokes as a publication does: `out` and `sessions` say what the changes that nobody reads now have said.
    """

    to: int
    last_number: int
    gone: bool = False
    out: Mapping[int, int] = field(default_factory=dict)
    sessions: bool = False


@dataclass(slots=True, eq=False)
class Topic:
    """What the hub knows of one topic. `position` is None until the first subscriber has read it.

    Each subscriber stands in `subscribers` with the position from which on it hears the topic.
    """

    key: TopicKey
    position: int | None = None
    last_number: int = 0
    heard: int = 0  # the highest seq that a doorbell told of since the last repair began
    subscribers: dict[str, dict[Connection, int]] = field(default_factory=dict)
    joining: dict[Connection, list[Publication | Reset]] = field(default_factory=dict)
    held: list[Publication] = field(default_factory=list)
    due: list[tuple[Publication, int]] = field(default_factory=list)
    told: dict[int, int] = field(default_factory=dict)  # people of whom every subscriber has been told
    next_flush: float = 0.0
    timer: asyncio.TimerHandle | None = None
    gap_timer: asyncio.TimerHandle | None = None
    repairing: bool = False
    joined: asyncio.Future[None] | None = None  # done when the broker sends us this topic

    def connections(self) -> Iterable[Connection]:
        for of_dialect in self.subscribers.values():
            yield from of_dialect

    @property
    def empty(self) -> bool:
        return not self.joining and not any(self.subscribers.values())


def covers(kept: Sequence[Publication | Reset], position: int, to: int) -> bool:
    """Whether these join from the one to the other; a reset leaves nothing to join."""
    for one in kept:
        if isinstance(one, Reset):
            return True
        if one.since <= position:
            position = max(position, one.to)
    return position >= to
