"""All answers to a message, page by page, and who follows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from groupchat.conf import conf
from groupchat.errors import NotFound
from groupchat.kinds import MESSAGES
from groupchat.models import Membership, Message, MessageReply, Person, Room
from groupchat.parts import message_resources, with_mine
from groupchat.permissions import floor_of, require_read
from groupchat.protocol import MessageResource, PersonResource
from groupchat.timeline import ALL_OF_THEM, as_much_as_fits, membership_in, people

ANSWERS_LOOKED_AT = 500  # for their authors, at the end of a thread or at its beginning: it may have very many


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """A page of the answers to the message `root`, in order of number, true at `seq`; `more`: whether there are others
    on the side that was asked for. `message` is the root, None where the reader may not see it.
    """

    room: int
    seq: int
    root: int
    message: MessageResource | None
    messages: Sequence[MessageResource]
    more: bool
    following: bool
    people: Sequence[PersonResource]


def thread(
    person: Person | None,
    room_id: int,
    root: int,
    *,
    before: int | None = None,
    after: int | None = None,
    limit: int = 50,
    heard_from: int | None = None,
) -> ThreadPage:
    """The newest answers, or those nearest before or after a number; `root` may be one of them. `heard_from` is as for
    `permissions.floor_of`. Raises NotFound and Forbidden.
    """
    room = Room.objects.filter(pk=room_id).first()
    membership = membership_in(room_id, person)
    room = require_read(person, room, membership)
    first = max(room.first_number, floor_of(room, membership, heard_from=heard_from))
    if not first <= root <= room.last_number:
        raise NotFound("There is no such message in this room.")
    root = root_of(room_id, root)
    most = conf().max_page_messages
    numbers, more = _numbers(room_id, root, first, before, after, min(limit, most or ALL_OF_THEM))
    found = message_resources(list(Message.objects.filter(room=room, number__in=numbers).order_by("number")))
    messages = as_much_as_fits(found, numbers[0] if after is not None else numbers[-1]) if numbers else found
    above = message_resources(list(Message.objects.filter(room=room, number=root))) if root >= first else []
    reader = person.pk if person is not None else None
    shown = with_mine(room_id, [*above, *messages], reader)
    named = {one for message in shown for one in MESSAGES.names(message)}
    return ThreadPage(
        room=room_id,
        seq=room.seq,
        root=root,
        message=shown[0] if above else None,
        messages=shown[len(above) :],
        more=more or len(messages) < len(found),
        following=person is not None and follows(person, room_id, root, membership),
        people=people(named),
    )


def root_of(room_id: int, number: int) -> int:
    """The root of the thread in which this message stands; where it answers nothing, it is one itself."""
    row = MessageReply.objects.filter(room_id=room_id, number=number).first()
    return number if row is None else row.root or row.to


def follows(person: Person, room_id: int, root: int, membership: Membership | None) -> bool:
    """Whether they follow a thread: as they chose, else whoever wrote the root or one of the newest answers does."""
    chosen = membership.follows.split(",") if membership is not None and membership.follows else []
    if str(root) in chosen or str(-root) in chosen:
        return str(root) in chosen
    numbers, _ = _numbers(room_id, root, 1, None, None, ANSWERS_LOOKED_AT)
    return Message.objects.filter(room_id=room_id, author=person, number__in=[root, *numbers]).exists()


def _numbers(
    room_id: int, root: int, first: int, before: int | None, after: int | None, limit: int
) -> tuple[Sequence[int], bool]:
    """The numbers of a page, ascending, and whether there are more on the side that was asked for."""
    answers = MessageReply.objects.filter(room_id=room_id, number__gte=first)
    if after is not None:
        answers = answers.filter(number__gt=after).order_by("number")
    else:
        answers = answers.filter(number__lt=before) if before is not None else answers
        answers = answers.order_by("-number")
    # One after the other: a single statement would sort the whole thread for a page of it.
    of_root = answers.filter(root=root).values_list("number", flat=True)[: limit + 1]
    older = answers.filter(root=None, to=root).values_list("number", flat=True)[: limit + 1]
    found = sorted([*of_root, *older], reverse=after is None)
    return sorted(found[:limit]), len(found) > limit
