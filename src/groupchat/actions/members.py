"""What is done to the members of a room: brought in, sent out, given a role."""

from __future__ import annotations

from collections.abc import Callable, Collection

from django.db import transaction

from groupchat.actions import audit
from groupchat.actions.blocks import require_reaches
from groupchat.actions.counters import changed_mine, lock_people, lock_room, save_member
from groupchat.actions.effects import record
from groupchat.actions.owners import hand_on, is_last_owner, lock_with_heir
from groupchat.actions.rooms.coming import admit
from groupchat.attempts import Joining, Leaving, ask, leaving
from groupchat.conf import conf
from groupchat.errors import Forbidden, Invalid, NotFound
from groupchat.events import MemberJoined, MemberRemoved, RoleGiven
from groupchat.models import Membership, Person, Room
from groupchat.permissions import (
    is_banned,
    is_joined,
    require_active,
    require_give_role,
    require_invite,
    require_remove,
)
from groupchat.timeline import membership_in


def invite(*, person: Person, room_id: int, people: Collection[int]) -> list[int]:
    """Make these people members; gives the ids of those who were none. Raises NotFound where one of them is not there,
    Forbidden where one is banned: nobody is brought in then.
    """
    return invite_limited(person=person, room_id=room_id, people=people, before_inviting=lambda person, people: None)


@transaction.atomic
def invite_limited(
    *, person: Person, room_id: int, people: Collection[int], before_inviting: Callable[..., None]
) -> list[int]:
    """The same, for somebody at a door: `before_inviting(person, people=…)` raises where this person may bring in no
    such number of others now.
    """
    require_active(person)
    limit = conf().max_invited_people
    if limit and len(people) > limit:
        raise Invalid(f"people: at most {limit} at once.", field="people")
    change = lock_room(room_id)
    require_invite(person, change.room, membership_in(room_id, person))
    locked = lock_people(people)
    if len(locked) < len(set(people)) or not all(one.is_admitted for one in locked.values()):
        raise NotFound("Somebody of these is not here any more.", field="people")
    known = {one.person_id: one for one in Membership.objects.filter(room_id=room_id, person_id__in=locked)}
    require_reaches(person, [one for one in locked if not is_joined(known.get(one))])
    if any(map(is_banned, known.values())):
        raise Forbidden("Somebody of these was banned from this room.", field="people", why="banned")
    newcomers = [one for one in locked.values() if not is_joined(known.get(one.pk))]
    if not change.room.guests and any(one.kind == Person.Kind.GUEST for one in newcomers):
        raise Forbidden("Guests don't come into this room.", field="people", why="no_guests")
    for one in newcomers:
        ask(Joining(change.room, one, by=person))
    before_inviting(person, people=len(locked))
    came = [admit(change, one, known.get(one.pk)) for one in newcomers]
    for membership in came:
        membership.save()
    change.save()
    for membership in came:
        changed_mine(membership.person_id, [membership], [change.room])
    if came:
        audit.note("invite", by=person, room=change.room, after={"people": [one.person_id for one in came]})
    record([MemberJoined(room_id, membership.person_id) for membership in came])
    return [membership.person_id for membership in came]


@transaction.atomic
def remove(*, person: Person, room_id: int, target_id: int) -> Room:
    """Send somebody out; what they wrote stays. Who is not in the room is out of it already."""
    require_active(person)
    change = lock_room(room_id)
    target = _membership(room_id, target_id)
    require_remove(person, change.room, membership_in(room_id, person), target if is_joined(target) else None)
    if target is None or not is_joined(target):
        return change.room
    if leaving.has_listeners():
        ask(Leaving(change.room, target.person, by=person))
    locked, heir = lock_with_heir(target)
    target.refresh_from_db()  # a mark may have moved before the lock
    target.goes_out(Membership.State.KICKED)
    save_member(change, target, locked[target_id])
    if heir is not None:
        hand_on(change, heir, locked[heir.person_id])
    audit.note("remove", by=person, room=change.room, person=locked[target_id])
    record([MemberRemoved(room_id, target_id, person.pk)])
    return change.room


@transaction.atomic
def give_role(*, person: Person, room_id: int, target_id: int, role: str) -> Room:
    """Say what somebody is in the room. Its last owner stays one until somebody else is: raises Forbidden."""
    require_active(person)
    if role not in Membership.Role.values:
        raise Invalid(f"role: one of {', '.join(Membership.Role.values)}.", field="role")
    change = lock_room(room_id)
    require_give_role(person, change.room, membership_in(room_id, person))
    target = _membership(room_id, target_id)
    if target is None or not is_joined(target):
        raise NotFound("This person is not in the room.", field="person")
    if target.role == role:
        return change.room
    if is_last_owner(target):
        raise Forbidden("Make somebody else an owner of the room first.", field="role", why="last_owner")
    locked = lock_people([target_id])
    target.refresh_from_db()
    before, target.role = target.role, role
    save_member(change, target, locked[target_id])
    told = {"before": {"role": str(before)}, "after": {"role": role}}
    audit.note("role", by=person, room=change.room, person=locked[target_id], **told)
    record([RoleGiven(room_id, target_id, person.pk)])
    return change.room


def _membership(room_id: int, person_id: int) -> Membership | None:
    return Membership.objects.filter(room_id=room_id, person_id=person_id).first()
