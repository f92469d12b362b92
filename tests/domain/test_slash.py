"""Slash commands of a site: who may run them, what they answer, and what goes wrong in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import groupchat
from groupchat import slash
from groupchat.actions import rooms
from groupchat.actions.slash import Running, carry_out, prepare
from groupchat.errors import Forbidden, NotFound, RateLimited, TooLong, Unavailable
from groupchat.models import Person, Room


@pytest.fixture(autouse=True)
def none_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slash, "_registered", {})


def running(person: Person, room: Room, name: str = "deploy", text: str = "") -> Running:
    return prepare(person=person, room_id=room.pk, name=name, text=text)


def register(answer: Callable[..., Any], name: str = "deploy") -> None:
    groupchat.command(name, help="Bring it out.")(answer)


def test_it_gets_the_person_the_room_and_the_text(alice: Person, lobby: Room) -> None:
    @groupchat.command("deploy", help="Bring it out.")
    def deploy(*, person: Person, room: Room, text: str) -> slash.Answer:
        return f"{person.name} {room.name} {text}"

    assert carry_out(running(alice, lobby, "DEPLOY", "now")) == f"{alice.name} Lobby now"
    assert deploy(person=alice, room=lobby, text="x").endswith("x")  # type: ignore[union-attr]  # it stays a function
    assert [(one.name, one.help) for one in slash.registered()] == [("deploy", "Bring it out.")]


def test_it_answers_a_line_a_message_or_nothing(alice: Person, lobby: Room) -> None:
    for answer in ("a line", groupchat.Say("a message"), None):
        slash._registered.clear()
        register(lambda answer=answer, **_: answer)
        assert carry_out(running(alice, lobby)) == answer


def test_who_may_write_into_a_room_runs_commands_in_it(alice: Person, bob: Person, lobby: Room, cellar: Room) -> None:
    register(lambda **_: None)
    assert running(bob, lobby).person == bob  # he could write there, too
    with pytest.raises(NotFound, match="room"):
        running(bob, cellar)
    rooms.archive(person=alice, room_id=lobby.pk, archived=True)
    with pytest.raises(Forbidden):
        running(alice, lobby)


def test_one_that_there_is_not_is_told_by_its_name(alice: Person, lobby: Room) -> None:
    with pytest.raises(NotFound, match=r"no command /deploi here") as refused:
        running(alice, lobby, "deploi")
    assert refused.value.field == "name"


def test_what_stands_behind_it_is_bounded_and_how_often_it_runs(alice: Person, lobby: Room, settings: Any) -> None:
    register(lambda **_: None)
    settings.GROUPCHAT = {"MAX_BODY_CHARACTERS": 5, "MAX_COMMANDS_RUN_PER_MINUTE": 2}
    with pytest.raises(TooLong):
        running(alice, lobby, text="abcdef")
    running(alice, lobby, text="abcde")
    running(alice, lobby)
    with pytest.raises(RateLimited):
        running(alice, lobby)


def test_what_it_refuses_is_told_and_what_goes_wrong_in_it_is_logged(
    alice: Person, lobby: Room, caplog: pytest.LogCaptureFixture
) -> None:
    def refuses(**_: Any) -> None:
        raise Forbidden("Not on a Friday.")

    def fails(**_: Any) -> None:
        raise ZeroDivisionError

    register(refuses)
    register(fails, "divide")
    with pytest.raises(Forbidden, match="Friday"):
        carry_out(running(alice, lobby))
    with pytest.raises(Unavailable, match="/divide failed"):
        carry_out(running(alice, lobby, "divide"))
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("name", ["", "Deploy", "a b", "-x", "x" * 33, "topic", "me"])
def test_some_names_are_none(name: str) -> None:
    with pytest.raises(ValueError, match=r"command|own"):
        groupchat.command(name, help="")


def test_a_name_is_taken_once() -> None:
    register(lambda **_: None)
    with pytest.raises(ValueError, match="already"):

        @groupchat.command("deploy", help="Again.")
        def another(**_: Any) -> None: ...
