"""What is counted for all processes together: rooms, names, newcomers, tokens."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from tests.accounts import cookies_of, new_person
from tests.play import Actor, Stage
from tests.serving import ThreadServer
from tests.sockets import DEADLINE_SECONDS
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from groupchat.actions.empty_rooms import expire_empty_rooms
from groupchat.errors import Close
from groupchat.models import Room, RoomName

pytestmark = pytest.mark.usefixtures("server")

Options = Callable[..., None]


def test_nobody_makes_rooms_all_day(stage: Stage, options: Options) -> None:
    options(max_guest_rooms_per_hour=2, max_new_rooms_per_hour=3)
    grace, ada = stage.guest("Grace"), stage.user("ada", cookies_of(new_person("ada")))
    for who, most in ((grace, 2), (ada, 3)):
        for number in range(most):
            who.client.call("room.enter", name=f"{who.name} {number}")
        refused = who.is_refused("rate_limited", "room.enter", name=f"{who.name} more")
        assert 60 < refused["retry_after"] <= 1800
    grace.client.call("room.enter", name="ada 1")  # to come in is no making
    assert Room.objects.count() == 5


def test_owners_of_the_site_make_as_many_as_they_like(stage: Stage, options: Options) -> None:
    options(max_new_rooms_per_hour=1, max_room_renames_per_hour=1)
    ada = stage.user("ada", cookies_of(new_person("ada", is_owner=True)))
    for number in range(4):
        room = ada.client.call("room.enter", name=f"Room {number}")["room"]
    for number in range(3):
        ada.client.call("room.rename", room=room["id"], name=f"Name {number}")


def test_a_room_is_not_renamed_all_day(stage: Stage, options: Options) -> None:
    options(max_room_renames_per_hour=2)
    grace = stage.guest("Grace")
    room = grace.client.call("room.enter", name="tea")["room"]["id"]
    other = stage.guest("Other")
    other.client.call("room.enter", name="tea")
    for _ in range(5):
        other.is_refused("forbidden", "room.rename", room=room, name="Mine")  # uses nothing up
    for name in ("one", "two"):
        grace.client.call("room.rename", room=room, name=name)
    refused = grace.is_refused("rate_limited", "room.rename", room=room, name="three")
    assert 60 < refused["retry_after"] <= 1800


def test_a_guest_keeps_only_some_former_names(stage: Stage, options: Options) -> None:
    options(max_room_renames_per_hour=0, max_former_names=2)
    grace = stage.guest("Grace")
    room = grace.client.call("room.enter", name="name 0")["room"]["id"]
    for number in range(1, 6):
        grace.client.call("room.rename", room=room, name=f"name {number}")
    assert set(RoomName.objects.values_list("key", flat=True)) == {"name 3", "name 4", "name 5"}
    assert grace.client.call("room.enter", name="name 3")["room"]["id"] == room
    assert grace.client.call("room.enter", name="name 0")["created"]


def test_names_that_accounts_gave_stay_reserved(stage: Stage, options: Options) -> None:
    options(max_room_renames_per_hour=0, max_former_names=1)
    ada = stage.user("ada", cookies_of(new_person("ada")))
    room = ada.client.call("room.enter", name="name 0")["room"]["id"]
    for number in range(1, 4):
        ada.client.call("room.rename", room=room, name=f"name {number}")
    assert RoomName.objects.filter(room_id=room).count() == 4


def closed_with(server: ThreadServer, **headers: str) -> int | None:
    """With which code a new socket is closed at once; None where it stays open."""
    with connect(f"ws://{server.address}/ws/", additional_headers=headers) as socket:
        try:
            socket.send('{"type": "hello", "ref": 1, "protocol": 1}')
            socket.recv(DEADLINE_SECONDS)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd is not None else 0
    return None


def test_newcomers_of_an_address_are_counted(server: ThreadServer, stage: Stage, options: Options) -> None:
    options(max_new_guests_per_minute=2, trusted_proxies=1)
    here, there = {"X-Forwarded-For": "192.0.2.7"}, {"X-Forwarded-For": "192.0.2.8"}
    assert [closed_with(server, **here) for _ in range(3)] == [None, None, Close.TOO_MANY_CONNECTIONS]
    assert closed_with(server, **there) is None


def test_tokens_are_not_guessed_over_sockets(server: ThreadServer, stage: Stage, options: Options) -> None:
    options(max_wrong_tokens_per_minute=2, trusted_proxies=1)
    guess = {"X-Forwarded-For": "192.0.2.7", "Authorization": "Bearer guess"}
    codes = [closed_with(server, **guess) for _ in range(3)]
    assert codes == [Close.SIGN_IN, Close.SIGN_IN, Close.TOO_MANY_CONNECTIONS]


def test_at_the_tutorials_address_rooms_are_counted_too(server: ThreadServer, stage: Stage, options: Options) -> None:
    options(max_guest_rooms_per_hour=0, max_guest_rooms_per_hour_of_address=1, trusted_proxies=1)
    told = []
    for name in ("one", "two"):
        address = f"ws://{server.address}/ws/chat/{name}/"
        with connect(address, additional_headers={"X-Forwarded-For": "192.0.2.7"}) as socket:
            socket.send('{"message": "hi"}')
            told.append(json.loads(socket.recv(DEADLINE_SECONDS)))
    assert told[0]["message"] == "hi"
    assert told[1]["error"]["code"] == "rate_limited"
    assert told[1]["error"]["retry_after"] > 0


def test_who_has_an_empty_room_open_is_told_that_it_went(server: ThreadServer, stage: Stage, options: Options) -> None:
    options(empty_room_hours=1)
    ada, grace = stage.guest("Ada"), stage.guest("Grace")
    ada.enters("tea")
    phone = ada.on_another_device()
    grace.looks_into("tea")
    room = Room.objects.get(name="tea")
    with connect(f"ws://{server.address}/ws/chat/tea/") as tutorial:
        assert not expire_empty_rooms(now=timezone.now() + timedelta(hours=2))
        with pytest.raises(ConnectionClosed) as closed:
            tutorial.recv(DEADLINE_SECONDS)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == Close.REMOVED
    for one in (ada, phone):
        one.client.wait(lambda one=one: room.pk not in joined(one))
    grace.client.wait(lambda: any(f.get("room") == room.pk and f["type"] == "reset" for f in grace.client.frames))
    for one in (ada, phone, grace):
        one.is_refused("not_found", "subscribe", room=room.pk)
        one.is_refused("not_found", "message.post", room=room.pk, body="hi", client_message_id=uuid4().hex)
    assert grace.client.call("room.enter", name="tea")["created"], "and its name is free"


def joined(one: Actor) -> set[int]:
    """The rooms that this device was told it is in, and not out of again."""
    rooms: set[int] = set()
    for frame in one.client.frames:
        for membership in frame.get("memberships", ()):
            (rooms.add if membership["state"] == "joined" else rooms.discard)(membership["room"])
    return rooms
