"""What a connection leaves behind when it goes, and what it finds when it comes back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from tests.accounts import cookies_of, new_person
from tests.play import Actor, Stage
from tests.realtime.test_hello import comes_back_with
from tests.serving import FAST, ThreadServer
from tests.sockets import Gone, Refused

from groupchat.errors import Close
from groupchat.realtime import runtime as runtimes
from groupchat.realtime.admission.sessions import visitors_of
from groupchat.realtime.delivery.batching import Batcher
from groupchat.realtime.gateway import client_session as door

Options = Callable[..., None]


def test_coming_back_is_no_way_to_a_new_allowance(server: ThreadServer, stage: Stage, options: Options) -> None:
    options(max_commands_per_second=1, max_commands_burst=50)
    cookies = cookies_of(new_person("ada"))
    replies, began = 0, time.monotonic()
    for _ in range(4):
        socket = stage.client(cookies=cookies).connect()
        for index in range(50):
            socket.raw(f'{{"type": "ping", "ref": {index}}}')
        replies += [socket.receive()["type"] for _ in range(50)].count("reply")
        socket.close()
        server.wait(lambda runtime: not runtime.connections)
    assert replies <= 50 + (time.monotonic() - began) + 1


@pytest.mark.parametrize("where", ["rooms_of", "resumes"])
def test_who_goes_while_hello_is_answered_is_not_listened_for(
    where: str, server: ThreadServer, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = stage.user("ada", cookies_of(new_person("ada")))
    ada.enters("lobby")
    ada.goes_offline()
    server.wait(lambda runtime: not runtime.connections and not runtime.hub.topics)
    batcher = server.ask(lambda runtime: getattr(runtime, where))
    asked, go_on = server.ask(lambda runtime: (asyncio.Event(), asyncio.Event()))
    ask = batcher.ask

    async def ask_slowly(question: Any) -> Any:
        asked.set()
        await go_on.wait()
        return await ask(question)

    monkeypatch.setattr(batcher, "ask", ask_slowly)
    ada.client.connect()
    ada.client.start("hello", protocol=1)
    server.wait(lambda runtime: asked.is_set())
    ada.goes_offline()
    server.wait(lambda runtime: not runtime.connections)
    server.ask(lambda runtime: go_on.set())
    server.wait(lambda runtime: not runtime._tasks)
    assert server.ask(lambda runtime: (dict(runtime.of_person), list(runtime.hub.topics))) == ({}, [])


def test_who_only_listens_stays(any_server: ThreadServer, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where the server, not we, asks for signs of life: a silent socket there is no dead one."""
    if any_server.kind == FAST:
        pytest.skip("it answers our pings")
    listener = stage.client(path="/ws/chat/lobby/").connect()
    any_server.wait(lambda runtime: runtime.connections)
    monkeypatch.setattr(runtimes, "HEARTBEAT_SECONDS", 0.01)

    async def looks() -> bool:
        runtime = await runtimes.here()
        keeper = asyncio.create_task(runtime._keep())
        await asyncio.sleep(0.3)
        keeper.cancel()
        return any(connection.closed for connection in runtime.connections) or not runtime.connections

    assert not any_server.run(looks())
    listener.close()


def test_a_frame_larger_than_ours_on_a_server_that_takes_it(
    any_server: ThreadServer, stage: Stage, options: Options
) -> None:
    if any_server.kind == FAST:
        pytest.skip("it refuses such a frame itself")
    options(max_frame_bytes=1_000)
    client = stage.client(name="Grace").open()
    client.raw('{"type": "ping", "ref": 1, "filler": "%s"}' % ("é" * 400))
    assert client.receive()["type"] == "reply"
    client.raw('{"type": "ping", "ref": 2, "filler": "%s"}' % ("é" * 500))
    assert client.closed_with() == Close.TOO_LARGE


def test_what_was_missed_fits_the_outbox_or_is_reset(server: ThreadServer, stage: Stage, options: Options) -> None:
    """Else the socket would be closed as slow in the middle of it, at each return anew."""
    ada = stage.user("ada", cookies_of(new_person("ada")))
    rooms = [ada.enters(name)["room"]["id"] for name in ("one", "two", "three")]
    writer = stage.user("bob", cookies_of(new_person("bob")))
    positions = {str(room): ada.state.rooms[room].position for room in rooms}
    for name in ("one", "two", "three"):
        writer.enters(name)
        for index in range(4):
            writer.posts(f"{index}" * 4_000)
    ada.goes_offline()
    options(max_outbox_bytes=90_000)
    frames = comes_back_with(ada, positions=positions)
    kinds = [frame["type"] for frame in frames if frame["type"] in ("changes", "reset")]
    assert sorted(kinds) == ["changes", "changes", "reset"]


def test_a_session_that_can_not_be_read_is_asked_for_again(
    server: ThreadServer, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    from groupchat.actions.people import set_active

    monkeypatch.setattr(door, "REAUTHENTICATION_RETRY_SECONDS", 0.01)
    ada = new_person("ada")
    laptop: Actor = stage.user("ada", cookies_of(ada))
    batcher: Batcher[Any, Any] = server.ask(lambda runtime: runtime.visitors_of)
    ask, failures = batcher.ask, [OSError("no session store"), OSError("still none")]

    async def ask_badly(question: Any) -> Any:
        if failures:
            raise failures.pop()
        return await ask(question)

    monkeypatch.setattr(batcher, "ask", ask_badly)
    set_active(person=ada, is_active=False)
    assert laptop.client.closed_with() == Close.SIGNED_OUT
    assert not failures


@pytest.mark.usefixtures("transactional_db")
def test_a_cookie_with_a_nul_is_asked_for_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL refuses the statement it stands in, and with it everybody who came at the same moment."""
    from groupchat.realtime.admission import sessions
    from groupchat.realtime.admission.handshake import Credentials

    asked: list[str] = []
    monkeypatch.setattr(sessions, "visitor_of", lambda cookies: asked.append(cookies[settings.SESSION_COOKIE_NAME]))
    visitors_of([Credentials({settings.SESSION_COOKIE_NAME: "a\0" * 16})])
    assert asked == ["a\0" * 16]
    assert sessions._users(["a\0" * 16]) == {}


def test_who_hears_a_room_and_cannot_be_told_of_it_anew_is_sent_back(
    server: ThreadServer, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would go on as one that hears the room, and the failed answer has ended that."""
    stage.guest("host").enters("lobby")
    ada = stage.guest("ada")
    room = ada.looks_into("lobby")["room"]["id"]

    batcher = server.ask(lambda runtime: runtime.room_states)
    answer = batcher._answer
    looks: Iterator[str] = iter(())

    def fails_when_the_topic_is_begun(questions: Any) -> Any:
        if next(looks, None) is None:
            raise OperationalError("the database is away")
        return answer(questions)

    with monkeypatch.context() as patch:
        patch.setattr(batcher, "_answer", fails_when_the_topic_is_begun)
        looks = iter(("at the room",))
        with pytest.raises(Gone) as gone:
            ada.client.call("subscribe", room=room)
        assert gone.value.code == Close.ERROR
        newcomer = stage.guest("newcomer")
        looks = iter(("at the room",))
        with pytest.raises(Refused):  # who did not hear it keeps the connection
            newcomer.client.call("subscribe", room=room)
        newcomer.client.call("ping")
