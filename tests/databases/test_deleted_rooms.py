"""A room that was deleted goes for good: later, some at a time, and nothing of another room with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from tests.databases.test_races import person

from groupchat.actions import deleted_rooms, members, messages, periodic, rooms, saving, scheduling
from groupchat.actions.messages import Post
from groupchat.agendas import agendas_of
from groupchat.errors import NotFound
from groupchat.models import AuditEntry, Membership, Message, MessageReply, MessageVersion, Notice, Person, Room

pytestmark = pytest.mark.usefixtures("database")

OF_A_ROOM = (MessageReply, MessageVersion, Message, Notice, Membership)


@pytest.fixture
def owner() -> Person:
    return person("Owner")


@pytest.fixture
def lived_in(owner: Person, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Room]:
    """Makes a room with some of everything in it."""
    monkeypatch.setattr(deleted_rooms, "ROWS_AT_ONCE", 3)

    def make() -> Room:
        room = rooms.create(person=owner, name=f"Room {uuid4()}")
        members.invite(person=owner, room_id=room.pk, people=[person("Member").pk for _ in range(4)])
        posts = [Post(room.pk, owner, "words", uuid4().hex, parts={"reply_to": 1} if n else None) for n in range(8)]
        for post in posts:
            messages.post([post])
        messages.edit(person=owner, room_id=room.pk, number=1, body="other words")
        rooms.set_topic(person=owner, room_id=room.pk, topic="topic")
        return room

    return make


def counts(room: Room) -> list[int]:
    return [model.objects.filter(room=room).count() for model in OF_A_ROOM]  # type: ignore[attr-defined]


def deleted_days_ago(owner: Person, room: Room, days: float) -> None:
    rooms.delete(person=owner, room_id=room.pk, now=timezone.now() - timedelta(days=days))


def test_it_goes_some_at_a_time_and_alone(owner: Person, lived_in: Callable[[], Room]) -> None:
    room, other = lived_in(), lived_in()
    before = counts(other)
    assert all(before)
    deleted_days_ago(owner, room, 31)
    parts = 0
    left = sum(counts(room))
    while deleted_rooms.purge_deleted_rooms():
        parts += 1
        now = sum(counts(room))
        assert left - now <= 3
        left = now
    assert parts > 5
    assert not Room.objects.filter(pk=room.pk).exists()
    assert counts(other) == before
    assert rooms.enter(person=owner, name=room.name).created, "its name is free"
    entry = AuditEntry.objects.get(act="purge room")
    assert (entry.by_id, entry.room_id, entry.room_name) == (None, room.pk, room.name)


@pytest.mark.parametrize("ends", [1, 2, 5, 9])
def test_where_it_ended_it_goes_on(ends: int, owner: Person, lived_in: Callable[[], Room]) -> None:
    room = lived_in()
    deleted_days_ago(owner, room, 31)
    for _ in range(ends):
        deleted_rooms.purge_deleted_rooms()
    with pytest.raises(NotFound):
        rooms.restore(person=owner, room_id=room.pk)
    while deleted_rooms.purge_deleted_rooms():
        pass
    assert not Room.objects.filter(pk=room.pk).exists()


@pytest.mark.parametrize(("days", "kept"), [(29, True), (29.98, False), (31, False)])
def test_until_when_it_comes_back(days: float, kept: bool, owner: Person, lived_in: Callable[[], Room]) -> None:
    """A little before it begins to go nobody brings it back any more, and nothing has gone yet."""
    room = lived_in()
    before = counts(room)
    deleted_days_ago(owner, room, days)
    if kept:
        assert not deleted_rooms.purge_deleted_rooms()
        rooms.restore(person=owner, room_id=room.pk)
        assert counts(room) == before
    else:
        with pytest.raises(NotFound):
            rooms.restore(person=owner, room_id=room.pk)


def test_an_operator_keeps_them(owner: Person, lived_in: Callable[[], Room], settings: Any) -> None:
    settings.GROUPCHAT = {"DELETED_ROOM_DAYS": 0}
    room = lived_in()
    deleted_days_ago(owner, room, 1_000)
    assert not deleted_rooms.purge_deleted_rooms()
    rooms.restore(person=owner, room_id=room.pk)


def test_it_is_a_job() -> None:
    assert "deleted rooms" in periodic.JOBS


def test_who_set_something_aside_there_is_told(owner: Person, lived_in: Callable[[], Room]) -> None:
    room = lived_in()
    saving.save(person=owner, room_id=room.pk, number=1)
    at = timezone.now() + timedelta(days=1)
    scheduling.schedule(person=owner, room_id=room.pk, body="soon", at=at, client_message_id="soon")
    deleted_days_ago(owner, room, 31)
    before = Person.objects.get(pk=owner.pk).seq
    while deleted_rooms.purge_deleted_rooms():
        pass
    after = Person.objects.get(pk=owner.pk)
    assert after.seq > before
    assert after.agenda_seq is not None
    assert after.agenda_seq > before
    assert agendas_of({owner.pk: after.agenda_seq})[owner.pk]["saved"] == []
