"""Where somebody stands in a room, and on the site."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import IntEnum

from django.utils import timezone

from groupchat.conf import conf
from groupchat.models import Membership, Person, Room


class Rank(IntEnum):
    """Who is above whom in a room."""

    NOBODY = 0
    READER = 1
    MEMBER = 2
    MODERATOR = 3
    OWNER = 4
    SITE_ADMIN = 5
    SITE_OWNER = 6


_OF_ROLE = {
    Membership.Role.READER: Rank.READER,
    Membership.Role.MEMBER: Rank.MEMBER,
    Membership.Role.MODERATOR: Rank.MODERATOR,
    Membership.Role.OWNER: Rank.OWNER,
}


def is_joined(membership: Membership | None) -> bool:
    return membership is not None and membership.state == Membership.State.JOINED


def is_banned(membership: Membership | None) -> bool:
    """Whether a ban holds at this moment."""
    if membership is None or membership.state != Membership.State.BANNED:
        return False
    return membership.banned_until is None or membership.banned_until > timezone.now()


def is_silenced(membership: Membership | None) -> bool:
    """Whether a silence holds at this moment."""
    return (
        membership is not None and membership.silenced_until is not None and membership.silenced_until > timezone.now()
    )


def raided_until(room: Room) -> datetime | None:
    """Until when the room is shut to newcomers, by itself or with the whole site; None where it is not at this moment.
    Of the site it is known of a room that is locked.
    """
    of_site = room.site_raid_until if room.is_open else None
    until = max(filter(None, (room.raid_until, of_site)), default=None)
    return until if until is not None and until > timezone.now() else None


def is_newcomer(person: Person | None, now: datetime) -> bool:
    """Whether somebody came to the site less than `newcomer_hours` ago: who has no row yet, a guest, or an account."""
    hours = conf().newcomer_hours
    if not hours or (person is not None and (person.kind == Person.Kind.BOT or owns_site(person))):
        return False
    return person is None or person.created_at > now - timedelta(hours=hours)


def owns_site(person: Person | None) -> bool:
    """Site owners have an account: a guest's cookie rules nothing but the rooms that they made."""
    return person is not None and person.is_owner and person.kind != Person.Kind.GUEST


def administers_site(person: Person | None) -> bool:
    """Owners do, and those whom they made administrators, who have an account, too."""
    return owns_site(person) or (person is not None and person.is_admin and person.kind == Person.Kind.USER)


def rank_in_room(membership: Membership | None) -> Rank:
    """By their role alone."""
    if membership is None or membership.state != Membership.State.JOINED:
        return Rank.NOBODY
    return _OF_ROLE.get(Membership.Role(membership.role), Rank.MEMBER)


def rank_of(person: Person | None, membership: Membership | None) -> Rank:
    """By their role, or because the site is theirs, or theirs to look after."""
    if owns_site(person):
        return Rank.SITE_OWNER
    return Rank.SITE_ADMIN if administers_site(person) else rank_in_room(membership)


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
