"""The names of rooms, and their addresses: found, reserved, given out."""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from groupchat.conf import conf
from groupchat.errors import Invalid, NameTaken, NotFound
from groupchat.models import Person, Room, RoomName
from groupchat.text import LONGEST_KEY, clean_room_name, fold

PRIVATE_SLUG_BYTES = 12  # of chance; a guess is as good as hopeless

_PRIVATE_SLUG = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")


def find(*, name: str) -> Room:
    """The room of this name or former name, which was open when it got it; raises NotFound."""
    known = RoomName.objects.filter(key=fold(name)).select_related("room").first()
    if known is None:
        raise NotFound("There is no such room.")
    return known.room


def id_of(*, name: str) -> int | None:
    """The room that `enter` would join; None where it would make one. Raises Invalid or TooLong."""
    key = fold(name) if len(name) <= LONGEST_KEY and "\0" not in name else ""
    known = _room_of(key) if key else None
    if known is not None:
        return known  # by a name, perhaps, that no room gets any more
    clean = fold(clean_room_name(name))
    return _room_of(clean) if clean != key else None


def private_slug() -> str:
    """A random address with an upper-case letter: whatever somebody types as a name is folded, and never this."""
    while fold(slug := secrets.token_urlsafe(PRIVATE_SLUG_BYTES)) == slug:
        pass
    return slug


def clean_private_slug(slug: str) -> str:
    """The address that somebody chose for a private room; raises Invalid."""
    if not _PRIVATE_SLUG.match(slug):
        raise Invalid(
            "The address of a private room has 1 to 64 letters, digits, hyphens or underscores.", field="slug"
        )
    if fold(slug) == slug:
        raise Invalid("The address of a private room needs an upper-case letter, so that no name is it.", field="slug")
    return slug


def taken() -> NameTaken:
    return NameTaken("Another room has or had this name. Choose a different one.", field="name")


def reserve(key: str, room: Room, person: Person) -> None:
    """Let this folded name, which the person gives, be the room's, and its address; raises NameTaken. Call it inside a
    transaction.
    """
    known = RoomName.objects.filter(key=key).first()
    if known is not None and known.room_id != room.pk:
        raise taken()
    if known is None and Room.objects.filter(slug=key).exists():
        raise taken()  # the address of a private room
    try:
        with transaction.atomic():
            # The address first, as where a room is made: two who want the same name don't wait for each other.
            Room.objects.filter(pk=room.pk).update(slug=key)
            if known is None:
                RoomName.objects.create(key=key, room=room, by_guest_at=by_guest(person))
    except IntegrityError:
        raise taken() from None
    room.slug = key


def by_guest(person: Person) -> datetime | None:
    """When a guest gives a name; None where somebody else does."""
    return timezone.now() if person.kind == Person.Kind.GUEST else None


def free_former_names(room: Room) -> None:
    """A guest costs nothing, and a name that is reserved is one less for all others: of those that guests gave only the
    last `max_former_names` stay beside the present one.
    """
    most = conf().max_former_names
    former = RoomName.objects.filter(room=room).exclude(key=room.slug)
    by_guests = former.exclude(by_guest_at=None).order_by("-by_guest_at", "-key").values_list("key", flat=True)
    freed = list(by_guests[most:]) if most else []
    if freed:
        RoomName.objects.filter(key__in=freed).delete()


def _room_of(key: str) -> int | None:
    return RoomName.objects.filter(key=key).values_list("room_id", flat=True).first()
