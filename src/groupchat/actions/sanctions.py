"""Keeping order in a room: silencing for a time, banning for a time or for good, and taking either back."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from groupchat.actions import audit
from groupchat.actions.counters import RoomChange, lock_people, lock_room, save_member
from groupchat.actions.effects import record
from groupchat.actions.owners import hand_on, lock_with_heir
from groupchat.attempts import Leaving, ask
from groupchat.errors import Invalid, NotFound
from groupchat.events import MemberBanned, MemberSilenced
from groupchat.models import Membership, Person
from groupchat.permissions import is_joined, require_active, require_remove
from groupchat.resources import moment
from groupchat.text import clean_reason
from groupchat.timeline import membership_in

LONGEST_SECONDS = 10 * 365 * 24 * 3600


@transaction.atomic
def ban(
    *,
    person: Person,
    room_id: int,
    target_id: int,
    seconds: int | None = None,
    reason: str = "",
    now: datetime | None = None,
) -> Membership:
    """Keep somebody out of a room for so long, or for good, whether they were ever in it or not. Said again, it counts
    anew. What they wrote stays.
    """
    require_active(person)
    until = _until(seconds, now) if seconds is not None else None
    reason = clean_reason(reason)
    change, membership, target, heir = _target(person, room_id, target_id)
    if is_joined(membership):
        ask(Leaving(change.room, target, by=person))
    before = _standing(membership)
    membership.goes_out(Membership.State.BANNED)
    membership.banned_until, membership.silenced_until, membership.reason = until, None, reason
    save_member(change, membership, target)
    if heir is not None:
        hand_on(change, heir, heir.person)
    audit.note("ban", by=person, room=change.room, person=target, before=before, after=_standing(membership))
    record([MemberBanned(room_id, target_id, person.pk)])
    return membership


@transaction.atomic
def unban(*, person: Person, room_id: int, target_id: int) -> Membership:
    """Let somebody enter again; nobody is brought in by it. Who is not banned stays as they are."""
    require_active(person)
    change, membership, target, _ = _target(person, room_id, target_id)
    if membership.state == Membership.State.BANNED:
        before = _standing(membership)
        membership.state = Membership.State.KICKED
        membership.banned_until, membership.reason = None, ""
        save_member(change, membership, target)
        audit.note("unban", by=person, room=change.room, person=target, before=before, after=_standing(membership))
    return membership


@transaction.atomic
def silence(
    *,
    person: Person,
    room_id: int,
    target_id: int,
    seconds: int,
    reason: str = "",
    now: datetime | None = None,
) -> Membership:
    """Let a member only read for so long; 0 takes it back. For good there is the role of a reader."""
    require_active(person)
    until = _until(seconds, now) if seconds else None
    reason = clean_reason(reason) if seconds else ""
    change, membership, target, _ = _target(person, room_id, target_id)
    if not is_joined(membership):
        raise NotFound("This person is not in the room.", field="person")
    if until is None and membership.silenced_until is None:
        return membership
    before = _standing(membership)
    membership.silenced_until, membership.reason = until, reason
    save_member(change, membership, target)
    act = "silence" if until is not None else "unsilence"
    audit.note(act, by=person, room=change.room, person=target, before=before, after=_standing(membership))
    if until is not None:
        record([MemberSilenced(room_id, target_id, person.pk)])
    return membership


def _until(seconds: int, now: datetime | None) -> datetime:
    if not 0 < seconds <= LONGEST_SECONDS:
        raise Invalid(f"seconds: from 1 to {LONGEST_SECONDS}.", field="seconds")
    return (now or timezone.now()) + timedelta(seconds=seconds)


def _target(person: Person, room_id: int, target_id: int) -> tuple[RoomChange, Membership, Person, Membership | None]:
    """The room and the person, both locked, and their membership, which is new where they never were there; and who has
    the room when they go, locked as well.
    """
    change = lock_room(room_id)
    found = Membership.objects.filter(room_id=room_id, person_id=target_id).first()
    mine = membership_in(room_id, person)
    require_remove(person, change.room, mine)
    if found is not None and is_joined(found):
        locked, heir = lock_with_heir(found)
    else:
        locked, heir = lock_people([target_id]), None
    target = locked.get(target_id)
    if target is None or (found is None and not change.room.is_open):
        raise NotFound("There is no such person here.", field="person")
    if found is not None:
        found.refresh_from_db()  # a mark may have moved before the lock
    theirs = found or Membership(room=change.room, person=target, state=Membership.State.LEFT)
    require_remove(person, change.room, mine, theirs)
    return change, theirs, target, heir


def _standing(membership: Membership) -> dict[str, str]:
    """What the audit log says of it."""
    told = {"state": str(membership.state), "role": str(membership.role)}
    if membership.state == Membership.State.BANNED:
        told["banned_until"] = moment(membership.banned_until) if membership.banned_until else "for good"
    if membership.silenced_until is not None:
        told["silenced_until"] = moment(membership.silenced_until)
    if membership.reason:
        told["reason"] = membership.reason
    return told
