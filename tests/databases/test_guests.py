"""A guest's first words come by several ways at once: one person, and nobody waits in a circle."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from tests.databases.test_races import at_once, check_room, person

from groupchat.actions import messages, rooms
from groupchat.actions.counters import lock_rooms
from groupchat.actions.guests import act_as_new_guest
from groupchat.actions.messages import Post, Posted
from groupchat.actions.people import Guest
from groupchat.models import Membership, Person, Room

pytestmark = pytest.mark.usefixtures("database")

ROUNDS = 15


def join(guest: Guest, room: Room) -> None:
    act_as_new_guest(guest=guest, action=rooms.join, room_id=room.pk)


def enter(guest: Guest, room: Room) -> None:
    act_as_new_guest(guest=guest, action=rooms.enter, name=room.name)


@pytest.mark.parametrize("come_in", [join, enter])
def test_the_first_command_and_the_first_post(come_in: Callable[[Guest, Room], None]) -> None:
    room = rooms.create(person=person("Owner"), name=f"First {uuid4()}")
    for _ in range(ROUNDS):
        guest = Guest(uuid4(), "Grace")

        def post(guest: Guest = guest) -> Any:
            return messages.post([Post(room.pk, guest, "hi", uuid4().hex)])[0]

        answers = at_once([post, partial(come_in, guest, room), post, partial(come_in, guest, room)])
        assert [isinstance(answer, Posted) for answer in answers] == [True, False, True, False]
        (grace,) = Person.objects.filter(guest_id=guest.id)
        assert Membership.objects.get(person=grace).state == Membership.State.JOINED
    check_room(room.pk)


def test_the_room_is_locked_before_the_guest_is_made() -> None:
    """Somebody holds the room, as a post does, and then makes the same guest."""
    room = rooms.create(person=person("Owner"), name=f"Held {uuid4()}")
    guest = Guest(uuid4(), "Grace")

    def post() -> None:
        with transaction.atomic():
            lock_rooms([room.pk])
            for _ in range(20):  # long enough for the other to be at the room's door
                messages.post([Post(room.pk, person("Somebody"), "hi", uuid4().hex)])
            messages.post([Post(room.pk, guest, "hi", uuid4().hex)])

    at_once([post, partial(join, guest, room)])
    assert Person.objects.filter(guest_id=guest.id).count() == 1
    check_room(room.pk)
