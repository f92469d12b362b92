"""What has no seq: told in all processes, once in a while, and no more of it than a room can bear."""

from __future__ import annotations

import json
from typing import Any

import pytest
from channels.layers import InMemoryChannelLayer
from tests.brokers.conftest import Start
from tests.brokers.ear import Ear, until
from tests.brokers.test_brokers import listening, run
from tests.brokers.test_hub import ROOM, Desk

from groupchat.models import Person, Room
from groupchat.realtime.delivery.publish import introduction_of, named
from groupchat.realtime.fanout.ephemeral import COALESCE_SECONDS, EphemeralLane
from groupchat.realtime.fanout.frames import Frame
from groupchat.realtime.fanout.topics import Ephemeral, TopicKey
from groupchat.resources import person_resource


def typing(person: int, key: TopicKey = ROOM) -> Ephemeral:
    payload = json.dumps({"type": "typing", "room": key.id, "person": person}).encode()
    return Ephemeral(key, f"typing {person}", Frame(payload))


def typists(ear: Ear) -> list[int]:
    return [frame["person"] for frame in ear.kept.frames if frame["type"] == "typing"]


class Lane:
    """A lane over a hub, with a clock of its own, and what it would tell the other processes."""

    def __init__(self, desk: Desk, *, most: int = 1_000) -> None:
        self.seconds = 0.0
        self.forwarded: list[Ephemeral] = []
        self.lane = EphemeralLane(
            hub=desk.hub,
            forward=self.forwarded.append,
            max_deliveries_per_second=most,
            now=lambda: self.seconds,
        )


@pytest.fixture
async def desk() -> Any:
    desk = Desk()
    yield desk
    await desk.hub.stop()


async def test_the_same_is_told_once_in_a_while(desk: Desk) -> None:
    ear, lane = desk.subscribe(0), Lane(desk)
    for _ in range(3):
        lane.lane.send(typing(7))
    lane.seconds = 0.5
    lane.lane.send(typing(8))
    assert typists(ear) == [7, 8]
    lane.seconds = COALESCE_SECONDS
    lane.lane.send(typing(7))
    lane.lane.send(typing(8))
    assert typists(ear) == [7, 8, 7]
    assert len(lane.forwarded) == 3
    assert (desk.hub.stats.ephemeral, desk.hub.stats.ephemeral_dropped) == (3, 3)


async def test_the_more_listen_the_longer_is_the_pause(desk: Desk) -> None:
    ears, lane = [desk.subscribe(0) for _ in range(50)], Lane(desk, most=100)
    lane.lane.send(typing(1))
    lane.seconds = 0.4
    lane.lane.send(typing(2))
    lane.seconds = 0.6
    lane.lane.send(typing(3))
    assert [typists(ear) for ear in ears] == [[1, 3]] * 50


async def test_none_is_passed_on_where_that_is_switched_off(desk: Desk) -> None:
    ear, lane = desk.subscribe(0), Lane(desk, most=0)
    lane.lane.send(typing(1))
    assert typists(ear) == []
    assert lane.forwarded == []


async def test_what_comes_from_another_process_is_not_sent_back(desk: Desk) -> None:
    ear, lane = desk.subscribe(0), Lane(desk)
    lane.lane.take(typing(1))
    assert typists(ear) == [1]
    assert lane.forwarded == []


async def test_whoever_has_not_read_yet_and_who_has_left_hear_nothing(desk: Desk) -> None:
    reading, left, lane = desk.begin(), desk.subscribe(0), Lane(desk)
    desk.hub.leave(left, ROOM)
    lane.lane.send(typing(1))
    assert typists(reading) == typists(left) == []
    assert lane.forwarded == []


def test_it_comes_to_the_other_process_with_the_name_before_it(start: Start, owner: Person, room: Room) -> None:
    memory = InMemoryChannelLayer()
    here, there = start(memory, memory, one_loop=True)
    ears = [listening(side, room) for side in (here, there)]
    person = person_resource(owner)
    key = TopicKey("room", room.pk)
    frame = Frame(json.dumps({"type": "typing", "room": room.pk, "person": owner.pk}).encode())
    told = Ephemeral(key, "typing", frame, named([person]), introduction_of({owner.pk: person}))

    async def send() -> None:
        here.ephemeral.send(told)

    run(here, send())
    for side, ear in zip((here, there), ears, strict=True):
        run(side, until(lambda ear=ear: typists(ear)))
        people, typed = ear.kept.frames
        assert people == {"type": "people", "people": [person]}
        assert typed["person"] == owner.pk


def test_what_would_have_to_wait_is_not_sent(start: Start, room: Room) -> None:
    memory = InMemoryChannelLayer()
    (here,) = start(memory)

    async def send() -> int:
        for person in range(500):
            here.broker.pass_on(typing(person, TopicKey("room", room.pk)))
        return len(here.broker._outgoing)  # type: ignore[attr-defined]

    assert run(here, send()) <= 100
