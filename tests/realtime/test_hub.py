"""The hub: every subscriber sees ranges that join without a hole, whatever comes in and in whatever order."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from tests.realtime.hubs import ME, ROOM, Listener, World, publication, until

from groupchat.realtime.fanout.topics import Publication, Reset, TopicKey

pytestmark = pytest.mark.usefixtures("at_once")


async def test_what_joins_is_written_to_everyone_once() -> None:
    world = World()
    listeners = [world.listener(5) for _ in range(3)]
    for since in (5, 6, 7):
        world.hub.publish(publication(since, since + 1))
    for listener in listeners:
        assert listener.ear.ranges() == [(5, 6), (6, 7), (7, 8)]
    assert world.hub.stats.deliveries == 9


async def test_what_comes_twice_is_dropped() -> None:
    world = World()
    listener = world.listener(5)
    for _ in range(3):
        world.hub.publish(publication(5, 6))
    world.hub.publish(publication(0, 4))
    assert listener.ear.ranges() == [(5, 6)]
    assert world.hub.stats.duplicates == 3


async def test_a_range_that_overlaps_is_taken() -> None:
    world = World()
    listener = world.listener(5)
    world.hub.publish(publication(3, 7))
    world.hub.publish(publication(6, 7))
    assert listener.ear.ranges() == [(3, 7)]


async def test_what_nobody_listens_to_is_nothing() -> None:
    world = World()
    world.hub.publish(publication(0, 1))
    world.hub.behind(ROOM, 5)
    world.hub.differs(ROOM, None)
    assert world.hub.topics == {}


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
async def test_disorder_is_put_in_order(order: tuple[int, ...]) -> None:
    world = World(gap_wait_seconds=10.0)
    listener = world.listener(0)
    for since in order:
        world.hub.publish(publication(since, since + 1))
    assert listener.ear.ranges() == [(0, 1), (1, 2), (2, 3), (3, 4)]
    assert world.repairs == []


async def test_what_stays_away_is_read_from_the_database() -> None:
    world = World()
    listener = world.listener(5)
    world.seqs[ROOM] = 8
    world.hub.publish(publication(7, 8))
    assert listener.ear.ranges() == []
    await until(listener.ear.ranges)
    assert listener.ear.ranges() == [(5, 8)]
    world.hub.publish(publication(8, 9))
    assert listener.ear.ranges() == [(5, 8), (8, 9)]


async def test_one_repair_serves_all_and_everything_that_is_held() -> None:
    world = World()
    listeners = [world.listener(5) for _ in range(10)]
    world.seqs[ROOM] = 20
    for since in range(10, 20):
        world.hub.publish(publication(since, since + 1))
    await until(lambda: listeners[-1].ear.ranges())
    assert len(world.repairs) == 1
    assert all(listener.ear.ranges() == [(5, 20)] for listener in listeners)


async def test_a_wakeup_is_answered_by_reading() -> None:
    world = World()
    listener = world.listener(5)
    world.hub.behind(ROOM, 5)  # we know
    world.seqs[ROOM] = 6
    world.hub.behind(ROOM, 6)
    await until(listener.ear.ranges)
    assert listener.ear.ranges() == [(5, 6)]


async def test_a_wakeup_while_we_read_is_not_forgotten() -> None:
    world = World()
    listener = world.listener(5)
    world.seqs[ROOM] = 6

    def answer(key: TopicKey, since: int) -> Publication:
        found = publication(since, world.seqs[ROOM])
        if world.seqs[ROOM] == 6:
            world.seqs[ROOM] = 7
            world.hub.behind(ROOM, 7)
        return found

    world.answer = answer
    world.hub.behind(ROOM, 6)
    await until(lambda: len(listener.ear.ranges()) == 2)
    assert listener.ear.ranges() == [(5, 6), (6, 7)]


async def test_a_repair_that_fails_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groupchat.realtime.fanout.hub.REPAIR_RETRY_SECONDS", 0.01)
    world = World()
    listener = world.listener(5)
    world.seqs[ROOM] = 6
    world.faults = [OSError("gone"), OSError("gone")]
    world.hub.behind(ROOM, 6)
    await until(listener.ear.ranges)
    assert len(world.repairs) == 3
    assert listener.ear.ranges() == [(5, 6)]


@pytest.mark.parametrize("dialect", ["native", "classic"])
async def test_who_reads_further_than_the_topic_has_come_hears_nothing_twice(dialect: str) -> None:
    """One that began behind the others reads what lies between for itself; the others are told of the rest later."""
    world = World()
    first = world.listener(5)
    late = Listener(dialect=dialect)
    world.hub.begin(late, ROOM)
    world.answer = lambda key, since: publication(since, 7, numbers=range(since + 1, 8))
    world.hub.commit(late, ROOM, position=3, last_number=3)
    await until(lambda: late.ear.frames)
    world.hub.publish(publication(5, 7, numbers=[6, 7]))
    world.hub.publish(publication(7, 8, numbers=[8]))
    if dialect == "native":
        assert late.ear.ranges() == [(3, 7), (7, 8)]
    else:
        assert late.ear.frames == [4, 5, 6, 7, 8]
    assert first.ear.ranges() == [(5, 7), (7, 8)]


# --- reset ------------------------------------------------------------------------------------------------------------


async def test_an_older_database_resets_everyone() -> None:
    world = World()
    native, classic = world.listener(50), world.listener(50, dialect="classic")
    world.seqs[ROOM] = 3
    world.hub.differs(ROOM, 3)
    await until(lambda: native.ear.frames)
    assert native.ear.frames == [{"reset": 1}]
    world.hub.publish(publication(3, 4, numbers=[1]))
    assert native.ear.ranges() == [(3, 4)]
    assert (classic.resets, classic.ear.frames) == ([(ROOM, 0)], [])  # it can't be told: it reads, and stands again
    world.hub.commit(classic, ROOM, position=3, last_number=0)
    assert classic.ear.frames == [1]


async def test_too_much_for_a_repair_is_read_anew_where_it_can_not_be_told() -> None:
    """The tutorial's clients know no `reset`: what lies in the gap must reach them all the same."""
    world = World()
    classic = world.listener(5, dialect="classic")
    world.hub.publish(publication(5, 6, numbers=[1]))
    world.answer = lambda key, since: Reset(5000, 4000)
    world.hub.behind(ROOM, 5000)
    await until(lambda: classic.resets)
    assert classic.resets == [(ROOM, 1)]
    world.hub.publish(publication(5000, 5001, numbers=[4001]))
    assert classic.ear.frames == [1]  # not before what lies between
    world.hub.commit(classic, ROOM, position=5000, last_number=4000)
    assert classic.ear.frames == [1, 4001]


async def test_who_can_not_be_told_and_joins_while_a_reset_comes_reads_once_more() -> None:
    world = World()
    world.listener(50)
    joining = Listener(dialect="classic")
    world.hub.begin(joining, ROOM)
    world.seqs[ROOM] = 3
    world.hub.differs(ROOM, 3)
    await until(lambda: world.hub.stats.resets)
    world.hub.commit(joining, ROOM, position=50, last_number=7)
    assert joining.resets == [(ROOM, 7)]
    world.hub.commit(joining, ROOM, position=3, last_number=0)
    world.hub.publish(publication(3, 4, numbers=[1]))
    assert joining.ear.frames == [1]


async def test_a_reset_lets_go_of_who_has_read_ahead() -> None:
    world = World()
    world.listener(5)
    ahead = Listener(dialect="classic")
    world.hub.begin(ahead, ROOM)
    world.answer = lambda key, since: Reset(3, 0)
    world.hub.commit(ahead, ROOM, position=6, last_number=1)
    await until(lambda: ahead.resets)
    assert ahead.resets == [(ROOM, 1)]
    assert world.hub.topics[ROOM].ahead == {}


@pytest.mark.parametrize("dialect", ["native", "classic"])
async def test_what_was_read_before_it_came_here_does_not_come_again(dialect: str) -> None:
    """A commit is in the database before its publication reaches the hub: whoever joins may read it in between."""
    world = World(gap_wait_seconds=1_000)
    earlier = world.listener(5, dialect=dialect)
    late = Listener(dialect=dialect)
    world.hub.begin(late, ROOM)
    world.hub.commit(late, ROOM, position=7, last_number=2)  # and was sent the messages 1 and 2
    world.hub.publish(publication(5, 6, numbers=[1]))
    world.hub.publish(publication(6, 8, numbers=[2, 3]))
    world.hub.publish(publication(8, 9, numbers=[4]))
    if dialect == "classic":
        assert (earlier.ear.frames, late.ear.frames) == ([1, 2, 3, 4], [3, 4])
    else:
        assert earlier.ear.ranges() == [(5, 6), (6, 8), (8, 9)]
        assert late.ear.ranges()[-1] == (8, 9)  # a range that it has is ignored by its client
    assert world.repairs == []


async def test_how_long_the_oldest_subscription_is_waiting() -> None:
    world = World()
    assert world.hub.oldest_joining_seconds() == 0
    first, second = Listener(), Listener()
    world.hub.begin(first, ROOM)
    await asyncio.sleep(0.01)
    waits = world.hub.oldest_joining_seconds()
    world.hub.begin(second, ME)
    assert world.hub.oldest_joining_seconds() >= waits >= 0.01
    world.hub.commit(first, ROOM, position=0, last_number=0)
    world.hub.leave(second, ME)
    assert world.hub.oldest_joining_seconds() == 0


async def test_a_room_that_is_gone_ends_all_subscriptions() -> None:
    world = World()
    listeners = [world.listener(5), world.listener(5, dialect="classic")]
    joining = Listener()
    world.hub.begin(joining, ROOM)
    world.answer = lambda key, since: Reset(since, 0, gone=True)
    world.hub.differs(ROOM, None)
    await until(lambda: listeners[0].ended)
    assert [listener.ended for listener in [*listeners, joining]] == [[ROOM]] * 3
    assert world.hub.topics == {}
    assert world.closed == [ROOM]


async def test_a_reset_revokes_too() -> None:
    world = World()
    bob, carol = world.listener(5, person_id=2), world.listener(5, person_id=3)
    mine = world.listener(5, key=ME)
    world.answer = lambda key, since: Reset(99, 0, out={2: 60}) if key == ROOM else Reset(99, 0, sessions=True)
    world.hub.behind(ROOM, 99)
    world.hub.behind(ME, 99)
    await until(lambda: bob.ended and world.sessions)
    assert bob.ear.frames == [{"reset": 1}]
    assert carol.ended == []
    assert world.sessions == [ME.id]
    assert mine.ear.frames == [{"reset": ME.id}]


async def test_who_joins_while_a_reset_comes_is_told() -> None:
    world = World()
    world.listener(50)
    joining = Listener()
    world.hub.begin(joining, ROOM)  # and reads position 50, just before
    world.seqs[ROOM] = 3
    world.hub.differs(ROOM, 3)
    await until(lambda: world.hub.stats.resets)
    world.hub.commit(joining, ROOM, position=50, last_number=0)
    assert joining.ear.frames == [{"reset": 1}]


# --- joining while others write ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("read", range(5, 9))
@pytest.mark.parametrize("others", [0, 1])
async def test_what_came_while_we_read_is_sent_if_it_is_newer(read: int, others: int) -> None:
    world = World()
    for _ in range(others):
        world.listener(5)
    joining = Listener()
    world.hub.begin(joining, ROOM)
    for since in (5, 6, 7):
        world.hub.publish(publication(since, since + 1))
    world.hub.commit(joining, ROOM, position=read, last_number=0)
    world.hub.publish(publication(8, 9))
    assert joining.ear.ranges() == [(since, since + 1) for since in range(read, 9)]


@pytest.mark.parametrize("others", [0, 1])
async def test_disorder_while_we_read_makes_no_hole(others: int) -> None:
    world = World(gap_wait_seconds=10.0)
    for _ in range(others):
        world.listener(5)
    joining = Listener()
    world.hub.begin(joining, ROOM)
    for since in (6, 5, 8):
        world.hub.publish(publication(since, since + 1))
    world.hub.commit(joining, ROOM, position=5, last_number=0)
    world.hub.publish(publication(7, 8))
    assert joining.ear.ranges() == [(5, 6), (6, 7), (7, 8), (8, 9)]


async def test_who_has_read_more_than_the_others_hears_nothing_older_alone() -> None:
    world = World()
    first = world.listener(5)
    late = world.listener(7)  # the publications of 6 and 7 are still on their way
    for since in (5, 6, 7):
        world.hub.publish(publication(since, since + 1))
    assert first.ear.ranges() == [(5, 6), (6, 7), (7, 8)]
    assert late.ear.ranges()[-1] == (7, 8)


async def test_subscribing_again_makes_no_hole() -> None:
    world = World()
    listener = world.listener(5)
    world.hub.publish(publication(5, 6))
    world.hub.begin(listener, ROOM)
    world.hub.publish(publication(6, 7))
    world.hub.begin(listener, ROOM)
    world.hub.publish(publication(7, 8))
    world.hub.commit(listener, ROOM, position=6, last_number=0)
    world.hub.publish(publication(8, 9))
    assert listener.ear.ranges() == [(5, 6), (6, 7), (7, 8), (8, 9)]


async def test_whoever_leaves_while_reading_hears_nothing() -> None:
    world = World()
    joining = Listener()
    world.hub.begin(joining, ROOM)
    world.hub.leave(joining, ROOM)
    world.hub.commit(joining, ROOM, position=5, last_number=0)
    world.hub.publish(publication(5, 6))
    assert joining.ear.frames == []
    assert world.closed == [ROOM]


async def test_the_broker_is_told_of_the_first_and_of_the_last() -> None:
    world = World()
    first, second = world.listener(5), world.listener(5)
    assert (world.opened, world.closed) == ([ROOM], [])
    world.hub.leave(first, ROOM)
    assert world.closed == []
    world.hub.leave_all(second)
    assert world.closed == [ROOM]
    assert first.topics == second.topics == set()
    world.listener(9)
    assert world.opened == [ROOM, ROOM]
