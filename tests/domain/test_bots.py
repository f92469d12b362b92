"""People who are programs, and users of the site who were never here."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth import get_user_model
from tests.accounts import new_user
from tests.domain.says import rows, say

from groupchat.actions import bots, rooms
from groupchat.actions.people import person_of_user, person_of_username
from groupchat.errors import ChatError, Invalid, NameTaken, TooLong
from groupchat.models import Person, Room


def test_a_bot_is_a_person_without_an_account(lobby: Room) -> None:
    users = get_user_model()._default_manager.count()
    bot = bots.make(name=" Deploy  bot ")
    assert (bot.kind, bot.name, bot.handle) == (Person.Kind.BOT, "Deploy bot", "deploy-bot")
    assert (bot.user, bot.guest_id, bot.is_owner, bot.is_active) == (None, None, False, True)
    assert get_user_model()._default_manager.count() == users
    assert say(bot, lobby, "deployed").author_id == bot.pk
    attic = rooms.enter(person=bot, name="Attic").room
    assert rooms.set_topic(person=bot, room_id=attic.pk, topic="of a bot").topic == "of a bot"


def test_the_handle_is_what_one_asked_for() -> None:
    assert bots.make(name="Deploy", handle="CI.deploy_1-x").handle == "ci.deploy_1-x"
    assert bots.make(name="Deploy", handle="ブルー").handle == "ブルー"
    assert bots.make(name="Deploy", handle="x" * 40).handle == "x" * 40


@pytest.mark.parametrize(
    ("name", "handle", "error", "field"),
    [
        ("Alice", None, NameTaken, "handle"),
        ("Bot", "ALICE", NameTaken, "handle"),
        ("Bot", "", Invalid, "handle"),
        ("Bot", "a b", Invalid, "handle"),
        ("Bot", "@bot", Invalid, "handle"),
        ("Bot", "-bot", Invalid, "handle"),
        ("Bot", "a\0b", Invalid, "handle"),
        ("Bot", "x" * 41, Invalid, "handle"),
        ("!!", None, Invalid, "handle"),
        ("", "bot", Invalid, "name"),
        ("a\0b", "bot", Invalid, "name"),
        ("x" * 51, "bot", TooLong, "name"),
    ],
)
def test_what_no_bot_is_called(
    name: str, handle: str | None, error: type[ChatError], field: str, person: Callable[..., Person]
) -> None:
    Person.objects.filter(pk=person("alice").pk).update(handle="alice")
    before = rows()
    with pytest.raises(error) as refused:
        bots.make(name=name, handle=handle)
    assert refused.value.field == field
    assert rows() == before


def test_a_user_who_was_never_here_has_a_person_when_asked() -> None:
    user = new_user("ada")
    assert Person.objects.count() == 0
    person = person_of_username(username=user.get_username())  # type: ignore[attr-defined]
    assert person is not None
    assert person == person_of_user(user=user)
    for nobody in ("", "nobody", "a\0b", "x" * 500):
        assert person_of_username(username=nobody) is None
    assert Person.objects.count() == 1
