"""Slash commands of a site over a socket: a line for who wrote it, a message, and a function that is slow."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from tests.play import Actor
from tests.serving import ThreadServer
from tests.sockets import Refused

from groupchat import slash

pytestmark = pytest.mark.usefixtures("server")


@pytest.fixture(autouse=True)
def none_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slash, "_registered", {})


@pytest.fixture
def ada(server: ThreadServer, user: Callable[..., Actor]) -> Actor:
    ada = user("ada")
    ada.enters("lobby")
    return ada


def runs(actor: Actor, name: str, text: str = "") -> dict[str, Any]:
    found: dict[str, Any] = actor.client.call("command.run", room=actor.room, name=name, text=text)
    return found


def test_it_says_a_line_to_who_wrote_it_or_posts_as_them(ada: Actor, user: Callable[..., Actor]) -> None:
    slash.command("whisper", help="Say it to me.")(lambda *, text, **_: f"psst, {text}")
    slash.command("shout", help="Say it to all.")(lambda *, text, **_: slash.Say(f"**{text}**"))
    bob = user("bob")
    bob.enters("lobby")
    listed = ada.client.call("commands")["commands"]
    assert listed == [{"name": "shout", "help": "Say it to all."}, {"name": "whisper", "help": "Say it to me."}]
    assert runs(ada, "whisper", "hi") == {"text": "psst, hi", "number": None}
    answer = runs(ada, "shout", "hi")
    bob.sees("**hi**")
    assert answer == {"text": None, "number": bob.number_of("**hi**")}
    assert "psst" not in str(bob.client.frames)


def test_a_message_of_it_is_checked_as_any_other(ada: Actor) -> None:
    slash.command("nothing", help="Say nothing.")(lambda **_: slash.Say(" "))
    ada.is_refused("invalid", "command.run", room=ada.room, name="nothing")


def test_who_waits_too_long_is_told_and_can_go_on(ada: Actor, options: Callable[..., None]) -> None:
    options(command_seconds=1)
    done = threading.Event()

    def slow(**_: Any) -> None:
        assert done.wait(60)

    slash.command("slow", help="Take your time.")(slow)
    ada.is_refused("unavailable", "command.run", room=ada.room, name="slow")
    ada.posts("still here")
    ada.sees("still here")
    done.set()


def test_what_could_not_begin_in_time_never_does(
    ada: Actor, user: Callable[..., Actor], options: Callable[..., None]
) -> None:
    """And past a number of those that wait one more is refused at once."""
    options(command_seconds=1, max_commands_waiting=1)
    bob = user("bob")
    bob.enters("lobby")
    done, begun = threading.Event(), []

    def slow(*, text: str, **_: Any) -> None:
        begun.append(text)
        assert done.wait(60)

    slash.command("slow", help="Take your time.")(slow)
    for text in ("one", "two"):
        ada.is_refused("unavailable", "command.run", room=ada.room, name="slow", text=text)
    waits = ada.client.start("command.run", room=ada.room, name="slow", text="three")
    bob.is_refused("unavailable", "command.run", room=bob.room, name="slow", text="four")
    with pytest.raises(Refused, match="unavailable"):
        ada.client.answer(waits)
    done.set()
    slash.command("quick", help="At once.")(lambda **_: "done")
    assert runs(ada, "quick")["text"] == "done"
    assert begun == ["one", "two"]
