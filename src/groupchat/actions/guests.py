"""What a guest without a row does first: they become a person by it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import transaction

from groupchat.access import require_strangers
from groupchat.actions import rooms
from groupchat.actions.counters import lock_rooms
from groupchat.actions.people import Guest, person_of_guest
from groupchat.models import Person

R = TypeVar("R")


def act_as_new_guest(*, guest: Guest, action: Callable[..., R], **arguments: Any) -> tuple[R, Person]:
    """Carry out an action as the person whom this guest becomes by it; raises what the action raises.

    A refused action leaves no trace, not even of the guest. One that is about a room names it by `room_id`, or by
    `name`.
    """
    room_id = arguments.get("room_id")
    if room_id is None and "name" in arguments:
        room_id = rooms.id_of(name=arguments["name"])
    with transaction.atomic():
        # The room first, as a post of the same guest does, whose row only one of the two can make. (A room that is
        # made at this very moment escapes; then the database breaks the circle, and the guest is asked to try again.)
        lock_rooms([room_id] if room_id is not None else [])
        if not Person.objects.filter(guest_id=guest.id).exists():
            require_strangers()
        person = person_of_guest(guest=guest)
        return action(person=person, **arguments), person
