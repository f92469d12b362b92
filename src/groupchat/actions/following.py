"""Following threads: what a person says of those of a room stands in their membership, and is told by their counter."""

from __future__ import annotations

from django.db import transaction

from groupchat.actions.counters import changed_mine
from groupchat.actions.memberships import own_membership
from groupchat.conf import conf
from groupchat.errors import LimitReached, NotFound
from groupchat.models import Membership, Person
from groupchat.permissions import floor_of
from groupchat.threads import follows, root_of


@transaction.atomic
def follow(*, person: Person, room_id: int, root: int, on: bool) -> Membership:
    """Follow the thread of this message, or do so no more; what is so already changes nothing. Raises NotFound, and
    LimitReached where they said that of too many threads of the room.
    """
    membership = own_membership(person, room_id)
    first = max(membership.room.first_number, floor_of(membership.room, membership))
    if not first <= root <= membership.room.last_number:
        raise NotFound("There is no such message in this room.", field="root")
    root = root_of(room_id, root)
    if follows(person, room_id, root, membership) == on:
        return membership
    chosen = [int(one) for one in membership.follows.split(",")] if membership.follows else []
    kept = [one for one in chosen if abs(one) != root]
    most = conf().max_followed_threads
    if most and len(kept) >= most:
        raise LimitReached(f"You can choose that of {most} threads of a room at most.", field="root")
    membership.follows = ",".join(map(str, [*kept, root if on else -root]))
    changed_mine(person.pk, [membership])
    return membership
