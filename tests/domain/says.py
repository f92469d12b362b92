"""Short words for what the tests of the domain do all the time."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TypeVar

import groupchat.unread
from groupchat.actions import messages
from groupchat.actions.messages import Post, Posted
from groupchat.actions.people import Guest
from groupchat.errors import ChatError
from groupchat.models import (
    Membership,
    Message,
    MessagePin,
    MessageReply,
    MessageThread,
    MessageVersion,
    Notice,
    Person,
    Purge,
    Report,
    Room,
    RoomName,
    SavedMessage,
    ScheduledMessage,
)
from groupchat.protocol import RoomState
from groupchat.realtime.delivery import opening
from groupchat.realtime.delivery.opening import Asked, Range, Roll
from groupchat.timeline import MembersPage, Page
from groupchat.unread import Ranges

_ids = itertools.count(1)


def answer(
    author: Person | Guest, room: Room, body: str = "hi", *, id: str | None = None, seen: int | None = None
) -> Posted | ChatError:
    """The answer to one post."""
    (found,) = messages.post([Post(room.pk, author, body, id or f"m{next(_ids)}", seen)])
    return found


def say(
    author: Person | Guest, room: Room, body: str = "hi", *, id: str | None = None, seen: int | None = None
) -> Posted:
    """Post one message, and have it taken."""
    found = answer(author, room, body, id=id, seen=seen)
    assert isinstance(found, Posted), repr(found)
    return found


def membership(person: Person, room: Room) -> Membership | None:
    return Membership.objects.filter(person=person, room=room).first()


A = TypeVar("A")


def look(person: Person | None, room_id: int) -> RoomState:
    """The room as a client is told when it opens it."""
    return _only(opening.rooms([Asked(person, room_id)]))


def page(person: Person | None, room_id: int, *, limit: int = 50, **at: int) -> Page:
    """A page of history, as a client is given it."""
    numbers = (at.get("before"), at.get("after"), at.get("around"))
    return _only(opening.pages([Range(person, room_id, *numbers, limit)]))


def members(person: Person | None, room_id: int, after: int, limit: int) -> MembersPage:
    """A page of those who are in the room, as a client is given it."""
    return _only(opening.members([Roll(person, room_id, after, limit)]))


def _only(answers: Sequence[A | Exception]) -> A:
    (found,) = answers
    if isinstance(found, Exception):
        raise found
    return found


def uncounted_of(room: Room, member: Membership | None) -> Ranges:
    """Of one membership, as it was just read with its room."""
    assert member is not None
    return groupchat.unread.uncounted_of([(room, member)]).get((member.person_id, room.pk), [])


def unread(person: Person, room: Room) -> int:
    """How many messages of others that are still there lie behind the mark: as a client that opens the room reckons it
    from what it is told, which is what counting comes to.
    """
    state = look(person, room.pk)
    assert state["me"] is not None
    ranges = [*state.get("uncounted", ()), *state["me"].get("read_ahead", ())]
    uncounted = {number for low, high in ranges for number in range(low, high + 1)}
    reckoned = state["last_number"] - state["me"]["last_read_number"] - len(uncounted)
    behind = Message.objects.filter(room=room, number__gt=state["me"]["last_read_number"], deleted_at=None)
    ahead = [number for low, high in state["me"].get("read_ahead", ()) for number in range(low, high + 1)]
    assert reckoned == behind.exclude(author=person).exclude(number__in=ahead).count()
    return reckoned


def rows() -> dict[str, list[dict[str, object]]]:
    """Every row of every table that an action writes."""
    parts = (MessageReply, MessageThread, MessageVersion, MessagePin)
    models = (Room, RoomName, Person, Membership, Message, *parts, Notice)
    models += (Report, Purge, SavedMessage, ScheduledMessage)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}
