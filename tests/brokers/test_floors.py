"""Who may not see all of a room hears what was committed in another process by the same rule."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from channels.layers import InMemoryChannelLayer
from tests.brokers.conftest import Start, say
from tests.brokers.ear import Ear, until
from tests.brokers.side import Side
from tests.brokers.test_brokers import NEVER, run

from groupchat.actions import rooms
from groupchat.actions.counters import changing_room
from groupchat.actions.messages import delete, edit
from groupchat.actions.people import Guest, person_of_guest
from groupchat.models import Membership, Person, Room
from groupchat.realtime.delivery import broker
from groupchat.realtime.fanout.topics import TopicKey

CANARY = "canary"


@pytest.fixture
def hall(room: Room, owner: Person) -> Room:
    """A room that shows newcomers nothing older."""
    rooms.set_history(person=owner, room_id=room.pk, history="joined")
    return room


def newcomers(room: Room, *sides: Side) -> list[Ear]:
    """One in each of these processes; all of them have joined before one listens."""
    guests = [person_of_guest(guest=Guest(uuid4(), "Newcomer")) for _ in sides]
    floors = [rooms.join(person=guest, room_id=room.pk)[1].floor for guest in guests]
    ears = [Ear(person_id=guest.pk) for guest in guests]
    return [
        run(side, ear.listen(side, room.pk, floor=floor)) for side, ear, floor in zip(sides, ears, floors, strict=True)
    ]


def test_what_is_older_is_left_out_in_every_process(sides: list[Side], hall: Room, owner: Person) -> None:
    here, there = sides
    run(here, say(here, hall, owner, f"{CANARY} 1", f"{CANARY} 2"))
    new = newcomers(hall, *sides)
    old = [run(side, Ear(person_id=owner.pk).listen(side, hall.pk)) for side in sides]
    run(here, here.database.write(lambda: edit(person=owner, room_id=hall.pk, number=1, body=f"{CANARY}, edited")))
    run(here, here.database.write(lambda: delete(person=owner, room_id=hall.pk, number=2)))
    run(there, say(there, hall, owner, "welcome"))
    for side, ear in zip(sides, new, strict=True):
        assert run(side, ear.hears(1)) == ["welcome"]
        assert CANARY not in json.dumps(ear.kept.frames)
    for side, ear in zip(sides, old, strict=True):
        assert run(side, ear.hears(3)) == [f"{CANARY}, edited", "", "welcome"]


def test_a_floor_follows_in_every_process(sides: list[Side], hall: Room, owner: Person) -> None:
    """It rises with a membership that says so, and falls where the room shows everything again."""
    here, there = sides
    (ear,) = newcomers(hall, there)
    key = TopicKey("room", hall.pk)
    run(here, say(here, hall, owner, "one"))
    run(there, ear.hears(1))
    assert ear.person_id is not None
    run(here, here.database.write(_raise, hall.pk, ear.person_id, 2))
    run(there, until(lambda: there.hub.floor(ear, key) == 2))
    run(here, here.database.write(lambda: edit(person=owner, room_id=hall.pk, number=1, body=CANARY)))
    run(here, say(here, hall, owner, "two"))
    run(there, until(lambda: any("two" in json.dumps(frame) for frame in ear.frames)))
    assert CANARY not in json.dumps(ear.kept.frames)
    run(here, here.database.write(lambda: rooms.set_history(person=owner, room_id=hall.pk, history="all")))
    run(there, until(lambda: there.hub.floor(ear, key) == 0))
    run(here, here.database.write(lambda: edit(person=owner, room_id=hall.pk, number=1, body="for all")))
    run(there, until(lambda: "for all" in json.dumps(ear.frames)))


def _raise(room_id: int, person_id: int, floor: int) -> None:
    """As where somebody went and came back, and of the two commits one was heard."""
    person = Person.objects.get(pk=person_id)
    with changing_room(room_id) as change:
        membership = Membership.objects.get(room_id=room_id, person=person)
        membership.floor = floor
        change.changed(membership, person)
        membership.save()


def test_a_version_that_knows_no_floors_tells_frames_that_may_touch_anything(
    start: Start, hall: Room, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory = InMemoryChannelLayer()
    here, there = start(memory, memory, one_loop=True, SWEEP_MILLISECONDS=NEVER)
    run(here, say(here, hall, owner, f"{CANARY} 1"))
    (ear,) = newcomers(hall, there)
    told = broker._change_message

    def as_before(*given: Any) -> dict[str, Any]:
        return {name: value for name, value in told(*given).items() if name not in ("floors", "history", "lowest")}

    monkeypatch.setattr(broker, "_change_message", as_before)
    run(here, here.database.write(lambda: edit(person=owner, room_id=hall.pk, number=1, body=f"{CANARY}, edited")))
    run(here, say(here, hall, owner, "welcome"))
    assert run(there, ear.hears(1)) == ["welcome"]
    assert there.broker.stats.received >= 2
    assert CANARY not in json.dumps(ear.kept.frames)
