"""A room for something of the site's, an order or a project: one for each, made when it is first asked for."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models.signals import post_delete
from django.utils import timezone

from groupchat.actions import audit
from groupchat.actions.counters import changing_room, lock_rooms
from groupchat.actions.effects import record
from groupchat.actions.rooms.changing import is_too_late, tell_members
from groupchat.actions.rooms.making import NAMED
from groupchat.actions.rooms.names import private_slug, taken
from groupchat.actions.rooms.syncing import People, add
from groupchat.errors import Invalid
from groupchat.events import RoomArchived, RoomCreated, RoomDeleted, RoomRestored
from groupchat.models import Room, RoomName
from groupchat.models.rooms import key_of
from groupchat.text import clean_room_name, clean_topic, fold

ENDS = ("archive", "delete", "keep")
"""What becomes of a room whose object is gone."""


def for_object(
    thing: models.Model | str,
    *,
    name: str,
    kind: str = "private",
    topic: str = "",
    members: People = (),
) -> Room:
    """The room for this object of the site, or for a text that names something: made with the first question, with
    these members, and the same one ever after, however many ask at once.

    Nobody owns it: the site says who is in it (`memberships.sync`). Where it is there, nothing of it is changed, but a
    room that was deleted comes back. Raises NameTaken where it is an open one whose name is another room's.
    """
    if kind not in NAMED:
        raise Invalid(f"kind: one of {', '.join(NAMED)}.", field="kind")
    key = key_of(thing)
    while True:
        room = Room.objects.filter(object_key=key).first()
        if room is None:
            room = _make(key, clean_room_name(name), kind, clean_topic(topic), members)
        if room is not None and (room.deleted_at is None or _bring_back(room)):
            return room


def find_for_object(thing: models.Model | str) -> Room | None:
    """The room for this object, if one was made and not deleted."""
    return Room.objects.filter(object_key=key_of(thing), deleted_at=None).first()


def release(thing: models.Model | str, *, then: str = "archive") -> Room | None:
    """This object is gone, or needs no room any more: its room is archived, deleted, or kept as it is. The room, if
    there was one. It is for nothing from here on; another one is made where somebody asks for it anew.
    """
    if then not in ENDS:
        raise Invalid(f"then: one of {', '.join(ENDS)}.", field="then")
    found = Room.objects.filter(object_key=key_of(thing)).values_list("pk", flat=True).first()
    if found is None:
        return None
    with changing_room(found) as change:
        room = change.room
        room.object_key = None
        room.save(update_fields=["object_key"])
        if then == "archive" and room.archived_at is None and room.deleted_at is None:
            room.archived_at = timezone.now()
            change.changed_info()
            audit.note("archive", by=None, room=room)
            record([RoomArchived(room.pk, None, True)])
        elif then == "delete" and room.deleted_at is None:
            room.deleted_at = timezone.now()
            change.close()
            change.changed_info()
            audit.note("delete room", by=None, room=room)
            record([RoomDeleted(room.pk, None)])
    return room


def when_deleted(model: type[models.Model], *, then: str = "archive") -> None:
    """Release the room of each object of this model that is deleted. Call it once, in `AppConfig.ready`.

    It is a receiver of Django's `post_delete`: what is deleted in SQL, past Django, it does not hear of.
    """
    if then not in ENDS:
        raise ValueError(f"then: one of {', '.join(ENDS)}.")
    receiver = partial(_deleted, then=then)
    post_delete.connect(receiver, sender=model, weak=False, dispatch_uid=f"groupchat {model._meta.label_lower}")


def _deleted(*, instance: models.Model, then: str, **_: Any) -> None:
    release(instance, then=then)


def _make(key: str, name: str, kind: str, topic: str, members: People) -> Room | None:
    """None where somebody else made it at this moment."""
    room = Room(name=name, topic=topic, kind=kind, object_key=key, last_message_at=timezone.now())
    room.slug = fold(name) if room.is_open else private_slug()
    with transaction.atomic():
        try:
            with transaction.atomic():
                room.save(force_insert=True)
                if room.is_open:
                    RoomName.objects.create(key=room.slug, room=room)
        except IntegrityError:
            if Room.objects.filter(object_key=key).exists():
                return None
            raise taken() from None
        (change,) = lock_rooms([room.pk]).values()
        change.changed_info()
        change.save()
        audit.note("make room", by=None, room=room, after={"for": key})
        record([RoomCreated(room.pk, None)])
        add(room=room, people=members)
    return Room.objects.get(pk=room.pk)


def _bring_back(room: Room) -> bool:
    """Whether it is there again; where it is too late for that, it is for nothing from here on."""
    with changing_room(room.pk) as change:
        now = change.room
        if now.deleted_at is None:
            return False  # somebody else did: look again
        if is_too_late(now):
            now.object_key = None
            now.save(update_fields=["object_key"])
            return False
        room.deleted_at = now.deleted_at = None
        change.changed_info()
        audit.note("restore room", by=None, room=now)
        record([RoomRestored(room.pk, None)])
    behind: int | None = 0
    while behind is not None:
        behind = tell_members(room_id=room.pk, behind=behind)
    room.refresh_from_db()
    return True
