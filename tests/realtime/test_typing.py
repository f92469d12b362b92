"""Who is writing just now is told to those who hear the room, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.play import Actor, Stage
from tests.serving import ThreadServer
from tests.sockets import Refused


def typists(actor: Actor) -> list[int]:
    return [frame["person"] for frame in actor.client.frames if frame["type"] == "typing"]


def types(actor: Actor) -> None:
    assert actor.client.call("typing", room=actor.room) == {}


def test_whoever_hears_the_room_is_told(server: ThreadServer, stage: Stage, user: Callable[..., Actor]) -> None:
    ada, looker = user("ada"), stage.guest("looker")
    ada.enters("lobby")
    looker.looks_into("lobby")
    types(ada)
    looker.client.wait(lambda: typists(looker))
    frames = [frame for frame in looker.client.frames if frame["type"] in ("people", "typing")]
    assert [frame["type"] for frame in frames] == ["people", "typing"], "they are introduced first"
    assert frames[0]["people"][0]["id"] == frames[1]["person"] == ada.client.state.me["id"]
    ada.posts("here it is")
    looker.sees("here it is")


def test_a_guest_without_a_row_is_not_told_of(server: ThreadServer, stage: Stage, user: Callable[..., Actor]) -> None:
    ada, looker = user("ada"), stage.guest("looker")
    ada.enters("lobby")
    looker.looks_into("lobby")
    types(looker)
    ada.posts("after that")
    looker.sees("after that")
    assert typists(ada) == typists(looker) == []


def test_nobody_types_into_a_room_that_they_do_not_hear(
    server: ThreadServer, stage: Stage, user: Callable[..., Actor]
) -> None:
    ada, eve = user("ada"), user("eve")
    ada.enters("lobby")
    with pytest.raises(Refused) as refused:
        eve.client.call("typing", room=ada.room)
    assert refused.value.code == "not_found"
    ada.posts("quiet")
    ada.sees("quiet")
    assert typists(ada) == []


def test_whoever_left_neither_types_nor_hears(server: ThreadServer, stage: Stage, user: Callable[..., Actor]) -> None:
    ada, bob = user("ada"), user("bob")
    ada.enters("lobby")
    bob.enters("lobby")
    bob.leaves()
    types(ada)
    with pytest.raises(Refused):
        bob.client.call("typing", room=ada.room)
    assert typists(bob) == []
