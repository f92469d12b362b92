"""The commands of one connection for one room take effect in the order in which they were sent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from tests.play import Actor, Stage
from tests.serving import ThreadServer
from tests.sockets import DEADLINE_SECONDS

from groupchat.models import Membership, Message, Room

Hold = Callable[[], threading.Event]


@pytest.fixture
def hold(server: ThreadServer) -> Iterator[Hold]:
    """From its call on, nothing is written until what it returns is set."""
    gates: list[threading.Event] = []

    def hold() -> threading.Event:
        gate, holds = threading.Event(), threading.Event()
        gates.append(gate)

        def wait() -> None:
            holds.set()
            gate.wait(DEADLINE_SECONDS)

        server.ask(lambda runtime: runtime.spawn(runtime.database.write(wait)))
        assert holds.wait(DEADLINE_SECONDS)
        return gate

    yield hold
    for gate in gates:
        gate.set()


@pytest.fixture
def held(hold: Hold) -> threading.Event:
    return hold()


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


def test_what_many_read_at_once_is_few_transactions(
    server: ThreadServer, user: Callable[..., Actor], hold: Hold
) -> None:
    people = [user(f"reader{index}") for index in range(12)]
    for one in people:
        one.enters("lobby")
    people[0].posts("all of you")
    held = hold()
    before = server.ask(lambda runtime: runtime.writes.stats.act_batches)
    refs = [one.client.start("read", room=one.room, number=1) for one in people[1:]]
    for one in people[1:]:
        one.client.drain()
    held.set()
    marks = [one.client.answer(ref)["last_read_number"] for one, ref in zip(people[1:], refs, strict=True)]
    assert marks == [1] * 11
    assert server.ask(lambda runtime: runtime.writes.stats.act_batches) - before <= 2
    assert set(Membership.objects.values_list("last_read_number", flat=True)) == {1}
