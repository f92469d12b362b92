"""What somebody has here, counted for a page that asks about it."""

from __future__ import annotations

from dataclasses import dataclass

from groupchat.models import Membership, Message

MOST_LOOKED_AT = 10_000  # messages of all rooms together, the newest of each: no index knows an author's


@dataclass(frozen=True, slots=True)
class Belongings:
    """How many rooms somebody is in, how many of them they own, and how many messages in any room are theirs; where not
    `is_all`, there may be more.
    """

    rooms: int
    owned: int
    messages: int
    is_all: bool


def belongings(person_id: int) -> Belongings:
    """Counts, with one statement for each room that they ever were in."""
    mine = list(
        Membership.objects.filter(person_id=person_id).select_related("room").order_by("-room__last_message_at")
    )
    joined = [one for one in mine if one.state == Membership.State.JOINED]
    left, messages, is_all = MOST_LOOKED_AT, 0, True
    for one in mine:
        room = one.room
        behind = max(room.last_number - left, room.first_number - 1)
        is_all = is_all and behind == room.first_number - 1
        left -= room.last_number - behind
        if left >= 0 and room.last_number > behind:
            in_room = Message.objects.filter(room=room, number__gt=behind, deleted_at=None)
            messages += in_room.filter(author_id=person_id).count()
    owned = sum(one.role == Membership.Role.OWNER for one in joined)
    return Belongings(len(joined), owned, messages, is_all)
