"""Who has a room when its owner goes: a room is never without one as long as somebody is in it."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Case, QuerySet, Value, When

from groupchat.actions.counters import RoomChange, changed_mine, lock_people, recount
from groupchat.models import Membership, Person

_NEXT_IN_LINE = Case(
    When(role=Membership.Role.MODERATOR, then=Value(0)),
    When(role=Membership.Role.MEMBER, then=Value(1)),
    default=Value(2),
)


def is_last_owner(membership: Membership) -> bool:
    """Whether nobody else who is let in owns the room. Call it under the room's lock."""
    return membership.role == Membership.Role.OWNER and not _others(membership).filter(role=membership.role).exists()


def heir_of(membership: Membership) -> Membership | None:
    """Who is to own the room once this member goes: of those of the highest role, who has been in it longest. None
    where it has another owner, or nobody else is there.

    A moderator comes before a member, a member before a reader. Call it under the room's lock.
    """
    if not is_last_owner(membership):
        return None
    return _others(membership).order_by(_NEXT_IN_LINE, "pk").first()


def heir_of_many(room_id: int, going: Collection[int]) -> Membership | None:
    """As `heir_of`, where all these go together, by person id."""
    owners = Membership.objects.filter(room_id=room_id, role=Membership.Role.OWNER, state=Membership.State.JOINED)
    if not owners.filter(person_id__in=going).exists():
        return None
    staying = _joined(room_id).exclude(person_id__in=going)
    if staying.filter(role=Membership.Role.OWNER).exists():
        return None
    return staying.order_by(_NEXT_IN_LINE, "pk").first()


def lock_with_heir(membership: Membership) -> tuple[dict[int, Person], Membership | None]:
    """Lock the row of a member who goes, together with that of their heir, if they have one; the people, and the
    heir's membership.
    """
    heir = heir_of(membership)
    return lock_people([membership.person_id, *([heir.person_id] if heir else [])]), heir


def give_on(change: RoomChange, heir: Membership, person: Person) -> None:
    """Let the heir own the room. Their own row, `person`, is locked; the caller says it in their counter."""
    heir.refresh_from_db()  # a mark may have moved before the lock
    heir.role = Membership.Role.OWNER
    change.changed(heir, person)
    heir.save()


def hand_on(change: RoomChange, heir: Membership, person: Person) -> None:
    """The same as a change of its own, in both counters."""
    give_on(change, heir, person)
    change.save()
    changed_mine(person.pk, [heir])
    recount(change, person)


def _others(membership: Membership) -> QuerySet[Membership]:
    return _joined(membership.room_id).exclude(pk=membership.pk)


def _joined(room_id: int) -> QuerySet[Membership]:
    """Who is in it, and let in."""
    joined = Membership.objects.filter(room_id=room_id, state=Membership.State.JOINED)
    return joined.filter(person__is_active=True, person__account_active=True)
