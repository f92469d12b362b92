"""The hub where publications come in the wrong order, at the wrong moment: no hole, nobody lost, no right kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import pytest
from tests.brokers.ear import Ear, EarWire, until

from groupchat.realtime.fanout.connection import Connection
from groupchat.realtime.fanout.frames import Chunk, Frame
from groupchat.realtime.fanout.hub import Hub
from groupchat.realtime.fanout.topics import MOST_KEPT, Publication, Reset, TopicKey

ROOM = TopicKey("room", 1)


def changes(since: int, to: int, *, out: Mapping[int, int] | None = None) -> Publication:
    payload = json.dumps({"type": "changes", "room": 1, "since": since, "to": to}).encode()
    return Publication(ROOM, since, to, 0, lambda dialect, last_number: [Frame(payload)], out=out or {})


class Desk:
    """A hub, and the database that it repairs from: what `repaired` says, once `allowed`."""

    def __init__(self) -> None:
        self.repaired: Publication | Reset = changes(0, 0)
        self.asked: list[int] = []
        self.proved: list[int] = []
        self.hub = Hub(
            repair=self._repair,
            gap_wait_seconds=0.001,
            opened=lambda key: None,
            closed=lambda key: None,
            sessions_changed=self.proved.append,
            reset_frame=lambda key: b'{"type": "reset", "room": 1}',
        )

    async def _repair(self, key: TopicKey, since: int) -> Publication | Reset:
        self.asked.append(since)
        return self.repaired

    async def rest(self) -> None:
        """Until nothing is on its way any more: no gap, no repair."""
        await until(lambda: not self.hub._tasks and not any(one.gap_timer for one in self.hub.topics.values()))

    def subscribe(self, position: int, *, person_id: int | None = None) -> Ear:
        ear = self.begin(person_id=person_id)
        self.commit(ear, position)
        return ear

    def begin(self, *, person_id: int | None = None) -> Ear:
        ear = Ear(person_id=person_id)
        self.hub.begin(ear, ROOM)
        return ear

    def commit(self, ear: Ear, position: int) -> None:
        ear.position = position
        self.hub.commit(ear, ROOM, position=position, last_number=0)


@pytest.fixture
async def desk(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Its writes follow each other at once, however long one took: those windows are the hub's own tests'."""
    monkeypatch.setattr("groupchat.realtime.fanout.hub.WINDOW_FACTOR", 0.0)
    desk = Desk()
    yield desk
    await desk.hub.stop()


def ranges(ear: Ear) -> list[tuple[int, int]]:
    ear.check()
    return [(frame["since"], frame["to"]) for frame in ear.frames]


async def test_who_joins_while_publications_come_in_the_wrong_order(desk: Desk) -> None:
    first = desk.subscribe(5)
    late = desk.begin()
    desk.hub.publish(changes(6, 7))
    desk.hub.publish(changes(5, 6))
    desk.commit(late, 5)
    assert ranges(first) == ranges(late) == [(5, 6), (6, 7)]


async def test_who_joins_while_a_gap_is_open(desk: Desk) -> None:
    first = desk.subscribe(5)
    late = desk.begin()
    desk.hub.publish(changes(7, 8))
    desk.commit(late, 5)
    desk.repaired = changes(5, 8)
    await desk.rest()
    assert ranges(first) == ranges(late) == [(5, 8)]
    assert desk.asked == [5]


async def test_the_first_who_joins_gets_what_came_meanwhile(desk: Desk) -> None:
    ear, other = desk.begin(), desk.begin()
    for publication in (changes(7, 8), changes(5, 6), changes(6, 7)):
        desk.hub.publish(publication)
    desk.commit(ear, 6)
    desk.commit(other, 7)
    assert ranges(ear) == [(6, 7), (7, 8)]
    assert ranges(other) == [(7, 8)]


async def test_what_is_kept_for_later_has_a_bound(desk: Desk) -> None:
    """The first one reads for long, then one who joins does; meanwhile more comes than is kept."""
    first = desk.begin()
    for seq in range(5, 5 + 3 * MOST_KEPT):
        desk.hub.publish(changes(seq, seq + 1))
    topic = desk.hub.topics[ROOM]
    assert len(topic.held) == MOST_KEPT
    desk.repaired = changes(5 + MOST_KEPT, 5 + 3 * MOST_KEPT)
    desk.commit(first, 5)
    await until(lambda: topic.position == 5 + 3 * MOST_KEPT)
    late = desk.begin()
    for seq in range(5 + 3 * MOST_KEPT, 5 + 5 * MOST_KEPT):
        desk.hub.publish(changes(seq, seq + 1))
    assert len(topic.joining[late]) <= MOST_KEPT
    desk.repaired = changes(5 + 3 * MOST_KEPT, 5 + 5 * MOST_KEPT)
    desk.commit(late, 5 + 3 * MOST_KEPT)
    await until(lambda: not topic.joining)
    assert ranges(first)[-1][1] == ranges(late)[-1][1] == 5 + 5 * MOST_KEPT  # and without a hole


async def test_who_began_together_with_somebody_who_read_later(desk: Desk) -> None:
    """What lies between the two reads is published by nobody any more, and the topic stands behind it."""
    quick, slow = desk.begin(), desk.begin()
    desk.hub.publish(changes(4, 5))
    desk.commit(quick, 6)
    desk.repaired = changes(4, 6)
    desk.commit(slow, 4)
    desk.hub.publish(changes(6, 7))
    await desk.rest()
    assert ranges(quick) == [(6, 7)]
    assert ranges(slow) == [(4, 6), (6, 7)]
    assert desk.asked == [4]


async def test_who_goes_away_while_it_catches_up(desk: Desk) -> None:
    desk.subscribe(6)
    late = desk.begin()
    desk.commit(late, 4)
    desk.hub.leave(late, ROOM)
    again = desk.hub.begin(late, ROOM)
    await desk.rest()
    assert late.frames == []
    assert late in again.joining


async def test_who_read_what_the_hub_has_not_heard_of(desk: Desk) -> None:
    """The read is news for everybody else, before any sweep."""
    first = desk.subscribe(5)
    desk.repaired = changes(5, 9)
    desk.subscribe(9)
    await desk.rest()
    assert ranges(first) == [(5, 9)]


async def test_a_wakeup_behind_which_something_small_comes(desk: Desk) -> None:
    ear = desk.subscribe(5)
    desk.hub.behind(ROOM, 7)
    desk.hub.publish(changes(5, 6))
    desk.repaired = changes(6, 7)
    await desk.rest()
    assert ranges(ear) == [(5, 6), (6, 7)]


async def test_a_wakeup_while_a_repair_runs(desk: Desk) -> None:
    ear = desk.subscribe(5)
    desk.repaired = changes(5, 6)
    desk.hub.behind(ROOM, 6)
    while not desk.asked:  # noqa: ASYNC110
        await asyncio.sleep(0)
    desk.hub.behind(ROOM, 7)
    while len(desk.asked) < 2:
        desk.repaired = changes(6, 7)
        await asyncio.sleep(0.001)
    await desk.rest()
    assert ranges(ear) == [(5, 6), (6, 7)]
    assert len(desk.asked) == 2  # and then there is peace


async def test_a_reset_reaches_those_who_are_joining(desk: Desk) -> None:
    first, late = desk.subscribe(5), desk.begin()
    desk.repaired = Reset(100, 0)
    desk.hub.differs(ROOM, 100)
    await desk.rest()
    desk.hub.publish(changes(100, 101))
    desk.commit(late, 6)
    for ear in (first, late):
        assert [frame["type"] for frame in ear.kept.frames] == ["reset", "changes"]


async def test_a_reset_ends_what_is_no_right_any_more(desk: Desk) -> None:
    stays, goes = desk.subscribe(5, person_id=1), desk.subscribe(5, person_id=2)
    desk.repaired = Reset(100, 0, out={2: 50})
    desk.hub.differs(ROOM, 100)
    await desk.rest()
    assert goes.ended == [ROOM]
    desk.hub.publish(changes(100, 101))
    assert [frame["type"] for frame in goes.kept.frames] == ["reset"]
    assert [frame["type"] for frame in stays.kept.frames] == ["reset", "changes"]


async def test_an_older_database_ends_it_too(desk: Desk) -> None:
    goes = desk.subscribe(500, person_id=2)
    desk.repaired = Reset(100, 0, out={2: 50})
    desk.hub.differs(ROOM, 100)
    await desk.rest()
    assert goes.ended == [ROOM]


async def test_a_room_that_is_gone_ends_everybody(desk: Desk) -> None:
    ears = [desk.subscribe(5), desk.begin()]
    desk.repaired = Reset(5, 0, gone=True)
    desk.hub.differs(ROOM, None)
    await desk.rest()
    assert [ear.ended for ear in ears] == [[ROOM], [ROOM]]
    assert ROOM not in desk.hub.topics


async def test_a_reset_of_ones_own_counter_asks_the_sessions(desk: Desk) -> None:
    key = TopicKey("me", 7)
    ear = Ear(person_id=7)
    desk.hub.begin(ear, key)
    desk.hub.commit(ear, key, position=1, last_number=0)
    desk.repaired = Reset(9, 0, sessions=True)
    desk.hub.differs(key, 9)
    await desk.rest()
    assert desk.proved == [7]


async def test_who_came_back_is_not_ended_by_a_late_leave(desk: Desk) -> None:
    """They left in another process and came back in this one, and the broker was slow."""
    desk.subscribe(9)
    back = desk.subscribe(11, person_id=2)
    desk.hub.publish(changes(9, 10, out={2: 10}))
    assert back.ended == []
    desk.hub.publish(changes(10, 12, out={2: 12}))
    assert back.ended == [ROOM]


async def test_who_joins_while_the_only_other_one_is_dropped_as_slow(desk: Desk) -> None:
    class Full(EarWire):
        def write(self, chunk: Chunk, limit: int) -> bool:
            return False

    slow = Connection(Full(), dialect="native", max_outbox_bytes=1)
    desk.hub.begin(slow, ROOM)
    desk.hub.commit(slow, ROOM, position=5, last_number=0)
    ear = desk.begin()
    topic = desk.hub.topics[ROOM]
    topic.next_flush = asyncio.get_running_loop().time() + 60  # what comes is due, and not written yet
    desk.hub.publish(changes(5, 6))
    desk.commit(ear, 6)
    assert slow.closed
    desk.hub.publish(changes(6, 7))
    topic.next_flush = 0
    desk.hub.publish(changes(7, 8))
    assert desk.hub.topics[ROOM] is topic
    desk.hub._flush_now(topic)
    assert ranges(ear) == [(6, 7), (7, 8)]


async def test_a_hub_that_stopped_asks_nothing_more(desk: Desk) -> None:
    desk.subscribe(5)
    desk.hub.publish(changes(7, 8))
    await desk.hub.stop()
    await asyncio.sleep(0.02)
    assert desk.asked == []
