"""docs/recipes.md, as it stands there, inside the site: a room for each of its groups."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from bookclub.models import Reader
from django.contrib.auth.models import Group
from django.db.models.signals import m2m_changed, post_delete
from tests.projects.test_documents import blocks

import groupchat
from groupchat import slash
from groupchat.actions import members, rooms
from groupchat.actions.people import person_of_user
from groupchat.actions.slash import carry_out, prepare
from groupchat.errors import Forbidden
from groupchat.models import Membership, Room

pytestmark = pytest.mark.django_db(transaction=True)
RECIPES = (Path(__file__).parents[3] / "docs" / "recipes.md").read_text()


def module(name: str) -> ModuleType:
    """What the page tells to write into this file."""
    (code,) = (block for block in blocks(RECIPES, "python") if block.startswith(f"# {name.replace('.', '/')}.py\n"))
    made = ModuleType(name)
    made.__file__ = __file__
    exec(compile(code, name, "exec"), made.__dict__)
    return made


@pytest.fixture
def club(settings: Any) -> Iterator[None]:
    """An app of the site with these two files, ready."""
    modules = {"club": ModuleType("club"), "club.chat": module("club.chat")}
    sys.modules.update(modules)
    modules["club"].chat = modules["club.chat"]  # type: ignore[attr-defined]
    modules["club"].__path__ = []
    settings.GROUPCHAT = {"PERMISSIONS": "club.chat.ClubRules"}
    config = module("club.apps").ClubConfig
    config.ready(None)
    yield
    m2m_changed.disconnect(modules["club.chat"].group_changed, sender=Reader.groups.through)
    post_delete.disconnect(sender=Group, dispatch_uid="groupchat auth.group")
    for name in modules:
        del sys.modules[name]


def in_room(room: Room) -> set[str]:
    joined = Membership.objects.filter(room=room, state=Membership.State.JOINED)
    return set(joined.values_list("person__user__email", flat=True))


def test_a_room_follows_its_group(club: None) -> None:
    group = Group.objects.create(name="Poets")
    ada, bob = (Reader.objects.create_user(f"{name}@example.org", name=name) for name in ("ada", "bob"))
    group.user_set.add(ada, bob)
    room = Room.objects.get(name="Poets")
    assert in_room(room) == {"ada@example.org", "bob@example.org"}
    bob.groups.remove(group)
    assert in_room(room) == {"ada@example.org"}

    person = ada.groupchat_person
    for act in (
        lambda: rooms.leave(person=person, room_id=room.pk),
        lambda: members.invite(person=person, room_id=room.pk, people=[bob.groupchat_person.pk]),
    ):
        with pytest.raises(Forbidden) as told:
            act()
        assert told.value.why == "group"
    other = rooms.create(person=person, name="Hers", kind="private")
    assert members.invite(person=person, room_id=other.pk, people=[bob.groupchat_person.pk])

    group.delete()
    room.refresh_from_db()
    assert room.archived_at is not None


def test_a_slash_command_of_the_site(club: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slash, "_registered", {})
    module("club.chat_commands")
    ada = Reader.objects.create_user("ada@example.org", name="ada")
    room = rooms.create(person=person_of_user(user=ada), name="Poets")

    def deploys(text: str) -> slash.Answer:
        person = person_of_user(user=ada)
        return carry_out(prepare(person=person, room_id=room.pk, name="deploy", text=text))

    with pytest.raises(Forbidden, match="staff"):
        deploys("1.2")
    Reader.objects.filter(pk=ada.pk).update(is_staff=True)
    assert deploys("") == "Write behind it which version: /deploy 1.2"
    assert deploys("1.2") == groupchat.Say("Version 1.2 is on its way.")
