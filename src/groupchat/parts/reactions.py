"""Who reacted to a message, and with what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber

from groupchat.conf import conf
from groupchat.models import MessageReaction
from groupchat.parts.part import Part
from groupchat.protocol import MessageResource, ReactionResource


def _read(room_id: int, numbers: Sequence[int]) -> Mapping[int, list[ReactionResource]]:
    """How many of each emoji, and the first of them."""
    of_emoji = [F("number"), F("emoji")]
    rows = MessageReaction.objects.filter(room_id=room_id, number__in=numbers).annotate(
        count=Window(Count("pk"), partition_by=of_emoji),
        place=Window(RowNumber(), partition_by=of_emoji, order_by="pk"),
    )
    if most := conf().max_reaction_people:
        rows = rows.filter(place__lte=most)
    found: dict[int, dict[str, ReactionResource]] = defaultdict(dict)
    # In order of the id: so the emoji of a message stand in the order of the first of each.
    for number, emoji, person_id, count in rows.order_by("pk").values_list("number", "emoji", "person_id", "count"):
        of_message = found[number]
        if emoji not in of_message:
            of_message[emoji] = {"emoji": emoji, "count": count, "people": []}
        of_message[emoji]["people"].append(person_id)
    return {number: list(of_message.values()) for number, of_message in found.items()}


REACTIONS = Part("reactions", bit=4, model=MessageReaction, read=_read)


def reacted_by(message: MessageResource) -> Iterator[int]:
    """Those whom its reactions name."""
    for reaction in message.get("reactions", ()):
        yield from reaction["people"]


def with_mine(room_id: int, messages: Sequence[MessageResource], person_id: int | None) -> Sequence[MessageResource]:
    """The same messages for this reader: where more reacted than are named, with the emoji among those that are theirs.

    One statement, and none where all are named.
    """
    cut = {message["number"]: cut_off for message in messages if (cut_off := _cut_off(message, person_id))}
    if not cut:
        return messages
    mine: dict[int, list[str]] = defaultdict(list)
    if person_id is not None:
        rows = MessageReaction.objects.filter(room_id=room_id, number__in=cut, person_id=person_id).order_by("pk")
        for number, emoji in rows.values_list("number", "emoji"):
            if emoji in cut[number]:
                mine[number].append(emoji)
    return [
        cast(MessageResource, {**message, "mine": mine[message["number"]]}) if message["number"] in cut else message
        for message in messages
    ]


def _cut_off(message: MessageResource, person_id: int | None) -> set[str]:
    """The emoji with which somebody reacted whom the message does not name: perhaps this person."""
    return {
        one["emoji"]
        for one in message.get("reactions", ())
        if one["count"] > len(one["people"]) and person_id not in one["people"]
    }
