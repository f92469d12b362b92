"""A hub with a log of commits for its database, and ears for its sockets: all in memory, as the hub itself is."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from groupchat.realtime.fanout.connection import Connection
from groupchat.realtime.fanout.floors import Sight
from groupchat.realtime.fanout.frames import Chunk, Frame
from groupchat.realtime.fanout.hub import Hub
from groupchat.realtime.fanout.topics import Named, Publication, Reset, TopicKey

ROOM = TopicKey("room", 1)
ME = TopicKey("me", 7)
DEADLINE_SECONDS = 20.0


class Ear:
    """A wire that remembers what was written, in one list a write."""

    def __init__(self) -> None:
        self.writes: list[list[Any]] = []
        self.full = False
        self.closed_with: int | None = None
        self.aborted = False
        self.takes_seconds = 0.0

    @property
    def frames(self) -> list[Any]:
        return [frame for write in self.writes for frame in write]

    def ranges(self) -> list[tuple[int, int]]:
        return [(frame["since"], frame["to"]) for frame in self.frames if "since" in frame]

    def write(self, chunk: Chunk, limit: int) -> bool:
        if self.full:
            return False
        if self.takes_seconds:
            time.sleep(self.takes_seconds)
        self.writes.append([json.loads(frame.payload) for frame in chunk.frames])
        return True

    def buffered(self) -> int:
        return 0

    def close(self, code: int, reason: str) -> None:
        self.closed_with = code

    def abort(self) -> None:
        self.aborted = True

    def ping(self) -> bool:
        return True


class Listener(Connection):
    """A connection whose ear is known."""

    __slots__ = ("ear", "ended", "resets")

    def __init__(self, *, dialect: str = "native", person_id: int | None = None) -> None:
        self.ear = Ear()
        self.ended: list[object] = []
        self.resets: list[tuple[object, int]] = []
        super().__init__(self.ear, dialect=dialect, max_outbox_bytes=1000, person_id=person_id)

    def subscription_ended(self, topic: object) -> None:
        self.ended.append(topic)

    def subscription_reset(self, topic: object, last_number: int) -> None:
        self.resets.append((topic, last_number))


def publication(
    since: int,
    to: int,
    *,
    key: TopicKey = ROOM,
    numbers: Sequence[int] = (),
    last_number: int = 0,
    out: Mapping[int, int] = {},
    people: Sequence[tuple[int, int]] = (),
    only: frozenset[int] | None = None,
    sessions: bool = False,
    edited: Sequence[int] = (),
    floors: Mapping[int, int] = {},
    history: str | None = None,
) -> Publication:
    """The range as a frame, with the numbers of messages that were `edited`; to those of the classic dialect the
    numbers of messages that are new to them.
    """

    def encode(dialect: str, stood: int) -> list[Frame]:
        if dialect == "native":
            shown = {"edited": list(edited)} if edited else {}
            return [Frame(json.dumps({"since": since, "to": to, **shown}).encode())]
        return [Frame(str(number).encode()) for number in numbers if number > stood]

    def introduce(ids: Iterable[int]) -> Frame:
        return Frame(json.dumps({"people": list(ids)}).encode())

    made: dict[int | None, Publication] = {}

    def above(floor: int) -> Publication:
        left = [number for number in edited if number >= floor]
        return made.setdefault(min(left, default=None), publication(since, to, key=key, edited=left, people=people))

    named = [Named(*one) for one in people]
    return Publication(
        key=key,
        since=since,
        to=to,
        last_number=max([last_number, *numbers]),
        encode=encode,
        named=named,
        introduce=introduce if named else None,
        out=out,
        only=only,
        sessions=sessions,
        floors=floors,
        history=history,
        lowest=min([*edited, *numbers], default=None),
        above=above,
    )


class World:
    """A hub, and what it reads when it repairs: the present seq of each topic."""

    def __init__(self, *, gap_wait_seconds: float = 0.0) -> None:
        self.seqs: dict[TopicKey, int] = {}
        self.answer: Callable[[TopicKey, int], Publication | Reset] | None = None
        self.repairs: list[tuple[TopicKey, int]] = []
        self.faults: list[Exception] = []
        self.opened: list[TopicKey] = []
        self.closed: list[TopicKey] = []
        self.sessions: list[int] = []
        self.hub = Hub(
            repair=self._repair,
            gap_wait_seconds=gap_wait_seconds,
            opened=self._opened,
            closed=self.closed.append,
            sessions_changed=self.sessions.append,
            reset_frame=lambda key: json.dumps({"reset": key.id}).encode(),
        )

    def _opened(self, key: TopicKey) -> None:
        self.opened.append(key)

    async def _repair(self, key: TopicKey, since: int) -> Publication | Reset:
        self.repairs.append((key, since))
        await asyncio.sleep(0)
        if self.faults:
            raise self.faults.pop()
        if self.answer is not None:
            return self.answer(key, since)
        seq = self.seqs.get(key, 0)
        return publication(since, seq, key=key) if seq >= since else Reset(seq, 0)

    def listener(
        self,
        position: int = 0,
        *,
        key: TopicKey = ROOM,
        dialect: str = "native",
        person_id: int | None = None,
        floor: int = 0,
        looks: bool = False,
    ) -> Listener:
        """Somebody who has read up to `position` and listens from now on."""
        listener = Listener(dialect=dialect, person_id=person_id)
        self.hub.begin(listener, key)
        self.hub.commit(listener, key, position=position, last_number=0, sight=Sight(floor, looks))
        return listener


async def until(condition: Callable[[], object]) -> None:
    """Let the loop run until it is so."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.001)
