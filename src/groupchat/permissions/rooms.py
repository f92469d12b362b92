"""Who may read, join, write into and rule a room."""

from __future__ import annotations

from groupchat.errors import Forbidden, NotFound
from groupchat.models import Membership, Person, Room


def is_joined(membership: Membership | None) -> bool:
    return membership is not None and membership.state == Membership.State.JOINED


def is_banned(membership: Membership | None) -> bool:
    return membership is not None and membership.state == Membership.State.BANNED


def can_read(room: Room, membership: Membership | None) -> bool:
    """A public room is read by everyone who is not banned from it, any other by its members."""
    if room.kind == Room.Kind.PUBLIC:
        return not is_banned(membership)
    return is_joined(membership)


def require_read(room: Room | None, membership: Membership | None) -> Room:
    if room is None:
        raise NotFound("There is no such room.")
    if can_read(room, membership):
        return room
    if room.kind == Room.Kind.PUBLIC:
        raise Forbidden("You were banned from this room.")
    raise NotFound("There is no such room.")


def floor_of(room: Room, membership: Membership | None, *, heard_from: int | None = None) -> int:
    """The number of the first message of a room that one may read; 0: all of them.

    Who is not in a room that shows newcomers nothing older sees what passes while they look in: from the number
    `heard_from` on, where their subscription began, and without one nothing.
    """
    if membership is not None and is_joined(membership):
        return membership.floor
    if room.history == Room.History.ALL:
        return 0
    return room.last_number + 1 if heard_from is None else heard_from


def require_join(room: Room | None, membership: Membership | None) -> Room:
    """Whoever may read a public room may join it; into others one is added."""
    return require_read(room, membership)


def require_post(room: Room | None, membership: Membership | None) -> Room:
    """Whoever reads may write; posting into a public room joins it."""
    return require_read(room, membership)


def rules_room(person: Person, membership: Membership | None) -> bool:
    """Room owners, guests among them, in their room; and site owners, who have an account."""
    if person.is_owner and person.kind != Person.Kind.GUEST:
        return True
    return membership is not None and is_joined(membership) and membership.role == Membership.Role.OWNER


def require_manage(room: Room | None, person: Person, membership: Membership | None) -> Room:
    """Renaming a room and setting its topic."""
    room = require_read(room, membership)
    if not rules_room(person, membership):
        raise Forbidden("Only the owner of the room may change its name and topic.")
    return room
