"""One suite for every way in which processes are joined: what was committed here is heard there, whole and in order."""

from __future__ import annotations

import asyncio
import signal
import time
from statistics import median
from uuid import uuid4

import pytest
from channels.layers import InMemoryChannelLayer
from tests.brokers.conftest import Start, say, valkeys
from tests.brokers.ear import Ear, until
from tests.brokers.layers import MisbehavingLayer
from tests.brokers.side import Side
from tests.chaos.stack import Valkey
from tests.property.machine import remove

from groupchat.actions import rooms
from groupchat.actions.messages import Post, edit
from groupchat.actions.messages import post as post_messages
from groupchat.actions.people import Guest, person_of_guest
from groupchat.models import Membership, Person, Room

WITHIN_SECONDS = 1.0
NEVER = 600_000  # milliseconds: a sweep that does not come in time for a test


def run(side: Side, work):
    return asyncio.run_coroutine_threadsafe(work, side.loop).result(60)


def listening(side: Side, room: Room, *, person: Person | None = None, seconds: float = 5.0) -> Ear:
    ear = Ear(person_id=person.pk if person is not None else None)
    return run(side, ear.listen(side, room.pk, seconds=seconds))


# --- what every one of them does ----------------------------------------------------------------------------------


def test_what_is_said_here_is_heard_there_in_order(sides: list[Side], room: Room, owner: Person) -> None:
    here, there = sides
    ears = [listening(side, room) for side in sides]
    run(here, say(here, room, owner, "one", "two", "three"))
    run(there, say(there, room, owner, "four"))
    run(here, say(here, room, owner, "five"))
    for side, ear in zip(sides, ears, strict=True):
        assert run(side, ear.hears(5)) == ["one", "two", "three", "four", "five"]


def test_many_at_once_from_both_sides(sides: list[Side], room: Room, owner: Person) -> None:
    ears = [listening(side, room) for side in sides for _ in range(3)]
    works = [
        asyncio.run_coroutine_threadsafe(say(side, room, owner, *(f"{index} {n}" for n in range(30))), side.loop)
        for index, side in enumerate(sides)
    ]
    for work in works:
        work.result(60)
    heard = [run(sides[index // 3], ear.hears(60)) for index, ear in enumerate(ears)]
    assert all(bodies == heard[0] for bodies in heard)
    for index in range(2):
        assert [body for body in heard[0] if body.startswith(f"{index} ")] == [f"{index} {n}" for n in range(30)]


def test_a_frame_that_is_too_large_is_a_wakeup(sides: list[Side], room: Room, owner: Person) -> None:
    here, there = sides
    ear = listening(there, room)
    posts = [Post(room.pk, owner, f"{index} " + "x" * 7_900, uuid4().hex) for index in range(10)]
    run(here, here.database.write(post_messages, posts))
    assert run(there, ear.hears(10)) == [post.body for post in posts]


def test_what_waits_leaves_together(start: Start, owner: Person) -> None:
    memory = InMemoryChannelLayer()
    layer = MisbehavingLayer(memory)
    here, there = start(layer, memory, one_loop=True, SWEEP_MILLISECONDS=NEVER)
    many = [Room.objects.get(pk=rooms.create(person=owner, name=f"Room {uuid4()}").pk) for _ in range(20)]
    ears = [listening(there, room) for room in many[:10]]
    run(here, here.database.write(post_messages, [Post(room.pk, owner, room.name, uuid4().hex) for room in many]))
    for room, ear in zip(many, ears, strict=False):
        assert run(there, ear.hears(1)) == [room.name]
    told = [change["topic"][1] for message in layer.sent for change in message["changes"]]
    assert set(told) >= {room.pk for room in many}
    assert len(layer.sent) < len(told)
    assert there.broker.stats.received == len(ears)  # nobody listens to the others there


def test_who_is_removed_here_hears_nothing_more_there(sides: list[Side], room: Room, owner: Person) -> None:
    here, there = sides
    stays = listening(there, room, person=owner)
    took = []
    for index in range(3):
        guest = person_of_guest(guest=Guest(uuid4(), "Guest"))
        rooms.join(person=guest, room_id=room.pk)
        ear = listening(there, room, person=guest)
        run(here, here.database.write(remove, room.pk, guest, Membership.State.BANNED))
        took.append(run(there, until(lambda ear=ear: ear.ended)))
        run(here, say(here, room, owner, "behind their back"))
        run(there, stays.hears(index + 1))
        assert ear.bodies == []
        assert ear.frames[-1]["members"][-1]["state"] == "banned"  # the last thing they were told
    assert stays.ended == []
    assert median(took) < WITHIN_SECONDS


def test_who_comes_later_hears_from_there_on(sides: list[Side], room: Room, owner: Person) -> None:
    here, there = sides
    run(here, say(here, room, owner, "before"))
    ear = listening(there, room)
    run(here, say(here, room, owner, "after"))
    assert run(there, ear.hears(1)) == ["after"]


# --- a layer that misbehaves --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", ["memory", "valkey"])
def test_lost_doubled_and_late_publications(
    start: Start, room: Room, owner: Person, valkey_url: str, kind: str, seed: int
) -> None:
    memory = InMemoryChannelLayer()
    layers = [memory, memory] if kind == "memory" else valkeys(valkey_url)
    wrapped = [MisbehavingLayer(layer, seed=seed, loses=0.2, doubles=0.2, delays=0.4) for layer in layers]
    here, there = start(*wrapped, one_loop=True, SWEEP_MILLISECONDS=100)
    ears = [listening(side, room) for side in (here, there)]
    for index in range(40):
        side = (here, there)[index % 3 % 2]
        run(side, say(side, room, owner, str(index)))
    for side, ear in zip((here, there), ears, strict=True):
        assert run(side, ear.hears(40)) == [str(index) for index in range(40)]
    assert there.hub.stats.duplicates + here.hub.stats.duplicates > 0  # it did misbehave
    assert there.hub.stats.gaps + here.hub.stats.gaps > 0


def test_the_last_publication_before_silence_is_lost(start: Start, room: Room, owner: Person) -> None:
    memory = InMemoryChannelLayer()
    here, there = start(MisbehavingLayer(memory, loses=1), memory, one_loop=True)
    ear = listening(there, room)
    took = []
    for index in range(3):
        run(here, say(here, room, owner, "the last word"))
        took.append(run(there, until(lambda index=index: len(ear.bodies) > index)))
    assert median(took) < WITHIN_SECONDS
    assert there.broker.stats.received == 0


def test_a_crash_between_commit_and_publication(start: Start, room: Room, owner: Person) -> None:
    memory = InMemoryChannelLayer()
    here, there = start(memory, memory, one_loop=True)
    ears = [listening(side, room) for side in (here, there)]
    here.crashes = True
    run(here, say(here, room, owner, "nobody was told"))
    for side, ear in zip((here, there), ears, strict=True):
        assert run(side, ear.hears(1)) == ["nobody was told"]


def test_a_wakeup_in_a_busy_room_is_heard_without_the_sweep(start: Start, room: Room, owner: Person) -> None:
    """A small publication that comes right behind a wakeup does not make us forget it."""
    memory = InMemoryChannelLayer()
    here, there = start(memory, memory, one_loop=True, SWEEP_MILLISECONDS=NEVER, MAX_BROKER_BYTES=600)
    ear = listening(there, room)
    for index in range(10):
        run(here, say(here, room, owner, "x" * (1_000 if index % 2 else 10)))
    run(here, say(here, room, owner, "y" * 1_000))
    run(there, ear.hears(11, seconds=10))


def test_what_the_broker_cannot_take_is_left_to_the_sweep(start: Start, room: Room, owner: Person) -> None:
    memory = InMemoryChannelLayer()
    layer = MisbehavingLayer(memory)
    here, there = start(layer, memory, one_loop=True, MAX_PUBLICATIONS_WAITING=5)
    ear = listening(there, room)
    layer.silent = True
    run(here, say(here, room, owner, *(str(index) for index in range(30))))
    assert here.broker.stats.dropped >= 20  # bounded: nothing piles up
    assert run(there, ear.hears(30)) == [str(index) for index in range(30)]
    layer.silent = False
    run(here, until(lambda: here.broker.stats.sent > 0))
    run(here, say(here, room, owner, "again"))
    run(there, ear.hears(31))


# --- the broker goes and comes back -------------------------------------------------------------------------------


def test_the_broker_is_down_and_comes_back(start: Start, own_valkey: Valkey, room: Room, owner: Person) -> None:
    here, there = start(*valkeys(own_valkey.url))
    guest = person_of_guest(guest=Guest(uuid4(), "Guest"))
    rooms.join(person=guest, room_id=room.pk)
    ear, guests = listening(there, room), listening(there, room, person=guest)
    own_valkey.stop()

    began = time.monotonic()
    run(here, say(here, room, owner, "without a broker"))
    assert time.monotonic() - began < 5
    run(there, ear.hears(1, seconds=3))
    run(here, here.database.write(remove, room.pk, guest, Membership.State.KICKED))
    assert run(there, until(lambda: guests.ended)) < 3.0
    late = listening(there, rooms.create(person=owner, name=f"Late {uuid4()}"), seconds=0.1)  # while it is down

    own_valkey.start()
    heard_by_broker = there.broker.stats.received

    def again() -> bool:
        run(here, say(here, room, owner, "with a broker again"))
        return there.broker.stats.received > heard_by_broker

    deadline = time.monotonic() + 30
    while not again():
        assert time.monotonic() < deadline, "the broker is not used again"
        time.sleep(0.2)
    run(there, until(lambda: ear.bodies[-1] == "with a broker again"))
    ear.check()
    assert late.ended == []


def test_the_broker_is_silent_for_a_while(start: Start, own_valkey: Valkey, room: Room, owner: Person) -> None:
    here, there = start(*valkeys(own_valkey.url))
    ear = listening(there, room)
    own_valkey.signal(signal.SIGSTOP)
    try:
        began = time.monotonic()
        run(here, say(here, room, owner, *(str(index) for index in range(10))))
        run(there, ear.hears(10, seconds=5))
        assert time.monotonic() - began < 6  # neither posting nor hearing waited for it
    finally:
        own_valkey.signal(signal.SIGCONT)
    heard_by_broker = there.broker.stats.received
    deadline = time.monotonic() + 30
    while there.broker.stats.received == heard_by_broker:
        assert time.monotonic() < deadline, "the broker is not used again"
        run(here, say(here, room, owner, "more"))
        time.sleep(0.2)
    run(there, until(lambda: ear.bodies[-1] == "more"))
    ear.check()


def test_edits_travel_by_the_broker_alone(start: Start, valkey_url: str, room: Room, owner: Person) -> None:
    here, there = start(*valkeys(valkey_url), SWEEP_MILLISECONDS=NEVER)
    ear = listening(there, room)
    deadline = time.monotonic() + 30
    while not ear.bodies:  # the broker may take what is said before it takes that we listen
        assert time.monotonic() < deadline
        run(here, say(here, room, owner, "wrogn"))
        time.sleep(0.05)
    run(here, here.database.write(edit, person=owner, room_id=room.pk, number=1, body="right"))
    run(there, until(lambda: ear.bodies[0] == "right"))
    ear.check()
    assert there.sweep.stats.looks == 0
