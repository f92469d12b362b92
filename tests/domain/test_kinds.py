"""The table of what has a seq of its own in a room, and those who must know the same list."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F
from tests.domain.conftest import Ear
from tests.domain.says import say
from tests.domain.test_queries import statements

from groupchat import timeline
from groupchat.actions import messages, rooms
from groupchat.actions.counters import changing_room
from groupchat.actions.messages import Post, Posted, post
from groupchat.kinds import ROOM_KINDS, Kind
from groupchat.models import Membership, Message, Person, Room
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
    # An older version makes rooms without it.
    assert Room._meta.get_field(kind.seq_field).null


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


# --- which kinds moved ------------------------------------------------------------------------------------------------


def asked(room: Room, since: int) -> set[str]:
    """The kinds that are asked for, to tell what changed in the room since."""
    with statements() as sent:
        assert timeline.changes(room.pk, since) is not None
    return {kind.name for kind in ROOM_KINDS if any(kind.model._meta.db_table in sql for sql in sent)}


@pytest.mark.django_db
def test_a_kind_that_did_not_move_is_not_asked_for(alice: Person, bob: Person, lobby: Room) -> None:
    seqs = []
    for change in (
        lambda: say(alice, lobby, "hi"),
        lambda: rooms.join(person=bob, room_id=lobby.pk),
        lambda: messages.edit(person=alice, room_id=lobby.pk, number=1, body="hello"),
        lambda: rooms.set_topic(person=alice, room_id=lobby.pk, topic="greetings"),
    ):
        seqs.append(Room.objects.get(pk=lobby.pk).seq)
        change()
    assert asked(lobby, seqs[3]) == {"notices"}
    assert asked(lobby, seqs[2]) == {"messages", "notices"}
    assert asked(lobby, seqs[1]) == {"members", "messages", "notices"}
    rooms.rename(person=alice, room_id=lobby.pk, name="Hall")
    say(alice, lobby, "and now?")
    assert asked(lobby, Room.objects.get(pk=lobby.pk).seq - 1) == {"messages"}


def older_version_lets_in(person: Person, room: Room) -> None:
    """It runs beside this one for a while, and counts without these columns."""
    Room.objects.filter(pk=room.pk).update(seq=F("seq") + 1)
    Membership.objects.create(room=room, person=person, seq=Room.objects.get(pk=room.pk).seq)


@pytest.mark.django_db
@pytest.mark.parametrize("goes_on", [False, True])
def test_what_an_older_version_wrote_is_found(goes_on: bool, alice: Person, bob: Person, lobby: Room) -> None:
    say(alice, lobby, "hi")
    since = Room.objects.get(pk=lobby.pk).seq
    older_version_lets_in(bob, lobby)
    if goes_on:
        say(alice, lobby, "and this version writes again")
    changes = timeline.changes(lobby.pk, since)
    assert changes is not None
    assert [one["person"] for one in changes.frame["members"]] == [bob.pk]
    assert len(changes.frame.get("messages", ())) == goes_on
    room = Room.objects.get(pk=lobby.pk)
    assert (room.kinds_seq == room.seq) == goes_on
    say(alice, lobby, "later")
    assert asked(lobby, Room.objects.get(pk=lobby.pk).seq - 1) == {"messages"}, "and then it is known again"


@pytest.mark.django_db
def test_a_room_of_an_older_version_has_no_such_seqs_yet(alice: Person, bob: Person, lobby: Room) -> None:
    say(alice, lobby, "hi")
    nothing = dict.fromkeys(["kinds_seq", *(kind.seq_field for kind in ROOM_KINDS)])
    Room.objects.filter(pk=lobby.pk).update(**nothing)
    assert asked(lobby, 0) == {"members", "messages", "notices"}
    say(alice, lobby, "hello")
    changes = timeline.changes(lobby.pk, 0)
    assert changes is not None
    assert [one["person"] for one in changes.frame["members"]] == [alice.pk]
