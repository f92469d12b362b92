"""All that is somebody's own, as one JSON text, read some rows at a time: it is never whole in memory."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from groupchat.models import (
    Block,
    Device,
    FormerHandle,
    Membership,
    Message,
    MessageReply,
    Person,
    SavedMessage,
    ScheduledMessage,
    Token,
)
from groupchat.permissions import can_read
from groupchat.resources import moment

SLICE = 2_000  # messages of a room that are looked through at once: no index knows an author's
ROWS_AT_ONCE = 500


def as_json(person: Person, *, now: datetime | None = None) -> Iterator[str]:
    """The pieces of one object: `at`, `profile`, `account`, `rooms`, `blocks`, `devices`, `tokens`, `saved`,
    `scheduled`, `messages`.

    A message has its room's name and id, its number there, when it was written, and what it says; those that were
    deleted are gone.
    """
    yield f'{{"at": {_text(moment(now or timezone.now()))},\n"profile": {_text(_profile(person))},\n'
    yield f'"account": {_text(_account(person))},\n"rooms": ['
    yield from _listed(_rooms(person))
    yield '],\n"blocks": ['
    yield from _listed(_blocks(person))
    yield '],\n"devices": ['
    yield from _listed(_devices(person))
    yield '],\n"tokens": ['
    yield from _listed(_tokens(person))
    yield '],\n"saved": ['
    yield from _listed(_saved(person))
    yield '],\n"scheduled": ['
    yield from _listed(_scheduled(person))
    yield '],\n"messages": ['
    yield from _listed(_messages(person))
    yield "]}\n"


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder)


def _listed(entries: Iterable[dict[str, Any]]) -> Iterator[str]:
    between = "\n"
    for entry in entries:
        yield between + _text(entry)
        between = ",\n"


def _profile(person: Person) -> dict[str, Any]:
    former = FormerHandle.objects.filter(person=person).order_by("pk").values_list("handle", flat=True)
    return {
        "id": person.pk,
        "kind": str(person.kind),
        "name": person.name,
        "handle": person.handle,
        "former_handles": list(former),
        "pronouns": person.pronouns,
        "time_zone": person.time_zone,
        "language": person.language,
        "since": moment(person.created_at),
    }


def _account(person: Person) -> dict[str, Any] | None:
    """What the site's user model calls its name and its mail address."""
    user = person.user
    if user is None:
        return None
    return {"username": user.get_username(), "email": getattr(user, user.get_email_field_name(), "")}


def _rooms(person: Person) -> Iterator[dict[str, Any]]:
    mine = Membership.objects.filter(person=person).select_related("room").order_by("room_id")
    for one in mine.iterator(chunk_size=ROWS_AT_ONCE):
        yield {
            "id": one.room_id,
            "name": one.room.name if can_read(person, one.room, one) else None,  # it may have another one since
            "kind": str(one.room.kind),
            "state": str(one.state),
            "role": str(one.role),
            "pinned": one.pinned,
            "read_to": one.last_read_number,
            "draft": one.draft,
        }


def _blocks(person: Person) -> Iterator[dict[str, Any]]:
    for one in Block.objects.filter(person=person).select_related("blocked").order_by("pk"):
        yield {"name": one.blocked.name, "handle": one.blocked.handle}


def _devices(person: Person) -> Iterator[dict[str, Any]]:
    for one in Device.objects.filter(person=person).order_by("pk"):
        yield {
            "browser": one.browser,
            "system": one.system,
            "network": one.network,
            "since": moment(one.created_at),
            "last_seen": moment(one.last_seen_at),
        }


def _tokens(person: Person) -> Iterator[dict[str, Any]]:
    for one in Token.objects.filter(person=person).order_by("pk"):
        yield {"name": one.name, "since": moment(one.created_at), "revoked": one.revoked_at and moment(one.revoked_at)}


def _saved(person: Person) -> Iterator[dict[str, Any]]:
    for one in SavedMessage.objects.filter(person=person).order_by("pk"):
        remind_at = one.remind_at and moment(one.remind_at)
        yield {"room_id": one.room_id, "number": one.number, "at": moment(one.at), "remind_at": remind_at}


def _scheduled(person: Person) -> Iterator[dict[str, Any]]:
    for one in ScheduledMessage.objects.filter(person=person).order_by("pk"):
        yield {"room_id": one.room_id, "at": moment(one.at), "body": one.body}


def _messages(person: Person) -> Iterator[dict[str, Any]]:
    ids = Membership.objects.filter(person=person).order_by("room_id").values_list("room_id", flat=True)
    for room_id in list(ids):
        yield from _of_room(person, room_id)


def _of_room(person: Person, room_id: int) -> Iterator[dict[str, Any]]:
    membership = Membership.objects.select_related("room").get(person=person, room_id=room_id)
    room = membership.room
    name = room.name if can_read(person, room, membership) else None
    for first in range(room.first_number, room.last_number + 1, SLICE):
        found = Message.objects.filter(
            room_id=room_id, number__gte=first, number__lt=first + SLICE, author=person, deleted_at=None
        )
        messages = list(found.order_by("number"))
        numbers = [message.number for message in messages if message.parts]
        answers = dict(MessageReply.objects.filter(room_id=room_id, number__in=numbers).values_list("number", "to"))
        for message in messages:
            entry = {
                "room": name,
                "room_id": room_id,
                "number": message.number,
                "at": moment(message.at),
                "body": message.body,
            }
            if message.edited_at is not None:
                entry["edited_at"] = moment(message.edited_at)
            if message.number in answers:
                entry["reply_to"] = answers[message.number]
            yield entry
