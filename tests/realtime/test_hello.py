"""Opening and coming back: what hello answers, what follows it, and when a client must take everything anew."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.play import Actor, Stage
from tests.sockets import Client, Gone

from groupchat import __version__
from groupchat.errors import Close
from groupchat.models import Person, Room
from groupchat.realtime.delivery import resume

pytestmark = pytest.mark.usefixtures("server")


def kinds(client: Client, since: int = 0) -> list[str]:
    return [frame["type"] for frame in client.frames[since:]]


def comes_back_with(actor: Actor, **members: Any) -> list[dict[str, Any]]:
    """What an own hello is answered with, up to caught_up."""
    seen = len(actor.client.frames)
    actor.client.connect()
    command = actor.state.hello() | members
    actor.client.raw(json.dumps(command))
    actor.client.wait(lambda: actor.state.caught_up)
    return actor.client.frames[seen:]


def test_a_guest_who_wrote_nothing_is_nobody_yet(stage: Stage) -> None:
    grace = stage.guest("Grace")
    hello = grace.client.frames[0]
    assert (hello["me"], hello["seq"], hello["rooms"], hello["is_owner"]) == (None, 0, [], False)
    assert (hello["protocol"], hello["server"]) == (1, __version__)
    assert hello["epoch"] == resume.epoch()
    assert kinds(grace.client) == ["hello", "caught_up"]
    assert not Person.objects.exists()


def test_opening_says_what_there_is(stage: Stage, user: Callable[..., Actor]) -> None:
    alice = user("alice")
    alice.enters("Lobby")
    alice.enters("Attic")
    bob = stage.guest("bob")
    bob.enters("Lobby")
    bob.posts("hi")
    device = alice.on_another_device()
    hello = device.client.frames[0]
    assert [
        (state["room"]["name"], state["last_number"], state["me"]["last_read_number"]) for state in hello["rooms"]
    ] == [
        ("Lobby", 1, 0),
        ("Attic", 0, 0),
    ]
    assert hello["me"]["id"] == alice.id
    assert hello["seq"] == alice.state.seq
    assert kinds(device.client) == ["hello", "caught_up"], "no pages loaded: nothing to catch up with"


def test_the_limits_in_force_are_told(stage: Stage, options: Callable[..., None]) -> None:
    options(max_body_characters=12, max_page_messages=3)
    grace = stage.guest("Grace")
    assert grace.state.limits["body_characters"] == 12
    assert grace.state.limits["page_messages"] == 3


def test_changes_come_for_rooms_with_pages_only(stage: Stage) -> None:
    alice, bob = stage.guests("alice", "bob")
    for name in ("one", "two", "three"):
        alice.enters(name)
    bob.client.call("room.enter", name="two")
    bob.enters("one")
    bob.goes_offline()
    for name in ("one", "two", "three"):
        alice.enters(name)
        alice.posts(f"in {name}")
    seen = len(bob.client.frames)
    bob.comes_back()
    came = bob.client.frames[seen:]
    assert [frame["type"] for frame in came if frame["type"] != "people"] == ["hello", "changes", "caught_up"]
    assert {frame["room"] for frame in came if frame["type"] == "changes"} == {bob.room}
    bob.sees_only("in one")
    assert bob.state.rooms[came[0]["rooms"][1]["room"]["id"]].last_number == 1


def test_nothing_changed_nothing_comes(stage: Stage) -> None:
    alice = stage.guest("alice")
    alice.enters("lobby")
    alice.posts("hi")
    alice.sees("hi")
    alice.goes_offline()
    assert [frame["type"] for frame in comes_back_with(alice)] == ["hello", "caught_up"]


def test_what_was_missed_comes_before_what_is_live(stage: Stage) -> None:
    alice, bob = stage.guests("alice", "bob")
    alice.enters("lobby")
    bob.enters("lobby")
    bob.goes_offline()
    refs = [alice.starts_to_post(str(index)) for index in range(60)]
    bob.comes_back()  # while Alice is posting
    for ref in refs:
        alice.client.answer(ref)
    bob.sees_only(*(str(index) for index in range(60)))


def test_another_epoch_resets_everything(stage: Stage) -> None:
    alice = stage.guest("alice")
    alice.enters("lobby")
    alice.posts("hi")
    alice.sees("hi")
    alice.goes_offline()
    came = comes_back_with(alice, epoch="of another life")
    assert [frame["type"] for frame in came] == ["hello", "reset", "caught_up"]
    alice.client.wait(lambda: alice.view.position is not None and alice.view.windows)
    alice.sees_only("hi")


def test_a_position_ahead_of_the_room_is_reset(stage: Stage) -> None:
    alice = stage.guest("alice")
    alice.enters("lobby")
    alice.posts("hi")
    alice.goes_offline()
    came = comes_back_with(alice, positions={str(alice.room): 10_000})
    assert [frame["type"] for frame in came] == ["hello", "reset", "caught_up"]


def test_too_much_was_missed(stage: Stage, options: Callable[..., None]) -> None:
    options(max_changes=10)
    alice, bob = stage.guests("alice", "bob")
    alice.enters("lobby")
    bob.enters("lobby")
    bob.goes_offline()
    for index in range(11):
        alice.posts(str(index))
    bob.comes_back()
    assert bob.state.resets == 1
    bob.client.wait(lambda: bob.view.position is not None and bob.view.windows)
    bob.sees_only(*(str(index) for index in range(11)))
    alice.posts("live")
    bob.sees("10", "live")


def test_more_positions_than_are_looked_at(stage: Stage, options: Callable[..., None]) -> None:
    options(max_positions=2)
    alice, bob = stage.guests("alice", "bob")
    for index in range(4):
        alice.enters(f"room {index}")
        bob.enters(f"room {index}")
    bob.goes_offline()
    for index in range(4):
        alice.enters(f"room {index}")
        alice.posts("hi")
    seen = len(bob.client.frames)
    bob.comes_back()
    came = [frame["type"] for frame in bob.client.frames[seen:] if frame["type"] in ("changes", "reset")]
    assert came == ["changes", "changes", "reset", "reset"]


@pytest.mark.parametrize(
    "positions", [{"1000000": 3}, {"x": 1}, {"": 1}, {"-1": 1}, {"99999999999999999999": 1}, {"1.5": 2}]
)
def test_positions_of_rooms_that_are_none(positions: dict[str, int], stage: Stage) -> None:
    alice = stage.guest("alice")
    alice.enters("lobby")
    alice.goes_offline()
    assert [frame["type"] for frame in comes_back_with(alice, positions=positions)] == ["hello", "caught_up"]


def test_a_room_one_looks_into_is_subscribed_to_again(stage: Stage) -> None:
    alice, looker = stage.guests("alice", "looker")
    alice.enters("lobby")
    alice.posts("one")
    looker.looks_into("lobby")
    looker.goes_offline()
    alice.posts("two")
    looker.comes_back()
    looker.sees_only("one", "two")
    alice.posts("three")
    looker.sees_only("one", "two", "three")


def test_removed_while_offline(stage: Stage) -> None:
    alice, bob = stage.guests("alice", "bob")
    alice.enters("lobby")
    bob.enters("lobby")
    phone = bob.on_another_device()
    bob.goes_offline()
    phone.opens(bob.room)
    phone.leaves()
    bob.client.open()
    assert bob.room not in bob.state.rooms


def test_another_version(stage: Stage) -> None:
    client = stage.client(name="Grace").connect()
    client.raw('{"type": "hello", "ref": 1, "protocol": 2}')
    assert client.receive()["error"]["code"] == "wrong_version"
    with pytest.raises(Gone) as gone:
        client.receive()
    assert gone.value.code == Close.RELOAD


def test_hello_comes_first(stage: Stage) -> None:
    client = stage.client(name="Grace").connect()
    client.raw('{"type": "messages", "ref": 5, "room": 1}')
    refused = client.receive()
    assert (refused["type"], refused["ref"], refused["error"]["code"]) == ("error", 5, "invalid")
    client.raw('{"type": "ping", "ref": 6}')
    assert client.receive() == {"type": "reply", "ref": 6, "result": {}}
    client.greet()


def test_hello_twice_is_harmless(stage: Stage) -> None:
    alice, bob = stage.guests("alice", "bob")
    alice.enters("lobby")
    bob.enters("lobby")
    bob.client.greet(again=True)
    alice.posts("hi")
    bob.sees_only("hi")
    assert sum(frame["type"] == "changes" and "messages" in frame for frame in bob.client.frames) == 1


def test_more_rooms_than_a_connection_hears(stage: Stage, options: Callable[..., None]) -> None:
    alice = stage.guest("alice")
    rooms = [alice.enters(f"room {index}")["room"]["id"] for index in range(5)]
    alice.opens(rooms[0])
    alice.posts("lively")
    alice.closes()
    options(max_rooms_per_connection=3)
    alice.client.open()
    hello = next(frame for frame in reversed(alice.client.frames) if frame["type"] == "hello")
    heard = {state["room"]["id"] for state in hello["rooms"]}
    assert len(heard) == 3
    assert rooms[0] in heard
    other = next(room for room in rooms if room not in heard)
    alice.is_refused("limit_reached", "subscribe", room=other)
    alice.client.call("unsubscribe", room=rooms[0])
    alice.client.call("subscribe", room=other)
    assert Room.objects.count() == 5


def test_the_rooms_that_hello_left_out_are_in_the_changes_of_ones_own(
    stage: Stage, options: Callable[..., None]
) -> None:
    alice = stage.guest("alice")
    rooms = {alice.enters(f"room {index}")["room"]["id"] for index in range(5)}
    alice.closes()
    options(max_rooms_per_connection=2)
    alice.client.open()
    mine = alice.client.call("changes", since=0)
    assert {state["room"]["id"] for state in mine["rooms"]} == rooms


def test_positions_of_rooms_that_one_looks_into_are_ignored(stage: Stage) -> None:
    alice = stage.guest("alice")
    alice.enters("lobby")
    bob = stage.guest("bob")
    bob.enters("attic")
    bob.looks_into("lobby")
    lobby = bob.room
    bob.goes_offline()
    alice.posts("meanwhile")
    bob.client.frames.clear()
    bob.comes_back()
    frames = bob.client.frames
    caught_up = next(index for index, frame in enumerate(frames) if frame["type"] == "caught_up")
    hello = next(command for command in reversed(bob.client.sent) if command["type"] == "hello")
    assert str(lobby) in hello["positions"]
    assert not [one for one in frames[:caught_up] if one.get("room") == lobby]
    bob.sees("meanwhile")


def test_one_is_subscribed_to_rooms_that_one_joins_while_the_hello_is_read(stage: Stage) -> None:
    """Two devices at once: one opens while the other enters room after room."""
    alice = stage.guest("alice")
    alice.enters("room 0")
    refs = [alice.client.start("room.enter", name=f"room {index}") for index in range(1, 15)]
    devices = [alice.on_another_device() for _ in range(3)]
    for ref in refs:
        alice.client.answer(ref)
    for device in [alice, *devices]:
        device.client.wait(
            lambda device=device: sum(view.position is not None for view in device.state.rooms.values()) == 15
        )
    names = {view.info["name"]: room for room, view in alice.state.rooms.items()}
    for name, room in names.items():
        alice.room = room
        alice.posts(f"in {name}")
        for device in devices:
            device.client.wait(lambda device=device, room=room: device.state.rooms[room].last_number == 1)


def test_changes_since_any_position_on_demand(stage: Stage) -> None:
    alice = stage.guest("alice")
    alice.enters("lobby")
    for index in range(3):
        alice.posts(str(index))
    frame = alice.client.call("changes", room=alice.room, since=2)
    assert (frame["type"], frame["since"], [message["body"] for message in frame["messages"]]) == (
        "changes",
        2,
        ["0", "1", "2"],
    )
    assert frame["ref"]
    mine = alice.client.call("changes", since=0)
    assert mine["me"] == alice.id
    assert [one["room"] for one in mine["memberships"]] == [alice.room]
    assert alice.client.call("changes", room=alice.room, since=9999)["type"] == "reset"
