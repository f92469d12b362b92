"""The hub: a room that is closed is heard by its members alone, from that very frame on."""

from __future__ import annotations

import json

import pytest
from tests.realtime.hubs import ROOM, Listener, World, publication, until

from groupchat.realtime.fanout.topics import Reset

pytestmark = pytest.mark.usefixtures("at_once")

MEMBERS = frozenset({2})


def is_out(listener: Listener) -> bool:
    return listener.ended == [ROOM] and listener.topics == set()


async def test_a_stranger_hears_what_came_before_and_is_told_to_ask() -> None:
    world = World()
    bob, carol, guest = world.listener(5, person_id=2), world.listener(5, person_id=3), world.listener(5)
    for one in (publication(5, 6), publication(6, 7, only=MEMBERS), publication(7, 8)):
        world.hub.publish(one)
    assert bob.ear.ranges() == [(5, 6), (6, 7), (7, 8)]
    for stranger in (carol, guest):
        assert stranger.ear.frames == [{"since": 5, "to": 6}, {"reset": 1}]
        assert is_out(stranger)
    assert bob.ended == []


async def test_what_is_due_before_it_still_goes_to_all(windows: None) -> None:
    world = World()
    guest = world.listener(5)
    guest.ear.takes_seconds = 0.02
    world.hub.publish(publication(5, 6))
    guest.ear.takes_seconds = 0.0
    world.hub.publish(publication(6, 7))  # waits for the window
    assert guest.ear.ranges() == [(5, 6)], "it must wait for this test to say anything"
    world.hub.publish(publication(7, 8, only=MEMBERS))
    assert guest.ear.ranges() == [(5, 6), (6, 7)]
    assert is_out(guest)


async def test_who_came_when_it_was_closed_already_was_let_in() -> None:
    world = World()
    world.listener(5)
    carol = world.listener(9, person_id=3)  # brought in at 8; this process has not heard of 7 yet
    world.hub.publish(publication(5, 7, only=MEMBERS))
    world.hub.publish(publication(7, 9))
    world.hub.publish(publication(9, 10))
    assert carol.ended == []
    assert carol.ear.ranges()[-1] == (9, 10)


async def test_who_is_just_coming_is_not_let_in() -> None:
    """They read the room when it was open; it closed before their subscription was made."""
    world = World()
    world.listener(5, person_id=2)
    guest = Listener()
    world.hub.begin(guest, ROOM)
    world.hub.publish(publication(5, 6, only=MEMBERS))
    world.hub.publish(publication(6, 7))
    world.hub.commit(guest, ROOM, position=5, last_number=0)
    assert guest.ear.ranges() == []
    assert is_out(guest)


async def test_the_tutorials_clients_are_out_as_well() -> None:
    world = World()
    world.listener(5, person_id=2)
    guest = world.listener(5, dialect="classic")
    world.hub.publish(publication(5, 6, numbers=[1], only=MEMBERS))
    assert guest.ear.frames == []
    assert is_out(guest)


async def test_a_reset_closes_too() -> None:
    """Too much came for the changes to be told, and the room was closed among it."""
    world = World()
    bob, guest = world.listener(5, person_id=2), world.listener(5)
    world.answer = lambda key, since: Reset(99, 0, only=MEMBERS)
    world.hub.differs(ROOM, 99)
    await until(lambda: guest.ended)
    assert is_out(guest)
    assert bob.ended == []
    world.hub.publish(publication(99, 100))
    assert json.dumps({"since": 99, "to": 100}) not in map(json.dumps, guest.ear.frames)
    assert bob.ear.ranges() == [(99, 100)]


async def test_a_deleted_room_is_heard_by_nobody() -> None:
    world = World()
    listeners = [world.listener(5, person_id=2), world.listener(5)]
    world.hub.publish(publication(5, 6, only=frozenset()))
    assert all(map(is_out, listeners))
    assert world.hub.topics == {}
    assert world.closed == [ROOM]
