"""The messages that are pinned in a room, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from groupchat import timeline
from groupchat.conf import conf
from groupchat.models import Message, MessagePin, Person, Room
from groupchat.parts import message_resources, people_in, with_mine
from groupchat.permissions import floor_of, require_read
from groupchat.protocol import MessageResource, PersonResource, encode


@dataclass(frozen=True, slots=True)
class PinsPage:
    """Pinned messages, the last one pinned first; `next` is where the next page begins."""

    messages: Sequence[MessageResource]
    next: int | None
    people: Sequence[PersonResource]


def standing(room_id: int) -> QuerySet[MessagePin]:
    """The pins of a room, but for those that an older version left behind when it deleted their message."""
    message = Message.objects.filter(room_id=room_id, number=OuterRef("number"), deleted_at=None)
    return MessagePin.objects.filter(Exists(message), room_id=room_id)


def pins(person: Person | None, room_id: int, *, after: int = 0, heard_from: int | None = None) -> PinsPage:
    """A page of those that this person may see, as they are now; raises NotFound and Forbidden. It is shorter where
    they are many bytes.
    """
    found = Room.objects.filter(pk=room_id).first()
    membership = timeline.membership_in(room_id, person)
    room = require_read(person, found, membership)
    floor = floor_of(room, membership, heard_from=heard_from)
    limit = conf().max_page_messages or timeline.ALL_OF_THEM
    behind = standing(room_id).filter(number__gte=floor).order_by("-pk")
    if after:
        behind = behind.filter(pk__lt=after)
    some = list(behind.values_list("pk", "number")[: limit + 1])
    page, more = some[:limit], len(some) > limit
    rows = {one.number: one for one in Message.objects.filter(room_id=room_id, number__in=[n for _, n in page])}
    page = [(pk, number) for pk, number in page if number in rows]
    resources = message_resources([rows[number] for _, number in page])
    fitting = _fitting(resources)
    if fitting < len(page):
        page, more = page[:fitting], True
    messages = with_mine(room_id, resources[:fitting], person.pk if person is not None else None)
    named = {one for message in messages for one in (message["author"], *people_in(message))}
    return PinsPage(messages, page[-1][0] if more else None, timeline.people(named))


def _fitting(messages: Sequence[MessageResource]) -> int:
    """How many of these one answer holds; at least one."""
    left = conf().largest_answer_bytes or timeline.ALL_OF_THEM
    for place, message in enumerate(messages):
        left -= len(encode(message))
        if left < 0 and place:
            return place
    return len(messages)
