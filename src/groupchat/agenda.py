"""What somebody set aside for later, as they are told of it: in short in their own counter, in full page by page."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from groupchat import timeline
from groupchat.agendas import saved_resource
from groupchat.conf import conf
from groupchat.errors import Invalid
from groupchat.models import Membership, Message, Person, Room, SavedMessage, ScheduledMessage
from groupchat.parts import message_resources, people_in, with_mine
from groupchat.permissions import can_read, floor_of
from groupchat.protocol import MessageResource, PersonResource, SavedEntry, ScheduledEntry
from groupchat.resources import moment

SAVED_AT_ONCE = 30  # messages of a page, which may be in as many rooms
SCHEDULED_AT_ONCE = 30


@dataclass(frozen=True, slots=True)
class SavedPage:
    """What somebody saved, the last first; `next` is where the next page begins."""

    saved: Sequence[SavedEntry]
    next: int | None
    people: Sequence[PersonResource]


def saved(person: Person, *, after: int = 0) -> SavedPage:
    """A page of it; of what they may not read any more the place alone is told."""
    rows = SavedMessage.objects.filter(person=person).order_by("-pk")
    if after:
        rows = rows.filter(pk__lt=after)
    some = list(rows[: SAVED_AT_ONCE + 1])
    page = some[:SAVED_AT_ONCE]
    rooms = _readable(person, {one.room_id for one in page})
    messages = _messages(person, rooms, page)
    entries: list[SavedEntry] = []
    left = conf().largest_answer_bytes or timeline.ALL_OF_THEM
    for one in page:
        message = messages.get((one.room_id, one.number))
        left -= timeline.most_bytes(message) if message is not None else 0
        if left < 0 and entries:
            break
        entries.append(_saved_entry(one, rooms, message))
    told = page[: len(entries)]
    named = {one for entry in entries if "message" in entry for one in _named(entry["message"])}
    is_last = len(told) == len(some)
    return SavedPage(entries, None if is_last else told[-1].pk, timeline.people(named))


@dataclass(frozen=True, slots=True)
class ScheduledPage:
    """What somebody is to send, the next first; `next` is where the next page begins."""

    scheduled: Sequence[ScheduledEntry]
    next: str | None


def scheduled(person: Person, *, after: str | None = None) -> ScheduledPage:
    """A page of it; raises Invalid where `after` is none."""
    rows = list(ScheduledMessage.objects.filter(person=person).order_by("at", "pk"))
    first = 0
    if after is not None:
        if not after.isdecimal():
            raise Invalid("after: the `next` of the page before.", field="after")
        # Whatever went or moved meanwhile: they are few, so a place is enough.
        first = int(after)
    rooms = _readable(person, {one.room_id for one in rows})
    entries: list[ScheduledEntry] = []
    left = conf().largest_answer_bytes or timeline.ALL_OF_THEM
    for one in rows[first : first + SCHEDULED_AT_ONCE]:
        left -= timeline.MOST_BYTES_OF_A_CHARACTER * len(one.body)
        if left < 0 and entries:
            break
        entries.append(_scheduled_entry(one, rooms))
    following = first + len(entries)
    return ScheduledPage(entries, str(following) if following < len(rows) else None)


def _readable(person: Person, ids: Collection[int]) -> dict[int, tuple[Room, int]]:
    """Those of these rooms that they may read, each with the number that they may see first."""
    if not ids:
        return {}
    memberships = {one.room_id: one for one in Membership.objects.filter(person=person, room_id__in=ids)}
    found = Room.objects.filter(pk__in=ids)
    return {
        room.pk: (room, floor_of(room, memberships.get(room.pk)))
        for room in found
        if can_read(person, room, memberships.get(room.pk))
    }


def _messages(
    person: Person, rooms: Mapping[int, tuple[Room, int]], page: Iterable[SavedMessage]
) -> dict[tuple[int, int], MessageResource]:
    numbers: dict[int, list[int]] = {}
    for one in page:
        if one.room_id in rooms and one.number >= rooms[one.room_id][1]:
            numbers.setdefault(one.room_id, []).append(one.number)
    found: dict[tuple[int, int], MessageResource] = {}
    for room_id, of_room in numbers.items():
        rows = list(Message.objects.filter(room_id=room_id, number__in=of_room).order_by("number"))
        for message in with_mine(room_id, message_resources(rows), person.pk):
            found[room_id, message["number"]] = message
    return found


def _saved_entry(
    one: SavedMessage, rooms: Mapping[int, tuple[Room, int]], message: MessageResource | None
) -> SavedEntry:
    entry = cast(SavedEntry, {**saved_resource(one), "at": moment(one.at)})
    if message is not None:
        room, _ = rooms[one.room_id]
        entry["name"], entry["slug"], entry["message"] = room.name, room.slug, message
    return entry


def _scheduled_entry(one: ScheduledMessage, rooms: Mapping[int, tuple[Room, int]]) -> ScheduledEntry:
    entry: ScheduledEntry = {
        "id": one.pk,
        "room": one.room_id,
        "at": moment(one.at),
        "body": one.body,
        "client_message_id": one.client_message_id,
    }
    if one.room_id in rooms:
        room, _ = rooms[one.room_id]
        entry["name"], entry["slug"] = room.name, room.slug
    if one.reply_to is not None:
        entry["reply_to"] = one.reply_to
    if one.failure is not None:
        entry["failed"] = one.failure
    return entry


def _named(message: MessageResource) -> Iterable[int]:
    return (message["author"], *people_in(message))
