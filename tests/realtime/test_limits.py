"""Limits: each with one named thing that happens there, and none of them where it is switched off."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

import pytest
import websockets.asyncio.client
from tests.accounts import cookies_of, new_person
from tests.domain.says import rows
from tests.play import Actor, Stage
from tests.serving import FAST, ThreadServer
from tests.sockets import DEADLINE_SECONDS, Client, Gone, Refused, headers
from websockets.exceptions import ConnectionClosed

from groupchat.errors import Close
from groupchat.models import Message
from groupchat.realtime.registries import Visitors

Options = Callable[..., None]


def test_more_commands_than_one_may_send(server: ThreadServer, stage: Stage, options: Options) -> None:
    options(max_commands_per_second=1, max_commands_burst=20)
    grace = stage.guest("Grace")
    grace.enters("lobby")
    began = time.monotonic()
    refs = [grace.starts_to_post(str(index)) for index in range(60)]
    grace.client.wait(lambda: len([one for one in grace.client.frames if one.get("ref") in refs]) == 60)
    answers = [one for one in grace.client.frames if one.get("ref") in refs]
    took = time.monotonic() - began
    taken = [one for one in answers if one["type"] == "reply"]
    refused = [one["error"] for one in answers if one["type"] == "error"]
    assert len(taken) <= 17 + took + 1
    assert refused
    assert {error["code"] for error in refused} == {"rate_limited"}
    assert all(0 < error["retry_after"] <= 1 for error in refused)
    assert Message.objects.count() == len(taken)
    time.sleep(refused[-1]["retry_after"])  # as long as we were told
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        try:
            grace.client.call("ping")
            break
        except Refused as again:
            assert time.monotonic() < deadline
            time.sleep(again.error["retry_after"])


def test_the_allowance_is_a_persons_not_a_sockets(server: ThreadServer, stage: Stage, options: Options) -> None:
    options(max_commands_per_second=1, max_commands_burst=10)
    ada = new_person("ada")
    sockets = [stage.client(cookies=cookies_of(ada)).connect() for _ in range(4)]
    for socket in sockets:
        for index in range(10):
            socket.raw(f'{{"type": "ping", "ref": {index}}}')
    answers = [socket.receive()["type"] for socket in sockets for _ in range(10)]
    assert answers.count("reply") < 20
    assert answers.count("error") > 20
    bob = stage.guest("bob")
    bob.client.drain()


def test_a_flood_ends_the_socket(any_server: ThreadServer, stage: Stage, options: Options) -> None:
    options(max_commands_per_second=1, max_commands_burst=5)
    client = stage.client(name="Grace").connect()
    with contextlib.suppress(ConnectionClosed):
        for index in range(400):
            client.raw(f'{{"type": "ping", "ref": {index}}}')
    assert client.closed_with() == Close.FLOODING


def test_garbage_counts_as_commands(server: ThreadServer, stage: Stage, options: Options) -> None:
    options(max_commands_per_second=1, max_commands_burst=5)
    client = stage.client(name="Grace").connect()
    for _ in range(20):
        client.raw("garbage")
    codes = {client.receive()["error"]["code"] for _ in range(20)}
    assert codes == {"bad_frame", "rate_limited"}


def test_no_limit(server: ThreadServer, stage: Stage, options: Options) -> None:
    options(max_commands_per_second=0, max_commands_burst=1)
    client = stage.client(name="Grace").connect()
    for index in range(1000):
        client.raw(f'{{"type": "ping", "ref": {index}}}')
    assert [client.receive()["type"] for _ in range(1000)] == ["reply"] * 1000


def test_connections_of_a_person(any_server: ThreadServer, stage: Stage, options: Options) -> None:
    options(max_connections_per_user=2)
    cookies = cookies_of(new_person("ada"))
    first, _second = stage.user("ada", cookies), stage.user("ada", cookies)
    third = stage.client(cookies=cookies).connect()
    assert third.closed_with() == Close.TOO_MANY_CONNECTIONS
    stage.user("bob", cookies_of(new_person("bob")))
    first.closes()
    any_server.wait(lambda runtime: len(runtime.connections) == 2)
    stage.user("ada", cookies)


def test_a_guest_is_counted_before_and_after_the_first_word(
    server: ThreadServer, stage: Stage, options: Options
) -> None:
    options(max_connections_per_user=2)
    grace = stage.guest("Grace")
    tab = grace.on_another_device()
    assert Client(server.address, cookies=grace.client.cookies).connect().closed_with() == Close.TOO_MANY_CONNECTIONS
    grace.enters("lobby")
    tab.client.wait(lambda: tab.state.me is not None)
    assert Client(server.address, cookies=grace.client.cookies).connect().closed_with() == Close.TOO_MANY_CONNECTIONS
    tab.closes()
    server.wait(lambda runtime: len(runtime.connections) == 1)
    grace.on_another_device()


def test_connections_that_come_at_once(any_server: ThreadServer, stage: Stage, options: Options) -> None:
    """Each is counted before the room of its handshake is read."""
    options(max_connections_per_user=3)
    stage.guest("host").enters("lobby")
    cookies = cookies_of(new_person("ada"))

    async def open_all() -> list[websockets.asyncio.client.ClientConnection]:
        given = headers(cookies, f"http://{any_server.address}")
        address = f"ws://{any_server.address}/ws/chat/lobby/"
        return await asyncio.gather(
            *(websockets.asyncio.client.connect(address, additional_headers=given) for _ in range(12))
        )

    async def crowd() -> list[int | None]:
        opened = await open_all()
        refused = 0
        async with asyncio.timeout(DEADLINE_SECONDS):
            for done in asyncio.as_completed([asyncio.create_task(one.wait_closed()) for one in opened]):
                await done
                refused += 1
                if refused == 9:
                    break
        codes = [one.close_code for one in opened]
        for one in opened:
            await one.close()
        return codes

    codes = asyncio.run(crowd())
    assert codes.count(Close.TOO_MANY_CONNECTIONS) == 9
    assert codes.count(None) == 3
    any_server.wait(lambda runtime: runtime.visitors.connections.total() == 1)


def test_an_allowance_goes_along_when_a_guest_becomes_a_person(options: Options) -> None:
    options(max_commands_per_second=1, max_commands_burst=10)
    visitors = Visitors()
    visitors.enter("guest:g")
    taken = [visitors.buckets("guest:g", 0.0)[0].take(0.0) for _ in range(10)]
    assert not any(taken)
    visitors.rename("guest:g", "person:1", 0.0)
    assert visitors.buckets("person:1", 0.0)[0].take(0.0) == 1.0
    assert dict(visitors.connections) == {"person:1": 1}


@pytest.mark.parametrize(("sent", "refused"), [(4, 0), (5, 0), (6, 1)])
def test_a_burst_is_as_long_as_it_says(
    sent: int, refused: int, server: ThreadServer, stage: Stage, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    options(max_commands_per_second=1, max_commands_burst=5)
    client = stage.client(name="Grace").connect()
    key = server.ask(lambda runtime: next(iter(runtime.visitors.connections)))
    # A rate so low that no machine is slow enough to earn one more meanwhile.
    bucket, flood = server.ask(lambda runtime: runtime.visitors.buckets(key, runtime.loop.time()))
    monkeypatch.setattr(bucket, "_rate", 1e-9)
    assert flood is not bucket
    for index in range(sent):
        client.raw(f'{{"type": "ping", "ref": {index}}}')
    assert [client.receive()["type"] for _ in range(sent)].count("error") == refused


def test_connections_of_an_address(any_server: ThreadServer, stage: Stage, options: Options) -> None:
    options(max_connections_per_address=3)
    guests = [stage.guest(f"guest {index}") for index in range(3)]
    fourth = Client(any_server.address).connect()
    assert fourth.closed_with() == Close.TOO_MANY_CONNECTIONS
    guests[0].goes_offline()
    any_server.wait(lambda runtime: len(runtime.connections) == 2)
    stage.guest("fourth")


def test_nobody_stays_counted(any_server: ThreadServer, stage: Stage, options: Options) -> None:
    options(max_connections_per_address=50, max_connections_per_user=1)
    for index in range(5):
        guest = stage.guest(f"guest {index}")
        Client(any_server.address, cookies=guest.client.cookies).connect().closed_with()
        guest.enters("lobby")
        guest.goes_offline() if index % 2 else guest.closes()
    any_server.wait(lambda runtime: not runtime.connections)
    counted = any_server.ask(
        lambda runtime: (
            dict(runtime.addresses),
            dict(runtime.visitors.connections),
            dict(runtime.of_person),
            dict(runtime.of_guest),
            list(runtime.hub.topics),
        )
    )
    assert counted == ({}, {}, {}, {}, [])


@pytest.mark.parametrize("kind", ["member", "guest"])
def test_rooms_of_a_connection(
    kind: str, server: ThreadServer, stage: Stage, user: Callable[..., Actor], options: Options
) -> None:
    host = stage.guest("host")
    rooms = [host.enters(f"room {index}")["room"]["id"] for index in range(5)]
    ada = user("ada") if kind == "member" else stage.guest("ada")
    options(max_rooms_per_connection=3)
    for room in rooms[:2]:
        ada.opens(room)
    ada.joins() if kind == "member" else ada.opens(rooms[2])
    if kind == "member":
        ada.enters("room 2")
    before = rows()
    ada.is_refused("limit_reached", "subscribe", room=rooms[3])
    ada.is_refused("limit_reached", "room.join", room=rooms[3])
    ada.is_refused("limit_reached", "room.enter", name="ROOM 3")
    ada.is_refused("limit_reached", "room.enter", name="a new one")
    ada.is_refused("invalid", "room.enter", name=" ")
    assert rows() == before, "refused before anything is written"
    ada.enters("room 0")  # one that is heard already
    ada.client.call("unsubscribe", room=rooms[1])
    assert ada.enters("a new one")["created"]
    ada.is_refused("limit_reached", "room.join", room=rooms[3])


def test_frames_that_are_too_large(any_server: ThreadServer, stage: Stage) -> None:
    client = stage.client(name="Grace").open()
    empty = '{"type": "ping", "ref": 1, "filler": ""}'
    for most in (65_535, 65_536):
        client.raw(empty.replace('""', f'"{"x" * (most - len(empty))}"'))
        assert client.receive()["type"] == "reply"
    client.raw(empty.replace('""', f'"{"x" * (65_537 - len(empty))}"'))
    assert client.closed_with() == Close.TOO_LARGE


def test_binary_frames_break_the_protocol(any_server: ThreadServer, stage: Stage) -> None:
    client = stage.client(name="Grace").open()
    client.raw(b'{"type": "ping"}')
    assert client.closed_with() == Close.BROKEN_FRAME


@pytest.mark.usefixtures("life")
def test_who_gives_no_sign_of_life_is_gone(options: Options, monkeypatch: pytest.MonkeyPatch) -> None:
    """A silent socket that answers pings stays for ever; one whose other end is dead is noticed."""
    monkeypatch.setattr("groupchat.realtime.runtime.HEARTBEAT_SECONDS", 1.0)
    server = ThreadServer(FAST).start()
    try:
        with Stage(server.address) as stage:
            alive, dead = stage.client(name="alive").open(), stage.client(name="dead").open()
            freeze(dead)
            server.wait(lambda runtime: len(runtime.connections) == 1)
            alive.drain()
            dead.cut()
    finally:
        server.stop()


def freeze(client: Client) -> None:
    """The other end takes nothing from now on, and answers nothing."""
    assert client._socket is not None
    client._socket.protocol.receive_data = lambda data: None  # type: ignore[method-assign]


def test_a_socket_that_is_closed_says_so(stage: Stage, server: ThreadServer) -> None:
    client = stage.client(name="Grace").open()
    client.raw(b"x")
    with pytest.raises(Gone, match="4000"):
        client.receive()
