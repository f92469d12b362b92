"""Invite links: made, ended, and gone through."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from groupchat.access import access
from groupchat.actions import audit
from groupchat.actions.counters import changed_sessions, changing_room, lock_people, lock_room, lock_rooms
from groupchat.actions.people import Guest, person_of_guest
from groupchat.actions.rooms.coming import come_in
from groupchat.actions.rooms.making import Allow, whoever
from groupchat.attempts import Joining, ask
from groupchat.conf import conf
from groupchat.errors import Invalid, LimitReached, NotFound
from groupchat.invites import digest_of as _digest_of
from groupchat.invites import in_force, link_of, no_longer, number_that_hold
from groupchat.models import InviteLink, Membership, Person, Room
from groupchat.permissions import (
    is_joined,
    require_active,
    require_come_by_link,
    require_end_link,
    require_make_link,
)
from groupchat.timeline import membership_in

TOKEN_BYTES = 24
DAY_SECONDS = 24 * 3600
KEPT_DAYS = 30  # a link that holds no more, for whoever asks who came by it
FORGOTTEN_AT_ONCE = 500
LONGEST_SECONDS = 10 * 365 * DAY_SECONDS  # where the operator sets no limit
MOST_USES = 2**31 - 1  # that the column holds

_ROLES = (Membership.Role.MEMBER, Membership.Role.READER, Membership.Role.MODERATOR)


@dataclass(frozen=True, slots=True)
class MadeLink:
    """A new link, and its secret, which is shown once and never stored."""

    link: InviteLink
    token: str


def make(
    *,
    person: Person,
    room_id: int | None = None,
    expires_in: int | None = None,
    uses: int | None = None,
    role: str = "member",
    now: datetime | None = None,
) -> MadeLink:
    """Make a link into a room, or (None) to the site, that holds for so many seconds (0: for ever) and so many uses.

    `role` is what newcomers are in the room; who was in it before comes back as what they were. Raises Invalid past a
    limit, LimitReached where there are too many that hold.
    """
    return make_limited(
        person=person,
        room_id=room_id,
        expires_in=expires_in,
        uses=uses,
        role=role,
        before_making=whoever,
        now=now,
    )


@transaction.atomic
def make_limited(
    *,
    person: Person,
    room_id: int | None = None,
    expires_in: int | None = None,
    uses: int | None = None,
    role: str = "member",
    before_making: Allow,
    now: datetime | None = None,
) -> MadeLink:
    """The same, for somebody at a door: `before_making` raises where this person may make no link now."""
    require_active(person)
    if role not in _ROLES:
        raise Invalid(f"role: one of {', '.join(_ROLES)}.", field="role")
    now = now or timezone.now()
    expires_at, most_uses = _end(expires_in, now), _most_uses(uses)
    room = lock_room(room_id).room if room_id is not None else None
    require_make_link(person, room, membership_in(room_id, person) if room_id is not None else None, role)
    most = conf().max_invite_links
    if most and number_that_hold(room, now=now) >= most:
        raise LimitReached(f"There are {most} invite links already. End one of them first.", field="room")
    before_making(person)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = InviteLink.objects.create(
        room=room,
        maker=person,
        digest=_digest_of(token),
        role=role,
        most_uses=most_uses,
        made_at=now,
        expires_at=expires_at,
    )
    audit.note("invite link", by=person, room=room, after={"link": link.pk, "role": role})
    return MadeLink(link, token)


@transaction.atomic
def end(*, person: Person, link_id: int, room_id: int | None = None, now: datetime | None = None) -> InviteLink:
    """Let nobody in by this link any more, from this moment on. Said again, it changes nothing. Raises NotFound."""
    require_active(person)
    room = lock_room(room_id).room if room_id is not None else None
    link = InviteLink.objects.filter(pk=link_id, room=room).first()
    mine = membership_in(room_id, person) if room_id is not None else None
    # Whether there is such a link is for those who may end it.
    require_end_link(person, room, mine, link.maker_id if link is not None else 0)
    if link is None:
        raise NotFound("There is no such link.", field="id")
    if link.ended_at is None:
        link.ended_at = now or timezone.now()
        link.save(update_fields=["ended_at"])
        audit.note("end invite link", by=person, room=room, before={"link": link.pk})
    return link


def accept(*, person: Person, token: str, now: datetime | None = None) -> Room | None:
    """Go through a link: be a member of its room from now on; None where it leads to the site alone.

    A use is counted where somebody comes in, not where they were in already. Raises NotFound where it holds no more,
    Forbidden where this person may not come in by it.
    """
    require_active(person)
    link = link_of(token, now=now)
    if link.room_id is None:
        with transaction.atomic():
            locked = lock_people([person.pk])[person.pk]
            require_active(locked)
            _use(link, now)
            if locked.is_confined:  # now they are let into the whole site
                Person.objects.filter(pk=person.pk).update(only_room=None)
                changed_sessions(person.pk)
        return None
    with changing_room(link.room_id, person, comes_in=True) as change:
        link = link_of(token, now=now)  # behind the lock: its maker, or the room, may have changed
        membership = membership_in(change.room.pk, person)
        require_come_by_link(person, change.room, membership)
        if membership is not None and is_joined(membership):
            return change.room
        ask(Joining(change.room, person))
        _use(link, now)
        come_in(change, person, membership, role=link.role)
    return change.room


@transaction.atomic
def accept_as_guest(*, guest: Guest, token: str, now: datetime | None = None) -> tuple[Room | None, Person]:
    """The same for a guest, who becomes a person by it if they are none yet. A refusal leaves no trace of them.

    Where the site is for invited people, a new guest is let into this very room and no other.
    """
    link = link_of(token, now=now)
    lock_rooms([link.room_id] if link.room_id is not None else [])  # first, as wherever guests become people
    is_new = not Person.objects.filter(guest_id=guest.id).exists()
    person = person_of_guest(guest=guest)
    if is_new and link.room_id is not None and access().invited:
        person.only_room = link.room_id
        person.save(update_fields=["only_room"])
    return accept(person=person, token=token, now=now), person


def forget_old(*, now: datetime | None = None) -> bool:
    """Take away links that hold no more since KEPT_DAYS, some at a time; whether there may be more."""
    then = (now or timezone.now()) - timedelta(days=KEPT_DAYS)
    old = InviteLink.objects.filter(Q(expires_at__lt=then) | Q(ended_at__lt=then))
    ids = list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
    InviteLink.objects.filter(pk__in=ids).delete()
    return len(ids) == FORGOTTEN_AT_ONCE


def _use(link: InviteLink, now: datetime | None) -> None:
    """Count one use, if one is left. The update is the lock: of two who want the last one, one finds none."""
    if not in_force(now=now).filter(pk=link.pk).update(uses=F("uses") + 1):
        raise no_longer()


def _end(seconds: int | None, now: datetime) -> datetime | None:
    most = conf().max_invite_link_days
    if seconds is None:
        days = conf().invite_link_days
        seconds = (min(days, most) if days and most else days or most) * DAY_SECONDS
    least, longest = (1, most * DAY_SECONDS) if most else (0, LONGEST_SECONDS)
    if not least <= seconds <= longest:
        raise Invalid(f"expires_in: from {least} to {longest} seconds.", field="expires_in")
    return now + timedelta(seconds=seconds) if seconds else None


def _most_uses(uses: int | None) -> int | None:
    most = conf().max_invite_link_uses
    if uses is None:
        return most or None
    if not 0 < uses <= (most or MOST_USES):
        raise Invalid(f"uses: from 1 to {most or MOST_USES}.", field="uses")
    return uses
