"""Pinned messages: those that a room keeps in sight, for all who are in it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from groupchat.actions import blocks
from groupchat.actions.counters import RoomChange, changing_room, lock_rooms
from groupchat.actions.notices import note
from groupchat.conf import conf
from groupchat.errors import LimitReached
from groupchat.models import Message, MessagePin, Notice, Person
from groupchat.parts import PIN
from groupchat.permissions import require_active, require_pin
from groupchat.pins import standing
from groupchat.timeline import message_in


def pin(*, person: Person, room_id: int, number: int, on: bool, now: datetime | None = None) -> int:
    """Pin a message, or do so no more; what is so already changes nothing. Gives the seq of the message.

    A quiet line says that it was pinned. Raises NotFound and Forbidden, and LimitReached past `max_room_pins`.
    """
    require_active(person)
    with changing_room(room_id) as change:
        message, membership = message_in(change.room, number, person)
        message.room = change.room
        require_pin(person, message, membership)
        bits = message.parts or 0
        if on == bool(bits & PIN.bit):
            return message.seq
        if on:
            if blocks.unheard({room_id: [person.pk]}, {room_id: change.room}):
                raise blocks.not_heard()
            _require_room(change)
            at = now or timezone.now()
            MessagePin.objects.create(room_id=room_id, number=number, person=person, at=at)
            message.parts = bits | PIN.bit
        else:
            MessagePin.objects.filter(room_id=room_id, number=number).delete()
            message.parts = bits & ~PIN.bit or None
        change.changed(message, message.author)
        message.save(update_fields=["seq", "parts"])
        if on:
            note(change, person, Notice.Kind.PINNED, str(number), now=now)
        recount_pins(change)
    return message.seq


def recount_pins(change: RoomChange) -> None:
    """Say in the facts of a room how many of its messages are pinned, where that changed."""
    count = standing(change.room.pk).count()
    if count != change.room.pins:
        change.room.pins = count
        change.changed_info()


def _require_room(change: RoomChange) -> None:
    most = conf().max_room_pins
    if most and standing(change.room.pk).count() >= most:
        raise LimitReached(f"A room has {most} pinned messages at most. Unpin one first.")


@transaction.atomic
def take_pins(*, room_id: int, guest_id: int, person_id: int) -> None:
    """What a guest pinned becomes the person's: so many at once, for a room has few."""
    mine = MessagePin.objects.filter(room_id=room_id, person_id=guest_id)
    if not mine.exists():
        return
    change = lock_rooms([room_id])[room_id]
    numbers = list(mine.values_list("number", flat=True))
    mine.update(person_id=person_id)
    messages = Message.objects.filter(room_id=room_id, number__in=numbers, deleted_at=None).select_related("author")
    changed = list(messages.order_by("number"))
    for message in changed:
        change.changed(message, message.author)
    Message.objects.bulk_update(changed, ["seq"])
    change.save()
