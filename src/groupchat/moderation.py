"""What those who keep a room look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from groupchat.characters import shown
from groupchat.errors import NotFound
from groupchat.models import Membership, Person, Room
from groupchat.permissions import require_remove
from groupchat.protocol import PersonResource, SanctionResource
from groupchat.resources import moment, people_resources
from groupchat.timeline import membership_in

SANCTIONS_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class SanctionsPage:
    """Who may not write into a room or not enter it, in order of person id; `next` is where the next page begins."""

    room: int
    sanctions: Sequence[SanctionResource]
    people: Sequence[PersonResource]
    next: int | None


def sanctions(person: Person | None, room_id: int, *, after: int = 0) -> SanctionsPage:
    """A page of those that hold at this moment, behind the person `after`. Raises NotFound and Forbidden."""
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        raise NotFound("There is no such room.")
    require_remove(person, room, membership_in(room_id, person))
    now = timezone.now()
    of_room = Membership.objects.filter(room=room, person_id__gt=after).order_by("person_id").select_related("person")
    # Two questions, each along an index.
    holds = Q(banned_until=None) | Q(banned_until__gt=now)
    banned = of_room.filter(holds, state=Membership.State.BANNED)[: SANCTIONS_AT_ONCE + 1]
    silenced = of_room.filter(silenced_until__gt=now, state=Membership.State.JOINED)[: SANCTIONS_AT_ONCE + 1]
    found = sorted([*banned, *silenced], key=lambda membership: membership.person_id)
    more, found = len(found) > SANCTIONS_AT_ONCE, found[:SANCTIONS_AT_ONCE]
    return SanctionsPage(
        room=room_id,
        sanctions=list(map(_sanction, found)),
        people=people_resources(membership.person for membership in found),
        next=found[-1].person_id if more else None,
    )


def _sanction(membership: Membership) -> SanctionResource:
    is_ban = membership.state == Membership.State.BANNED
    until = membership.banned_until if is_ban else membership.silenced_until
    return {
        "person": membership.person_id,
        "kind": "ban" if is_ban else "silence",
        "until": moment(until) if until is not None else None,
        "reason": shown(membership.reason),
    }
