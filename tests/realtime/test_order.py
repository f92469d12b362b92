"""The commands of one connection for one room take effect in the order in which they were sent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from tests.play import Actor, Stage
from tests.serving import ThreadServer
from tests.sockets import DEADLINE_SECONDS, Refused

from groupchat.models import Membership, Message, Room
from groupchat.protocol import SetTopic
from groupchat.realtime.gateway import native


@pytest.fixture
def held(server: ThreadServer) -> Iterator[threading.Event]:
    """Nothing is written until this is set."""
    gate, holds = threading.Event(), threading.Event()

    def hold() -> None:
        holds.set()
        gate.wait(DEADLINE_SECONDS)

    server.ask(lambda runtime: runtime.spawn(runtime.database.write(hold)))
    assert holds.wait(DEADLINE_SECONDS)
    yield gate
    gate.set()


@pytest.fixture
def ada(request: pytest.FixtureRequest, stage: Stage, user: Callable[..., Actor]) -> Actor:
    """A member of the lobby, or a guest who has written nothing yet and looks into it."""
    if request.param == "member":
        ada = user("ada")
        ada.enters("lobby")
        return ada
    stage.guest("host").enters("lobby")
    ada = stage.guest("ada")
    ada.looks_into("lobby")
    return ada


@pytest.mark.parametrize("ada", ["member", "guest"], indirect=True)
def test_who_posts_and_leaves_is_out(ada: Actor, held: threading.Event) -> None:
    refs = [ada.starts_to_post("word 0")]
    ada.client.drain()  # it is in a batch of its own, and the others wait for the next
    refs += [ada.starts_to_post(f"word {index}") for index in range(1, 5)]
    refs.append(ada.client.start("room.leave", room=ada.room))
    ada.client.drain()  # the server has taken them all in
    held.set()
    for ref in refs:
        ada.client.answer(ref)
    ada.client.wait(lambda: ada.state.me is not None)
    membership = Membership.objects.get(person_id=ada.id)
    assert membership.state == Membership.State.LEFT
    posted = Message.objects.filter(author_id=ada.id).order_by("number")
    assert [message.body for message in posted] == [f"word {index}" for index in range(5)]
    assert membership.seq > max(message.seq for message in posted)
    ada.client.wait(lambda: ada.room not in ada.state.rooms)


@pytest.mark.parametrize("ada", ["member"], indirect=True)
def test_who_leaves_and_posts_is_in(ada: Actor, held: threading.Event) -> None:
    refs = [
        ada.starts_to_post("before"),
        ada.client.start("room.leave", room=ada.room),
        ada.starts_to_post("after"),
    ]
    ada.client.drain()
    held.set()
    for ref in refs:
        ada.client.answer(ref)
    assert Membership.objects.get(person_id=ada.id).state == Membership.State.JOINED
    assert list(Message.objects.order_by("number").values_list("body", flat=True)) == ["before", "after"]


@pytest.mark.parametrize("ada", ["member"], indirect=True)
def test_what_is_read_waits_for_nobody(ada: Actor, held: threading.Event) -> None:
    ref = ada.starts_to_post("held up")
    assert ada.client.call("messages", room=ada.room)["messages"] == []
    held.set()
    ada.client.answer(ref)
    assert Room.objects.get().last_number == 1


def test_a_command_that_writes_and_does_not_say_so_is_refused(
    server: ThreadServer,
    user: Callable[..., Actor],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It would overtake posts; so who forgets to say so learns it with the first test of a new command."""
    ada = user("ada")
    ada.enters("lobby")
    monkeypatch.setitem(native.DECLARED, SetTopic, replace(native.DECLARED[SetTopic], writes=False))
    with pytest.raises(Refused) as refused:
        ada.client.call("room.topic", room=ada.room, topic="new")
    assert refused.value.code == "unavailable"
    assert "declared so" in caplog.text
    assert Room.objects.get(pk=ada.room).topic == ""
