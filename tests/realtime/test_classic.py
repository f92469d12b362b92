"""The tutorial protocol: the protocol of the Channels tutorial, and the tutorial's own promises."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

import pytest
import websockets.sync.client
from tests.accounts import cookies_of, new_person
from tests.domain.says import say
from tests.play import Actor, Stage
from tests.serving import ThreadServer
from tests.sockets import DEADLINE_SECONDS, headers, status_of
from tests.sockets import cookies_of as cookies_set_by
from websockets.exceptions import ConnectionClosed

from groupchat.actions import messages, rooms
from groupchat.errors import Close
from groupchat.models import Membership, Message, Person, Room


class Talker:
    """A client of the tutorial: it knows no `type` and no `ref`."""

    def __init__(self, socket: websockets.sync.client.ClientConnection) -> None:
        self.socket = socket
        assert socket.response is not None
        self.cookies = cookies_set_by(socket.response.headers)

    def says(self, message: Any, **members: Any) -> None:
        self.socket.send(json.dumps({"message": message, **members}))

    def hears(self) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(self.socket.recv(timeout=DEADLINE_SECONDS))
        return frame

    def hears_error(self) -> dict[str, Any]:
        frame = self.hears()
        assert set(frame) == {"error", "message"}, frame
        error: dict[str, Any] = frame["error"]
        assert frame["message"] == error["message"], "the tutorial's page prints `message` of whatever comes"
        assert error["message"]
        return error

    def closed_with(self) -> int | None:
        try:
            while True:
                self.hears()
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None


Enter = Callable[..., Talker]


@pytest.fixture
def enter(request: pytest.FixtureRequest) -> Iterator[Enter]:
    """Opens a classic socket into the room of a name."""
    name = "any_server" if "any_server" in request.fixturenames else "server"
    server: ThreadServer = request.getfixturevalue(name)
    with ExitStack() as ends:

        def open_(room: str, *, as_: str = "", cookies: Mapping[str, str] = MappingProxyType({})) -> Talker:
            query = f"?name={quote(as_)}" if as_ else ""
            connecting = websockets.sync.client.connect(
                f"ws://{server.address}/ws/chat/{quote(room, safe='')}/{query}",
                additional_headers=headers(cookies, f"http://{server.address}" if cookies else None),
            )
            return Talker(ends.enter_context(connecting))

        yield open_


def test_seen_by_everyone_in_the_same_room(any_server: ThreadServer, enter: Enter) -> None:
    one, two = enter("room_1", as_="Ada"), enter("room_1", as_="Grace")
    one.says("hello")
    for talker in (one, two):
        frame = talker.hears()
        assert (frame["message"], frame["username"], frame["number"]) == ("hello", "Ada", 1)
        assert set(frame) == {"message", "username", "number", "seq", "at"}
    two.says("hello yourself")
    assert one.hears()["username"] == two.hears()["username"] == "Grace"


def test_seen_by_nobody_in_another_room(any_server: ThreadServer, enter: Enter) -> None:
    one, two = enter("room_1"), enter("room_2")
    one.says("hello")
    two.says("world")
    assert one.hears()["message"] == "hello"
    assert two.hears()["message"] == "world"
    one.says("again")
    assert one.hears()["message"] == "again"
    with pytest.raises(TimeoutError):
        two.socket.recv(timeout=0.3)


def test_nothing_is_written_before_the_first_message(server: ThreadServer, enter: Enter) -> None:
    talkers = [enter("room_1", as_=f"talker {index}") for index in range(3)]
    server.wait(lambda runtime: runtime.awaited.waiting == 3)
    assert [model.objects.count() for model in (Person, Room, Membership, Message)] == [0, 0, 0, 0]
    talkers[0].says("hi")
    for talker in talkers:
        assert talker.hears()["message"] == "hi"
    assert [model.objects.count() for model in (Person, Room, Membership, Message)] == [1, 1, 1, 1]
    assert server.ask(lambda runtime: runtime.awaited.names()) == []


def test_the_room_is_made_while_one_listens(server: ThreadServer, stage: Stage, enter: Enter) -> None:
    """By somebody at the other door, and by a process that we hear of by the sweep alone."""
    listener = enter("Great Hall")
    server.wait(lambda runtime: runtime.awaited.waiting)
    alice = stage.guest("alice")
    alice.enters("great hall")
    alice.posts("first")
    assert listener.hears()["message"] == "first"
    listener.says("second")
    alice.sees("first", "second")
    assert listener.hears()["message"] == "second"


def test_both_doors_lead_into_the_same_room(server: ThreadServer, stage: Stage, enter: Enter) -> None:
    alice = stage.guest("alice")
    alice.enters("lobby")
    grace = enter("LOBBY", as_="Grace")
    alice.posts("hi")
    assert grace.hears() | {"username": "alice"} == grace_heard(alice, "hi")
    grace.says("hello")
    alice.sees("hi", "hello")
    assert grace.hears()["number"] == 2


def grace_heard(alice: Actor, body: str) -> dict[str, Any]:
    """The same message as the native door shows it."""
    alice.sees(body)
    (message,) = [one for one in alice.view.shown() if one["body"] == body]
    return {
        "message": body,
        "username": "alice",
        "number": message["number"],
        "seq": message["seq"],
        "at": message["at"],
    }


def test_it_hears_posts_only(server: ThreadServer, stage: Stage, user: Callable[..., Actor], enter: Enter) -> None:
    alice = user("alice")
    alice.enters("lobby")
    alice.posts("one")
    listener = enter("lobby")
    alice.posts("two")
    assert listener.hears()["message"] == "two", "no replay"
    alice.sees("one", "two")
    alice.edits("two", "edited")
    alice.deletes("one")
    alice.sets_the_topic("quiet")
    stage.guest("bob").enters("lobby")
    alice.posts("three")
    assert listener.hears()["message"] == "three"


@pytest.mark.parametrize("name", ["C++", "C#", "🎉", "a b", "100%", "%2F", "naïve café", "a?b=c&d"])
def test_names_are_percent_encoded(name: str, server: ThreadServer, enter: Enter) -> None:
    one, two = enter(name), enter(name)
    one.says("hi")
    assert two.hears()["message"] == "hi"
    assert Room.objects.get().name == name


@pytest.mark.parametrize("name", [".", "..", "\u200b", "x" * 120, "a\x00b", "a\u202eb"])
def test_names_that_can_not_be(name: str, server: ThreadServer, enter: Enter) -> None:
    talker = enter(name)
    assert talker.hears_error()["code"] in ("invalid", "too_long")
    assert talker.closed_with() == Close.UNKNOWN_ROOM
    assert not Room.objects.exists()


def test_a_name_it_once_had(server: ThreadServer, enter: Enter) -> None:
    alice = new_person("alice")
    room = rooms.create(person=alice, name="Lobby")
    rooms.rename(person=alice, room_id=room.pk, name="Hall")
    listener = enter("lobby")
    say(alice, room, "hi")
    assert listener.hears()["message"] == "hi"


def test_a_private_room_is_none(server: ThreadServer, enter: Enter) -> None:
    alice = new_person("alice")
    room = rooms.create(person=alice, name="Cellar", kind=Room.Kind.PRIVATE, slug="zX9-secret")
    inside = enter("zX9-secret", cookies=cookies_of(alice))
    outside = enter("zX9-secret")
    inside.says("psst")
    assert inside.hears()["message"] == "psst"
    outside.says("anybody?")
    assert outside.hears()["message"] == "anybody?"
    assert Message.objects.get(body="anybody?").room != room


def test_with_an_account(server: ThreadServer, enter: Enter) -> None:
    ada = new_person("ada")
    talker = enter("lobby", cookies=cookies_of(ada), as_="Somebody else")
    talker.says("hi")
    assert talker.hears()["username"] == ada.name
    assert Person.objects.get().kind == Person.Kind.USER


def test_a_guest_who_comes_back_is_the_same(server: ThreadServer, enter: Enter) -> None:
    first = enter("lobby", as_="Grace")
    first.says("hi", client_message_id="once")
    number = first.hears()["number"]
    again = enter("lobby", cookies=first.cookies)
    again.says("hi", client_message_id="once")
    again.says("next")
    assert again.hears()["number"] == number + 1
    assert Person.objects.get().name == "Grace"


def test_without_a_name_one_is_made_up(server: ThreadServer, enter: Enter) -> None:
    talker = enter("lobby")
    talker.says("hi")
    assert talker.hears()["username"].startswith("guest-")


def test_a_wrong_name_is_told_and_another_made_up(server: ThreadServer, enter: Enter) -> None:
    talker = enter("lobby", as_="x" * 51)
    error = talker.hears_error()
    assert (error["code"], error["field"]) == ("too_long", "name")
    talker.says("hi")
    assert talker.hears()["username"].startswith("guest-")


def test_order_is_kept_while_the_room_is_made(server: ThreadServer, enter: Enter) -> None:
    talker, listener = enter("lobby"), enter("lobby")
    for index in range(20):
        talker.says(str(index))
    assert [talker.hears()["message"] for _ in range(20)] == [str(index) for index in range(20)]
    assert [listener.hears()["number"] for _ in range(20)] == list(range(1, 21))


BAD = {
    "not JSON": ("hi", "bad_frame", None),
    "a list": ("[]", "bad_frame", None),
    "a number": ("3", "bad_frame", None),
    "null": ("null", "bad_frame", None),
    "nothing": ("", "bad_frame", None),
    "no message": ("{}", "invalid", "message"),
    "another type": ('{"message": 3}', "invalid", "message"),
    "null message": ('{"message": null}', "invalid", "message"),
    "an empty one": ('{"message": ""}', "invalid", "message"),
    "spaces": ('{"message": " \\n "}', "invalid", "message"),
    "control characters": ('{"message": "\\u0001"}', "invalid", "message"),
    "NUL": ('{"message": "a\\u0000"}', "invalid", "message"),
    "too long": (json.dumps({"message": "x" * 8001}), "too_long", "message"),
    "a wrong id": ('{"message": "hi", "client_message_id": "a b"}', "invalid", "client_message_id"),
    "an id of another type": ('{"message": "hi", "client_message_id": 3}', "invalid", "client_message_id"),
}


@pytest.mark.parametrize("room_exists", [False, True])
def test_bad_input_is_told_and_the_socket_stays(room_exists: bool, server: ThreadServer, enter: Enter) -> None:
    if room_exists:
        rooms.create(person=new_person(), name="lobby")
    talker = enter("lobby")
    before = [model.objects.count() for model in (Person, Room, Membership, Message)]
    for text, code, field in BAD.values():
        talker.socket.send(text)
        error = talker.hears_error()
        assert (error["code"], error.get("field")) == (code, field), text
    assert [model.objects.count() for model in (Person, Room, Membership, Message)] == before
    talker.says("still here", another="member")
    assert talker.hears()["message"] == "still here"


def test_a_refusal_for_haste_is_told_in_words_too(
    server: ThreadServer, enter: Enter, options: Callable[..., None]
) -> None:
    options(max_commands_per_second=1, max_commands_burst=3)
    talker = enter("lobby")
    for index in range(6):
        talker.says(str(index))
    errors = [frame for frame in (talker.hears() for _ in range(6)) if "error" in frame]
    assert errors
    for frame in errors:
        assert frame["error"]["code"] == "rate_limited"
        assert frame["error"]["retry_after"] > 0
        assert frame["message"] == "Too many messages at once. Try again in a moment."


def test_binary_frames_break_the_protocol(any_server: ThreadServer, enter: Enter) -> None:
    talker = enter("lobby")
    talker.socket.send(b'{"message": "hi"}')
    assert talker.closed_with() == Close.BROKEN_FRAME


def test_whoever_leaves_the_room_leaves_this_door(server: ThreadServer, enter: Enter) -> None:
    ada = new_person("ada")
    room = rooms.create(person=ada, name="lobby")
    talker = enter("lobby", cookies=cookies_of(ada))
    talker.says("hi")
    talker.hears()
    rooms.leave(person=ada, room_id=room.pk)
    assert talker.closed_with() == Close.REMOVED


def test_banned_people_do_not_come_in(server: ThreadServer, enter: Enter) -> None:
    ada = new_person("ada")
    room = rooms.create(person=ada, name="lobby")
    Membership.objects.update(state=Membership.State.BANNED)
    talker = enter("lobby", cookies=cookies_of(ada))
    assert talker.hears_error()["code"] == "forbidden"
    assert talker.closed_with() == Close.REMOVED
    assert room.pk


@pytest.mark.parametrize("path", ["/ws/", "/ws/chat/lobby/"])
def test_origins(path: str, any_server: ThreadServer) -> None:
    address = any_server.address
    ada = cookies_of(new_person("ada"))
    assert status_of(address, path) == 101, "a program: no origin, no cookies"
    assert status_of(address, path, origin=f"http://{address}") == 101
    assert status_of(address, path, origin=f"http://{address}", cookies=ada) == 101
    assert status_of(address, path, cookies=ada) == 403, "cookies without an origin"
    for foreign in ("http://evil.example", "null", f"http://{address}.evil.example", "http://127.0.0.1:1", ""):
        if foreign:
            assert status_of(address, path, origin=foreign, cookies=ada) == 403, foreign
            assert status_of(address, path, origin=foreign) == 403, foreign


def test_paths_that_lead_nowhere(any_server: ThreadServer) -> None:
    for path in ("/", "/ws", "/ws/chat/", "/ws/chat/lobby", "/ws/chat/a/b/", "/ws/other/"):
        assert status_of(any_server.address, path) in (403, 404), path


def test_a_message_from_a_shell_is_heard(server: ThreadServer, enter: Enter) -> None:
    alice = new_person("alice")
    room = rooms.create(person=alice, name="lobby")
    listener = enter("lobby")
    messages.post([messages.Post(room.pk, alice, "from the console", "x")])
    assert listener.hears()["message"] == "from the console"
