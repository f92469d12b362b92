"""The hub: subscriptions that do not show what lies below a number."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from tests.realtime.hubs import ROOM, Ear, Listener, World, publication, until

from groupchat.realtime.fanout.floors import Sight
from groupchat.realtime.fanout.frames import Chunk
from groupchat.realtime.fanout.topics import Reset

pytestmark = pytest.mark.usefixtures("at_once")


def edits(listener: Listener) -> list[list[int]]:
    return [frame.get("edited", []) for frame in listener.ear.frames if "since" in frame]


async def test_what_is_below_a_floor_is_left_out_and_the_range_is_not() -> None:
    world = World()
    old, new = world.listener(5), world.listener(5, floor=10)
    world.hub.publish(publication(5, 8, edited=[3, 9, 12]))
    world.hub.publish(publication(8, 9, edited=[4]))
    assert edits(old) == [[3, 9, 12], [4]]
    assert edits(new) == [[12], []]
    assert old.ear.ranges() == new.ear.ranges() == [(5, 8), (8, 9)]


async def test_floors_that_hide_the_same_get_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Encoded once for all of them; and what is above every floor once for everybody."""
    written: list[Any] = []
    write = Ear.write

    def note(ear: Ear, chunk: Chunk, limit: int) -> bool:
        written.append(chunk)
        return write(ear, chunk, limit)

    monkeypatch.setattr(Ear, "write", note)
    world = World()
    listeners = [world.listener(5, floor=floor) for floor in (0, 0, 10, 11, 12, 13, 20)]
    world.hub.publish(publication(5, 6, edited=[9, 15]))
    assert len({id(chunk) for chunk in written}) == 3
    assert [edits(one) for one in listeners] == [[[9, 15]]] * 2 + [[[15]]] * 4 + [[[]]]
    written.clear()
    world.hub.publish(publication(6, 7, edited=[21]))
    assert len({id(chunk) for chunk in written}) == 1
    assert len(written) == len(listeners)


async def test_nobody_is_introduced_for_what_is_hidden() -> None:
    world = World()
    new = world.listener(5, floor=10)
    hidden = publication(5, 6, edited=[3], people=[(7, 1)])
    hidden.above = lambda floor: publication(5, 6)
    world.hub.publish(hidden)
    assert new.ear.frames == [{"since": 5, "to": 6}]


async def test_what_came_while_one_joined_is_cut_too() -> None:
    world = World()
    world.listener(5)
    joining = Listener()
    world.hub.begin(joining, ROOM)
    world.hub.publish(publication(5, 6, edited=[3, 11]))
    world.hub.commit(joining, ROOM, position=5, last_number=0, sight=Sight(10))
    assert edits(joining) == [[11]]


async def test_a_gap_that_was_repaired_is_cut_too() -> None:
    world = World()
    old, new = world.listener(5), world.listener(5, floor=10)
    world.answer = lambda key, since: publication(since, 8, edited=[3, 11])
    world.hub.publish(publication(7, 8))
    await until(old.ear.ranges)
    assert (edits(old), edits(new)) == ([[3, 11]], [[11]])


async def test_a_member_with_a_new_floor_sees_no_more_than_that_from_there_on() -> None:
    world = World()
    bob, carol = world.listener(5, person_id=2), world.listener(5, person_id=3)
    world.hub.publish(publication(5, 9, edited=[3, 12], floors={2: 12}))
    world.hub.publish(publication(9, 10, edited=[4]))
    assert (edits(bob), edits(carol)) == ([[12], []], [[3, 12], [4]])
    assert (world.hub.floor(bob, ROOM), world.hub.floor(carol, ROOM)) == (12, 0)


async def test_a_room_that_shows_everything_again_has_no_floors() -> None:
    world = World()
    bob = world.listener(5, floor=10)
    world.hub.publish(publication(5, 6, history="all"))
    world.hub.publish(publication(6, 7, edited=[3]))
    assert edits(bob) == [[], [3]]


async def test_who_looks_in_takes_a_room_anew_that_begins_to_hide() -> None:
    world = World()
    member, looker = world.listener(5), world.listener(5, looks=True)
    world.hub.publish(publication(5, 6, history="joined", last_number=20))
    world.hub.publish(publication(6, 7, edited=[3, 21]))
    assert {"reset": 1} in looker.ear.frames
    assert {"reset": 1} not in member.ear.frames
    assert (edits(member)[1], edits(looker)[1]) == ([3, 21], [21])
    world.hub.publish(publication(7, 8, history="joined", last_number=25))
    assert looker.ear.frames.count({"reset": 1}) == 1, "that it goes on hiding is no news"


async def test_who_begins_to_look_in_while_a_room_begins_to_hide() -> None:
    world = World()
    world.listener(5)
    looker = Listener()
    world.hub.begin(looker, ROOM)
    world.hub.publish(publication(5, 6, history="joined", last_number=20))
    world.hub.publish(publication(6, 7, edited=[3]))
    world.hub.commit(looker, ROOM, position=5, last_number=20, sight=Sight(looks=True))
    assert {"reset": 1} in looker.ear.frames
    assert edits(looker) == [[], []]


async def test_a_reset_says_who_has_a_floor() -> None:
    world = World()
    bob, looker = world.listener(5, person_id=2), world.listener(5, looks=True)
    world.answer = lambda key, since: Reset(50, 30, floors={2: 25}, history="joined")
    world.hub.differs(ROOM, 50)
    await until(lambda: {"reset": 1} in bob.ear.frames)
    assert (world.hub.floor(bob, ROOM), world.hub.floor(looker, ROOM)) == (25, 31)
    world.hub.publish(publication(50, 51, edited=[24, 28, 31]))
    assert (edits(bob), edits(looker)) == ([[28, 31]], [[31]])


async def test_who_is_gone_leaves_no_floor_behind() -> None:
    world = World()
    stays = world.listener(5)
    bob, looker = world.listener(5, floor=10), world.listener(5, floor=7, looks=True)
    for one in (bob, looker):
        world.hub.leave_all(one)
        assert world.hub.floor(one, ROOM) is None
    floors = world.hub.topics[ROOM].floors
    assert (floors._of, floors.lookers) == ({}, set())
    world.hub.begin(bob, ROOM)
    world.hub.commit(bob, ROOM, position=5, last_number=0)
    world.hub.publish(publication(5, 6, edited=[3]))
    await asyncio.sleep(0)
    assert edits(bob) == edits(stays) == [[3]]
