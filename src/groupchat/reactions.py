"""Who reacted to a message, beyond the few whom it names itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from groupchat import timeline
from groupchat.conf import conf
from groupchat.emoji import require_emoji
from groupchat.models import MessageReaction, Person, Room
from groupchat.protocol import PersonResource


@dataclass(frozen=True, slots=True)
class ReactionsPage:
    """Those who reacted with an emoji, by id, the first of them first; `next` is where the next page begins."""

    ids: Sequence[int]
    next: int | None
    people: Sequence[PersonResource]


def reactions(
    person: Person | None, room_id: int, number: int, emoji: str, *, after: int = 0, heard_from: int | None = None
) -> ReactionsPage:
    """A page of those who reacted to a message with this emoji; raises NotFound, Forbidden and Invalid."""
    timeline.message_in(Room.objects.filter(pk=room_id).first(), number, person, heard_from=heard_from)
    require_emoji(emoji)
    limit = conf().max_page_members or timeline.ALL_OF_THEM
    behind = MessageReaction.objects.filter(room_id=room_id, number=number, emoji=emoji, pk__gt=after)
    found = list(behind.order_by("pk").values_list("pk", "person_id")[: limit + 1])
    page = found[:limit]
    ids = [person_id for _, person_id in page]
    return ReactionsPage(ids, page[-1][0] if len(found) > limit else None, timeline.people(ids))
