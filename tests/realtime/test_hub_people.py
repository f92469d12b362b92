"""The hub: people who go, sockets that do not read, introductions, and the classic dialect."""

from __future__ import annotations

import asyncio

import pytest
from tests.realtime.hubs import ME, ROOM, Listener, World, publication, until

from groupchat.errors import Close

pytestmark = pytest.mark.usefixtures("at_once")


# --- people who go, and sockets that do not read ----------------------------------------------------------------------


async def test_whoever_is_out_is_told_and_hears_no_more() -> None:
    world = World()
    bob, carol = world.listener(5, person_id=2), world.listener(5, person_id=3)
    guest = world.listener(5)
    world.hub.publish(publication(5, 6, out={2: 6}))
    world.hub.publish(publication(6, 7))
    assert bob.ear.ranges() == [(5, 6)]
    assert (bob.ended, bob.topics) == ([ROOM], set())
    for other in (carol, guest):
        assert other.ear.ranges() == [(5, 6), (6, 7)]
        assert other.ended == []


async def test_what_comes_behind_it_in_the_same_window_is_not_for_them(windows: None) -> None:
    world = World()
    carol, bob = world.listener(5, person_id=3), world.listener(5, person_id=2)
    carol.ear.takes_seconds = 0.02
    world.hub.publish(publication(5, 6))
    carol.ear.takes_seconds = 0.0
    for one in (publication(6, 7), publication(7, 8, out={2: 8}), publication(8, 9)):
        world.hub.publish(one)
    await until(lambda: carol.ear.ranges()[-1] == (8, 9))
    assert bob.ear.ranges() == [(5, 6), (6, 7), (7, 8)]


async def test_who_goes_while_they_come_is_told_no_more_than_that() -> None:
    """They read the room before they were sent out."""
    world = World()
    world.listener(5, person_id=3)
    bob = Listener(person_id=2)
    world.hub.begin(bob, ROOM)
    for one in (publication(5, 6), publication(6, 7, out={2: 7}), publication(7, 8)):
        world.hub.publish(one)
    world.hub.commit(bob, ROOM, position=5, last_number=0)
    assert bob.ear.ranges() == [(5, 6), (6, 7)]
    assert bob.ended == [ROOM]


async def test_a_late_word_of_an_earlier_leave_ends_no_later_return() -> None:
    world = World()
    world.listener(5)
    bob = world.listener(8, person_id=2)  # left at 6, came back at 7, and has read up to 8
    world.hub.publish(publication(5, 8, out={2: 6}))
    world.hub.publish(publication(8, 9))
    assert bob.ended == []
    assert bob.ear.ranges()[-1] == (8, 9)


async def test_a_leave_waits_for_no_window_and_one_may_be_back_at_once(windows: None) -> None:
    """A flush of a large room is under way, and what comes next waits; but not the frame of a leave."""
    world = World()
    bob = world.listener(5, person_id=2)
    bob.ear.takes_seconds = 0.02
    world.hub.publish(publication(5, 6))
    bob.ear.takes_seconds = 0.0
    world.hub.publish(publication(6, 7, out={2: 7}))
    assert bob.ear.ranges() == [(5, 6), (6, 7)]
    assert bob.ended == [ROOM]
    world.hub.begin(bob, ROOM)
    world.hub.commit(bob, ROOM, position=8, last_number=0)  # back at 8
    world.hub.publish(publication(7, 8))
    world.hub.publish(publication(8, 9))
    await until(lambda: bob.ear.ranges()[-1] == (8, 9))
    assert ROOM in bob.topics


async def test_a_socket_that_does_not_read_is_dropped_and_the_others_hear() -> None:
    world = World()
    slow, other = world.listener(5), world.listener(5)
    world.hub.begin(slow, ME)
    world.hub.commit(slow, ME, position=0, last_number=0)
    slow.ear.full = True
    world.hub.publish(publication(5, 6))
    world.hub.publish(publication(6, 7))
    assert (slow.ear.closed_with, slow.ear.aborted) == (Close.SLOW, True)
    assert slow.topics == set()
    assert list(world.hub.topics) == [ROOM]
    assert other.ear.ranges() == [(5, 6), (6, 7)]
    assert world.hub.stats.slow == 1


async def test_what_comes_during_a_long_flush_leaves_in_one_write(windows: None) -> None:
    world = World()
    listener = world.listener(0)
    listener.ear.takes_seconds = 0.02
    for since in range(20):
        world.hub.publish(publication(since, since + 1))
    await until(lambda: len(listener.ear.ranges()) == 20)
    assert len(listener.ear.writes) == 2
    assert listener.ear.ranges() == [(since, since + 1) for since in range(20)]


async def test_a_quiet_room_waits_for_nothing() -> None:
    world = World()
    listener = world.listener(0)
    world.hub.publish(publication(0, 1))
    assert listener.ear.ranges() == [(0, 1)]


# --- people -----------------------------------------------------------------------------------------------------------


async def test_people_are_introduced_once_to_each() -> None:
    world = World()
    first = world.listener(0)
    world.hub.publish(publication(0, 1, people=[(7, 1)]))
    second = world.listener(1)
    for since in (1, 2):
        world.hub.publish(publication(since, since + 1, people=[(7, 1), (8, 1)]))
    world.hub.publish(publication(3, 4, people=[(7, 2)]))
    told = [[frame["people"] for frame in one.ear.frames if "people" in frame] for one in (first, second)]
    assert told == [[[7], [8], [7]], [[7, 8], [7]]]
    kinds = ["people" if "people" in frame else "range" for frame in second.ear.frames]
    assert kinds == ["people", "range", "range", "people", "range"], "before the frame that names them"


async def test_whoever_catches_up_is_introduced_alone() -> None:
    world = World()
    first = world.listener(0)
    joining = Listener()
    world.hub.begin(joining, ROOM)
    world.hub.publish(publication(0, 1, people=[(7, 1)]))
    world.hub.commit(joining, ROOM, position=0, last_number=0)
    world.hub.publish(publication(1, 2, people=[(7, 1)]))
    for one in (first, joining):
        assert one.ear.frames == [{"people": [7]}, {"since": 0, "to": 1}, {"since": 1, "to": 2}]


async def test_more_people_than_one_remembers() -> None:
    world = World()
    listener = world.listener(0)
    for since in range(600):
        world.hub.publish(publication(since, since + 1, people=[(since + 1, 1)]))
    crowd = [(person, 1) for person in range(1000, 1600)]
    world.hub.publish(publication(600, 601, people=crowd))
    known: set[int] = set()
    for frame in listener.ear.frames:
        known |= set(frame.get("people", ()))
    assert known == set(range(1, 601)) | set(range(1000, 1600))
    assert listener.ear.frames[-2]["people"] == [person for person, _ in crowd]


# --- the classic dialect ----------------------------------------------------------------------------------------------


async def test_the_classic_dialect_hears_each_post_once_and_no_edits() -> None:
    world = World()
    classic = world.listener(0, dialect="classic")
    world.hub.publish(publication(0, 1, numbers=[1]))
    world.hub.publish(publication(1, 2, numbers=[1]))  # an edit of it
    world.hub.publish(publication(2, 4, numbers=[2, 3]))
    assert classic.ear.frames == [1, 2, 3]


async def test_an_edit_while_one_joins_is_no_post() -> None:
    world = World()
    world.listener(0)
    classic = Listener(dialect="classic")
    world.hub.begin(classic, ROOM)
    world.hub.publish(publication(0, 1, numbers=[1]))
    world.hub.publish(publication(1, 2, numbers=[1], last_number=1))
    world.hub.publish(publication(2, 3, numbers=[2]))
    world.hub.commit(classic, ROOM, position=0, last_number=0)
    assert classic.ear.frames == [1, 2]


async def test_sessions_are_asked_again() -> None:
    world = World()
    world.listener(5, key=ME)
    world.hub.publish(publication(5, 6, key=ME, sessions=True))
    world.hub.publish(publication(5, 6, key=ME, sessions=True))
    assert world.sessions == [ME.id]


async def test_stopping_sends_what_is_due_and_ends_repairs(windows: None) -> None:
    world = World()
    listener = world.listener(0)
    listener.ear.takes_seconds = 0.02
    world.hub.publish(publication(0, 1))
    world.hub.publish(publication(1, 2))
    world.hub.behind(ROOM, 9)
    await world.hub.stop()
    assert listener.ear.ranges() == [(0, 1), (1, 2)]
    assert len(asyncio.all_tasks()) == 1
