"""Coming into a room, and leaving it."""

from __future__ import annotations

from django.db import transaction

from groupchat.actions.counters import RoomChange, changed_mine, changing_room, lock_room, recount
from groupchat.actions.effects import record
from groupchat.actions.owners import give_on, lock_with_heir
from groupchat.attempts import Joining, Leaving, ask
from groupchat.events import MemberJoined, MemberLeft
from groupchat.models import Membership, Person, Room
from groupchat.permissions import is_joined, require_active, require_join, require_leave
from groupchat.reading import raise_mark


def join(*, person: Person, room_id: int) -> tuple[Room, Membership]:
    """Be a member of an open room; one who is already stays so, and nothing is written."""
    require_active(person)
    membership = Membership.objects.filter(room_id=room_id, person=person).select_related("room").first()
    if membership is not None and is_joined(membership) and membership.room.deleted_at is None:
        return membership.room, membership
    with changing_room(room_id, person, comes_in=True) as change:
        membership = Membership.objects.filter(room_id=room_id, person=person).first()
        require_join(person, change.room, membership)
        if membership is not None and is_joined(membership):
            return change.room, membership  # on another device, at the same moment
        ask(Joining(change.room, person))
        return change.room, come_in(change, person, membership)


def come_in(
    change: RoomChange, person: Person, membership: Membership | None, *, role: str = Membership.Role.MEMBER
) -> Membership:
    """Be a member from now on, new, and then with this role, or come back; `person` is locked, and may."""
    membership = admit(
        change,
        person,
        membership or Membership(room=change.room, person=person, role=role, state=Membership.State.LEFT),
    )
    membership.save()
    change.save()
    changed_mine(person.pk, [membership], [change.room])
    record([MemberJoined(change.room.pk, person.pk)])
    return membership


def admit(change: RoomChange, person: Person, membership: Membership | None) -> Membership:
    """The membership of a person who comes in, new or come back; the caller saves it. What was said before is read.

    Who left by themselves finds the room theirs as it was; who was sent out has lost what they were in it. Where a room
    shows newcomers nothing older, whoever comes back is one, too: what was said while they were out is not for them.
    """
    if membership is None:
        membership = Membership(room=change.room, person=person)
    elif membership.state != Membership.State.LEFT and membership.role != Membership.Role.READER:
        membership.role = Membership.Role.MEMBER
    if membership.state == Membership.State.BANNED:
        membership.banned_until, membership.reason = None, ""
    membership.state = Membership.State.JOINED
    raise_mark(membership, change.room.last_number)
    membership.floor = change.room.last_number + 1 if change.room.history == Room.History.JOINED else 0
    change.changed(membership, person)
    return membership


@transaction.atomic
def leave(*, person: Person, room_id: int) -> None:
    """Be a member no more. Leaving a room that one is not in changes nothing. Where its only owner leaves, the next in
    line has it.
    """
    change = lock_room(room_id)
    membership = Membership.objects.filter(room_id=room_id, person=person).first()
    require_leave(person, change.room, membership)
    if membership is None or not is_joined(membership):
        return
    ask(Leaving(change.room, person))
    people, heir = lock_with_heir(membership)
    membership.refresh_from_db()  # a mark may have moved before the lock
    membership.goes_out(Membership.State.LEFT)
    change.changed(membership, person)
    membership.save()
    if heir is not None:
        give_on(change, heir, people[heir.person_id])
    change.save()
    changed_mine(person.pk, [membership])
    recount(change, people[person.pk])
    if heir is not None:
        changed_mine(heir.person_id, [heir])
        recount(change, people[heir.person_id])
    record([MemberLeft(room_id, person.pk)])
