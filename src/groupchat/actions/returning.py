"""Who deletes their person while the site keeps their user is somebody new with their next visit: what was said of them
to keep order stays.

With the person who is gone a hash of their user is kept, only where they are banned, sent out, silenced or a reader
somewhere, and until they come again.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from groupchat.actions import audit
from groupchat.actions.bulk_sql import BulkSql
from groupchat.actions.counters import RoomChange, changed_mine, lock_rooms, save_changes
from groupchat.models import Membership, Person


@dataclass(frozen=True, slots=True)
class Kept:
    """What was said of somebody, in rooms that are locked."""

    former: Person
    memberships: Sequence[Membership]
    changes: dict[int, RoomChange]
    statements: BulkSql


def key_of(user: Any) -> str:
    """A hash that says nothing to who has not the server's key."""
    said = f"groupchat.was_user\0{user.pk}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).hexdigest()


def remember(*, person: Person, user: Any, now: datetime | None = None) -> None:
    """Set `person.was_user`, where anything is to be kept; the caller saves it."""
    person.was_user = key_of(user) if _said_of(person, now or timezone.now()).exists() else None


def is_remembered(user: Any) -> bool:
    """Whether something waits for this user's next person."""
    return Person.objects.filter(was_user=key_of(user)).exists()


def lock_kept(user: Any) -> Kept | None:
    """What waits for the next person of this user. Call it inside a transaction, before that person is made: rooms are
    locked before people.
    """
    former = Person.objects.filter(was_user=key_of(user)).order_by("-pk").first()
    if former is None:
        return None
    said = _said_of(former, timezone.now()).order_by("room_id")
    statements = BulkSql()
    changes = lock_rooms(said.values_list("room_id", flat=True), statements)
    return Kept(former, list(said.filter(room_id__in=changes.keys())), changes, statements)


def carry_over(kept: Kept, person: Person) -> None:
    """Let it hold for this person, whom this transaction has made."""
    made = []
    for theirs in kept.memberships:
        is_out = theirs.state in (Membership.State.KICKED, Membership.State.BANNED)
        change = kept.changes[theirs.room_id]
        mine = Membership(
            room=change.room,
            person=person,
            role=Membership.Role.READER if theirs.role == Membership.Role.READER else Membership.Role.MEMBER,
            state=theirs.state if is_out else Membership.State.LEFT,
            silenced_until=theirs.silenced_until,
            banned_until=theirs.banned_until,
            reason=theirs.reason,
        )
        change.changed(mine, person)
        mine.save()
        made.append(mine)
    save_changes(kept.changes.values(), kept.statements)
    if made:
        changed_mine(person.pk, made)
        person.refresh_from_db(fields=["seq"])
    Person.objects.filter(was_user=kept.former.was_user).update(was_user=None)
    audit.note("come again", by=None, person=person, after={"rooms": [one.room_id for one in made]})


def _said_of(person: Person, now: datetime) -> QuerySet[Membership]:
    holds = Q(state=Membership.State.BANNED) & (Q(banned_until=None) | Q(banned_until__gt=now))
    holds |= Q(state=Membership.State.KICKED) | Q(silenced_until__gt=now) | Q(role=Membership.Role.READER)
    return Membership.objects.filter(holds, person=person)
