"""The table of what has a seq of its own in a room, and those who must know the same list."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.domain.conftest import Ear

from groupchat.actions import rooms
from groupchat.actions.counters import changing_room
from groupchat.actions.messages import Post, Posted, post
from groupchat.kinds import ROOM_KINDS, Kind
from groupchat.models import Message, Person
from groupchat.protocol import ChangesFrame

OF_EVERY_FRAME = {"type", "room", "since", "to", "last_number"}
CLIENT = Path(__file__).parents[2] / "src/groupchat/web/static/groupchat/lib/kinds.js"


def test_the_frame_and_the_client_know_the_same_kinds() -> None:
    names = [kind.name for kind in ROOM_KINDS]
    assert ["info", *names] == [name for name in ChangesFrame.__annotations__ if name not in OF_EVERY_FRAME]
    listed = re.search(r"KINDS = (\[.*\]);", CLIENT.read_text())
    assert listed is not None
    assert re.findall(r'"(\w+)"', listed[1]) == ["info", *names]


@pytest.mark.parametrize("kind", ROOM_KINDS, ids=lambda kind: kind.name)
def test_what_changed_is_found_by_an_index(kind: Kind[Any]) -> None:
    assert ["room", "seq"] in [index.fields for index in kind.model._meta.indexes]


@pytest.mark.django_db
def test_of_what_changes_twice_in_one_transaction_the_last_state_is_told(alice: Person, ear: Ear) -> None:
    lobby = rooms.enter(person=alice, name="lobby").room
    posted = post([Post(lobby.pk, alice, "first", "one")])[0]
    assert isinstance(posted, Posted)
    ear.heard.clear()
    with changing_room(lobby.pk) as change:
        message = Message.objects.get(room=lobby, number=posted.number)
        for body in ("second", "third"):
            message.body = body
            change.changed(message, alice)
        message.save()
    (told,) = ear.heard
    assert [(one["body"], one["seq"]) for one in told.frame["messages"]] == [("third", told.frame["to"])]
    assert told.frame["to"] == told.frame["since"] + 2
