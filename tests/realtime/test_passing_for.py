"""Guests under the name of somebody with an account, at the doors for sockets."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
import websockets.sync.client
from tests.accounts import new_person
from tests.play import Stage
from tests.serving import ThreadServer
from tests.sockets import DEADLINE_SECONDS

from groupchat.actions.people import rename
from groupchat.models import Person

pytestmark = pytest.mark.usefixtures("server")

CYRILLIC_ADA = "\u0410da"


@pytest.fixture
def ada() -> Person:
    return rename(person=new_person("countess"), name="Ada")


def test_a_guest_can_not_rename_themselves_so(ada: Person, stage: Stage) -> None:
    grace = stage.guest("Grace")
    grace.enters("lobby")
    refusal = grace.is_refused("name_taken", "me.rename", name=CYRILLIC_ADA)
    assert refusal["field"] == "name"
    assert "sign in if it is you" in refusal["message"]
    assert Person.objects.get(pk=grace.id).version == 1


@pytest.mark.parametrize("name", ["Ada", CYRILLIC_ADA])
def test_who_comes_under_such_a_name_is_shown_with_their_handle(name: str, ada: Person, stage: Stage) -> None:
    bob = stage.guest("Bob")
    bob.enters("lobby")
    other = stage.client(path=f"/ws/?name={quote(name)}").open()
    other.call("room.enter", name="lobby")
    shown = f"{name} (@{Person.objects.latest('pk').handle})"
    assert other.state.me is not None
    assert other.state.me["name"] == shown
    other.close()


def test_a_tutorials_client_talks_under_such_a_name(ada: Person, server: ThreadServer) -> None:
    with websockets.sync.client.connect(f"ws://{server.address}/ws/chat/lobby/?name=Ada") as socket:
        socket.send('{"message": "hi"}')
        heard = json.loads(socket.recv(timeout=DEADLINE_SECONDS))
        assert (heard["message"], heard["username"]) == ("hi", "Ada (@ada)")
    server.wait(lambda runtime: not runtime.connections)
