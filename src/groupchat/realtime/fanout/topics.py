"""What the hub passes on, and what it remembers of each topic. Pure, like the hub."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from typing import NamedTuple

from groupchat.realtime.fanout.connection import Connection
from groupchat.realtime.fanout.floors import Floors
from groupchat.realtime.fanout.frames import Frame

# What is kept in memory of one topic for later: publications that came too early, or for one who is joining. What came
# above that is read from the database when its time comes.
MOST_KEPT = 1_000


class TopicKey(NamedTuple):
    """Names a topic: `room` or `me`, and the id of the room or the person."""

    kind: str
    id: int


class Named(NamedTuple):
    """A person whom a publication names, with the frame that introduces them."""

    id: int
    version: int


@dataclass(slots=True)
class Publication:
    """The changes of a topic in `(since, to]`, ready to be encoded once a dialect.

    `encode(dialect, last_number)` gives the frames for those who stand behind the message `last_number`; it is asked
    once for each dialect that somebody speaks, and again for each who joins. `last_number` is the room's at `to`.
    `introduce(ids)` gives the frame that introduces these people. `out` are those who are in the room no more, each
    with the seq at which they went. `only` are those who may hear it, and what follows; None: whoever hears the topic.

    `lowest` is the lowest number that it touches, None where it touches none; `above(floor)` gives the same without
    what lies below a number, the very same for all floors that hide the same. `floors` are those who may not see all
    of the room from here on, by person; `history` is "all" or "joined" where it says what the room shows newcomers.
    """

    key: TopicKey
    since: int
    to: int
    last_number: int
    encode: Callable[[str, int], Sequence[Frame]]
    named: Sequence[Named] = ()
    introduce: Callable[[Iterable[int]], Frame] | None = None
    out: Mapping[int, int] = field(default_factory=dict)
    only: frozenset[int] | None = None
    floors: Mapping[int, int] = field(default_factory=dict)
    history: str | None = None
    lowest: int | None = None
    above: Callable[[int], Publication] | None = None
    sessions: bool = False

    @property
    def moves_floors(self) -> bool:
        """Whether it says that somebody sees more or less from now on."""
        return bool(self.floors) or self.history is not None


@dataclass(frozen=True, slots=True)
class Reset:
    """The position is of no use any more; the topic goes on from here, unless it is gone.

    A reset revokes as a publication does: `out`, `only`, `floors`, `history` and `sessions` say what the changes that
    nobody reads now have said.
    """

    to: int
    last_number: int
    gone: bool = False
    out: Mapping[int, int] = field(default_factory=dict)
    only: frozenset[int] | None = None
    floors: Mapping[int, int] = field(default_factory=dict)
    history: str | None = None
    sessions: bool = False


@dataclass(frozen=True, slots=True)
class Ephemeral:
    """A frame that no position covers. `about` names what it tells: the same within a moment is told once."""

    key: TopicKey
    about: str
    frame: Frame
    named: Sequence[Named] = ()
    introduce: Callable[[Iterable[int]], Frame] | None = None


class Kept(list["Publication | Reset"]):
    """What came for a connection that is joining, since it began (in the loop's time)."""

    __slots__ = ("began",)

    def __init__(self, began: float) -> None:
        super().__init__()
        self.began = began

    def reach(self) -> int:
        """Up to where it tells the topic since the last reset; 0: nothing of it."""
        reached = 0
        for one in reversed(self):
            if isinstance(one, Reset):
                break
            reached = max(reached, one.to)
        return reached


@dataclass(slots=True, eq=False)
class Topic:
    """What the hub knows of one topic. `position` is None until the first subscriber has read it.

    Each subscriber stands in `subscribers` with the position from which on it hears the topic.
    """

    key: TopicKey
    position: int | None = None
    last_number: int = 0  # of the message up to which everything was sent, where the topic stands at `position`
    announced_seq: int = 0  # the highest seq that a wakeup told of since the last repair began
    subscribers: dict[str, dict[Connection, int]] = field(default_factory=dict)
    joining: dict[Connection, Kept] = field(default_factory=dict)
    ahead: dict[Connection, tuple[int, int]] = field(
        default_factory=dict
    )  # of those joining: have read beyond `position`
    floors: Floors = field(default_factory=Floors)
    held: list[Publication] = field(default_factory=list)
    due: list[tuple[Publication, int]] = field(default_factory=list)
    introduced: dict[int, int] = field(default_factory=dict)  # people of whom every subscriber has been told
    next_flush: float = 0.0
    next_ephemeral: float = 0.0
    told_until: dict[str, float] = field(default_factory=dict)  # by `Ephemeral.about`: until then it need not be told
    timer: asyncio.TimerHandle | None = None
    gap_timer: asyncio.TimerHandle | None = None
    repairing: bool = False
    is_open: bool = False  # everybody may hear it where it stands: who asks nothing may be let in
    joined: asyncio.Future[None] | None = None  # done when the broker sends us this topic

    def forget(self, connection: Connection) -> None:
        """It hears the topic no more, whether it had begun to or not."""
        self.joining.pop(connection, None)
        self.ahead.pop(connection, None)
        self.floors.forget(connection)
        self.subscribers.get(connection.dialect, {}).pop(connection, None)

    def hold(self, publication: Publication) -> None:
        """It came too early: keep it, or remember that there is more."""
        if len(self.held) < MOST_KEPT:
            self.held.append(publication)
        else:
            self.announced_seq = max(self.announced_seq, publication.to)

    def keep(self, publication: Publication) -> None:
        """For all who are joining."""
        for kept in self.joining.values():
            if len(kept) >= MOST_KEPT:
                kept[:] = [one for one in kept if isinstance(one, Reset)]
            kept.append(publication)

    def follow(self, one: Publication | Reset) -> list[Connection]:
        """As `Floors.follow` for all subscribers."""
        return self.floors.follow(self.subscribers.get("native", {}), one)

    def connections(self) -> Iterable[Connection]:
        for of_dialect in self.subscribers.values():
            yield from of_dialect

    @property
    def joining_since(self) -> float:
        """When the oldest of those who are joining began (in the loop's time); infinity where there is none."""
        return next(iter(self.joining.values())).began if self.joining else inf

    @property
    def empty(self) -> bool:
        return not self.joining and not any(self.subscribers.values())


def goes(person_id: int | None, what: Publication | Reset, since: int) -> bool:
    """Whether this is the last that is told to a person who has heard the topic from `since` on."""
    return person_id is not None and what.out.get(person_id, 0) > since


def fresh_of(
    kept: Sequence[Publication | Reset], person_id: int | None, position: int, last_number: int
) -> list[tuple[Publication, int]]:
    """What of this is news to who has read up to `position`, each with the last number before it; up to where it says
    that this person went.
    """
    fresh: list[tuple[Publication, int]] = []
    reach = position
    for one in kept:
        if isinstance(one, Publication) and one.to > reach:
            fresh.append((one, last_number))
            last_number = max(last_number, one.last_number)
            reach = one.to
            if goes(person_id, one, position):
                break
    return fresh


def covers(kept: Sequence[Publication | Reset], position: int, to: int) -> bool:
    """Whether these join from the one to the other; a reset leaves nothing to join."""
    for one in kept:
        if isinstance(one, Reset):
            return True
        if one.since <= position:
            position = max(position, one.to)
    return position >= to
