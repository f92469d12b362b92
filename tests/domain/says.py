"""Short words for what the tests of the domain do all the time."""

from __future__ import annotations

import itertools

from groupchat.actions import messages
from groupchat.actions.messages import Post, Posted
from groupchat.actions.people import Guest
from groupchat.errors import ChatError
from groupchat.models import Membership, Message, Notice, Person, Room, RoomName

_ids = itertools.count(1)


def answer(author: Person | Guest, room: Room, body: str = "hi", *, id: str | None = None) -> Posted | ChatError:
    """The answer to one post."""
    (found,) = messages.post([Post(room.pk, author, body, id or f"m{next(_ids)}")])
    return found


def say(author: Person | Guest, room: Room, body: str = "hi", *, id: str | None = None) -> Posted:
    """Post one message, and have it taken."""
    found = answer(author, room, body, id=id)
    assert isinstance(found, Posted), repr(found)
    return found


def membership(person: Person, room: Room) -> Membership | None:
    return Membership.objects.filter(person=person, room=room).first()


def unread(person: Person, room: Room) -> int:
    room.refresh_from_db()
    found = membership(person, room)
    assert found is not None
    return room.last_number - found.last_read_number


def rows() -> dict[str, list[dict[str, object]]]:
    """Every row of every table that an action writes."""
    models = (Room, RoomName, Person, Membership, Message, Notice)
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in models}
