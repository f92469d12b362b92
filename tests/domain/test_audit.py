"""The audit log: every act of keeping order, what was there before, and that nothing of it changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from tests.domain.says import say

from groupchat.actions import members, messages, rooms, sanctions
from groupchat.errors import Forbidden
from groupchat.models import AuditEntry, Person, Room

ACTS: dict[str, tuple[Callable[[Person, Person, Room], Any], dict[str, Any], dict[str, Any]]] = {
    "settings": (
        lambda alice, bob, room: rooms.configure(person=alice, room_id=room.pk, name="Hall", kind="announcement"),
        {"name": "Lobby", "kind": "public"},
        {"name": "Hall", "kind": "announcement"},
    ),
    "archive": (lambda alice, bob, room: rooms.archive(person=alice, room_id=room.pk), {}, {}),
    "delete room": (lambda alice, bob, room: rooms.delete(person=alice, room_id=room.pk), {}, {}),
    "role": (
        lambda alice, bob, room: members.give_role(person=alice, room_id=room.pk, target_id=bob.pk, role="moderator"),
        {"role": "member"},
        {"role": "moderator"},
    ),
    "remove": (lambda alice, bob, room: members.remove(person=alice, room_id=room.pk, target_id=bob.pk), {}, {}),
    "ban": (
        lambda alice, bob, room: sanctions.ban(person=alice, room_id=room.pk, target_id=bob.pk, reason="Spam"),
        {"state": "joined", "role": "member"},
        {"state": "banned", "role": "member", "banned_until": "for good", "reason": "Spam"},
    ),
    "delete message": (
        lambda alice, bob, room: messages.delete(person=alice, room_id=room.pk, number=1),
        {"number": 1},
        {},
    ),
}
OF_THE_ROOM = {"settings", "archive", "delete room"}


@pytest.fixture
def room(alice: Person, bob: Person, lobby: Room) -> Room:
    say(bob, lobby, "words that the log does not repeat")
    return lobby


@pytest.mark.parametrize("act", ACTS)
def test_an_act_is_written_down(act: str, alice: Person, bob: Person, room: Room) -> None:
    do, before, after = ACTS[act]
    do(alice, bob, room)
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.by_id, entry.room_id, entry.room_name) == (
        act,
        alice.pk,
        room.pk,
        after.get("name", "Lobby"),
    )
    assert entry.by_name == f"{alice.name} (@{alice.handle})"
    assert entry.person_id == (None if act in OF_THE_ROOM else bob.pk)
    assert (entry.before, entry.after) == (before, after)
    assert "words" not in str(vars(entry))


def test_what_is_refused_or_undone_is_not_written_down(alice: Person, bob: Person, room: Room) -> None:
    with pytest.raises(Forbidden):
        rooms.archive(person=bob, room_id=room.pk)
    with transaction.atomic():
        rooms.archive(person=alice, room_id=room.pk)
        transaction.set_rollback(True)
    messages.delete(person=bob, room_id=room.pk, number=1)  # one's own
    assert not AuditEntry.objects.exists()


def test_an_entry_stays_as_it_is(alice: Person, room: Room) -> None:
    rooms.archive(person=alice, room_id=room.pk)
    entry = AuditEntry.objects.get()
    entry.act = "nothing"
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()
    with pytest.raises(TypeError):
        AuditEntry.objects.all().delete()
    with pytest.raises(TypeError):
        AuditEntry.objects.update(act="nothing")
    Room.objects.filter(pk=room.pk).delete()
    assert AuditEntry.objects.get().act == "archive", "and outlives what it is about"
