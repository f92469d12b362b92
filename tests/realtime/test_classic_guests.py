"""A guest at the tutorial protocol is a person from the first message on, and can be put out as one."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import websockets.sync.client
from tests.serving import ThreadServer
from tests.sockets import DEADLINE_SECONDS
from websockets.exceptions import ConnectionClosed

from groupchat.actions.counters import changing_room
from groupchat.actions.people import set_active
from groupchat.errors import Close
from groupchat.models import Membership, Person, Room

Socket = websockets.sync.client.ClientConnection


@pytest.fixture
def guest(request: pytest.FixtureRequest) -> Iterator[Socket]:
    """A guest's socket in the lobby, after their first message."""
    name = "any_server" if "any_server" in request.fixturenames else "server"
    server: ThreadServer = request.getfixturevalue(name)
    with websockets.sync.client.connect(f"ws://{server.address}/ws/chat/lobby/?name=Grace") as socket:
        socket.send('{"message": "hi"}')
        assert json.loads(socket.recv(timeout=DEADLINE_SECONDS))["message"] == "hi"
        server.wait(lambda runtime: runtime.of_person and not runtime._tasks)
        yield socket
    server.wait(lambda runtime: not runtime.connections)


def closed_with(socket: Socket) -> int | None:
    with pytest.raises(ConnectionClosed) as closed:
        socket.recv(timeout=DEADLINE_SECONDS)
    return closed.value.rcvd.code if closed.value.rcvd else None


def test_the_first_message_makes_a_room_of_ones_own(server: ThreadServer, guest: Socket) -> None:
    made = Membership.objects.get()
    assert (made.person.kind, made.role) == (Person.Kind.GUEST, Membership.Role.OWNER)
    with websockets.sync.client.connect(f"ws://{server.address}/ws/chat/lobby/?name=Alan") as second:
        second.send('{"message": "hello"}')
        assert json.loads(guest.recv(timeout=DEADLINE_SECONDS))["message"] == "hello"
    assert Membership.objects.get(person__name="Alan").role == Membership.Role.MEMBER


def test_a_guest_who_is_switched_off(any_server: ThreadServer, guest: Socket) -> None:
    set_active(person=Person.objects.get(), is_active=False)
    assert closed_with(guest) == Close.SIGNED_OUT


@pytest.mark.parametrize("state", [Membership.State.KICKED, Membership.State.BANNED])
def test_a_guest_who_is_put_out_of_the_room(state: str, server: ThreadServer, guest: Socket) -> None:
    grace = Person.objects.get()
    with changing_room(Room.objects.get().pk) as change:
        membership = Membership.objects.get(person=grace)
        membership.state = state
        change.changed(membership, grace)
        membership.save()
    assert closed_with(guest) == Close.REMOVED
