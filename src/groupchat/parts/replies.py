"""Which message one answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from groupchat.errors import Invalid
from groupchat.models import MessageReply, Room
from groupchat.parts.part import Part


def _read(room_id: int, numbers: Sequence[int]) -> Mapping[int, int]:
    found = MessageReply.objects.filter(room_id=room_id, number__in=numbers)
    return dict(found.values_list("number", "to"))


def _check(to: int, room: Room) -> None:
    """Numbers are dense, so nothing is read; a deleted message may be answered, for its number stays."""
    if not room.first_number <= to <= room.last_number:
        raise Invalid("There is no message with this number to answer.", field="reply_to")


REPLY = Part(
    "reply_to",
    bit=1,
    model=MessageReply,
    read=_read,
    check=_check,
    row=lambda room_id, number, to: MessageReply(room_id=room_id, number=number, to=to),
)
