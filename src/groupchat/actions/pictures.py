"""The pictures of people and of rooms: kept in Django's default storage under names that nobody guesses.

Each has a name of its own, so its address can be kept for ever. It is written before the change that names it, and the
one before is removed after that change: what breaks between leaves a file that nothing names, never a name without one.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from functools import partial
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from groupchat.actions import audit
from groupchat.actions.counters import changed_sessions, changing_room, lock_people
from groupchat.actions.people import name_everywhere
from groupchat.conf import conf
from groupchat.errors import Forbidden, Invalid, NotFound, TooLong
from groupchat.images import SIZES, can_read, squares
from groupchat.models import Person, Room
from groupchat.permissions import require_active, require_manage
from groupchat.timeline import membership_in

logger = logging.getLogger("groupchat.pictures")

FOLDER = "groupchat/pictures"
KEY_BYTES = 18  # of chance
OF_PERSON, OF_ROOM = "p", "r"  # how a key begins


def can_upload() -> bool:
    """Whether this site takes pictures."""
    return conf().max_picture_bytes > 0 and can_read()


def set_avatar(*, person: Person, picture: IO[bytes] | None) -> Person:
    """Be shown with this picture, or with one's initials where it is None. Raises Invalid or TooLong."""
    require_active(person)
    if person.kind != Person.Kind.USER:
        raise Forbidden("A picture of one's own comes with an account.")
    key = _keep(OF_PERSON, picture)
    try:
        with transaction.atomic():
            now = lock_people([person.pk])[person.pk]
            require_active(now)
            before, now.avatar = now.avatar, key
            now.version += 1
            now.save(update_fields=["avatar", "version"])
            changed_sessions(now.pk)
            transaction.on_commit(partial(remove, before))
    except BaseException:
        remove(key)
        raise
    name_everywhere(person_id=person.pk)
    return now


def set_picture(*, person: Person, room_id: int, picture: IO[bytes] | None) -> Room:
    """Let the room be shown with this picture, or with the sign of its kind; who may change its settings may."""
    require_active(person)
    _require_manage(person, room_id)  # before the work
    key = _keep(OF_ROOM, picture)
    try:
        with changing_room(room_id) as change:
            room = change.room
            require_manage(person, room, membership_in(room.pk, person))
            before, room.picture = room.picture, key
            if before != key:
                change.changed_info()
                audit.note("settings", by=person, room=room, before={"picture": before}, after={"picture": key})
            transaction.on_commit(partial(remove, before))
    except BaseException:
        remove(key)
        raise
    return room


def read(*, key: str, size: int) -> bytes:
    """The picture as it is kept; raises NotFound."""
    if size not in SIZES:
        raise NotFound("There is no such picture.")
    try:
        with default_storage.open(_path(key, size)) as file:
            return bytes(file.read())
    except (OSError, ValueError):
        raise NotFound("There is no such picture.") from None


def _require_manage(person: Person, room_id: int) -> None:
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        raise NotFound("There is no such room.")
    require_manage(person, room, membership_in(room_id, person))


def _keep(of: str, picture: IO[bytes] | None) -> str:
    """The key of what is kept from here on; empty for none."""
    if picture is None:
        return ""
    if not can_upload():
        raise Invalid("This site takes no pictures.", field="picture")
    if _length(picture) > conf().max_picture_bytes:
        raise TooLong("This file is too large. Choose a smaller one.", field="picture")
    made: Mapping[int, bytes] = squares(picture, max_pixels=conf().max_picture_pixels)
    key = of + secrets.token_urlsafe(KEY_BYTES)
    for size, content in made.items():
        default_storage.save(_path(key, size), ContentFile(content))
    return key


def _length(picture: IO[bytes]) -> int:
    picture.seek(0, 2)
    length = picture.tell()
    picture.seek(0)
    return length


def remove(key: str) -> None:
    """Its files go; what is gone already, or can't be removed now, is no error."""
    if not key:
        return
    try:
        for size in SIZES:
            default_storage.delete(_path(key, size))
    except OSError as error:
        logger.warning("A picture that nobody sees any more could not be removed: %s", error)


def _path(key: str, size: int) -> str:
    return f"{FOLDER}/{key}-{size}.webp"
