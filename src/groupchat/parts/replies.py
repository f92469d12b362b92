"""Which message one answers, and at which all of these answers began."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F

from groupchat.errors import Invalid
from groupchat.models import MessageReply, Room
from groupchat.parts.part import Part


def _read(room_id: int, numbers: Sequence[int]) -> Mapping[int, int]:
    found = MessageReply.objects.filter(room_id=room_id, number__in=numbers)
    return dict(found.values_list("number", "to"))


def _read_roots(room_id: int, numbers: Sequence[int]) -> Mapping[int, int]:
    found = MessageReply.objects.filter(room_id=room_id, number__in=numbers).exclude(root=F("to"))
    return {number: root for number, root in found.values_list("number", "root") if root is not None}


def _check(to: int, room: Room) -> None:
    """Numbers are dense, so nothing is read; a deleted message may be answered, for its number stays."""
    if not room.first_number <= to <= room.last_number:
        raise Invalid("There is no message with this number to answer.", field="reply_to")


def _row(room_id: int, number: int, said: Mapping[str, Any]) -> tuple[int, int, int, int]:
    to = said["reply_to"]
    return room_id, number, to, said.get("root", to)


_COLUMNS = ("room_id", "number", "to", "root")


REPLY = Part("reply_to", bit=1, model=MessageReply, read=_read, check=_check, columns=_COLUMNS, row=_row)
# Of an answer to an answer only: the others answer what all of these answer. Its row is that of the answer.
ROOT = Part("root", bit=16, model=MessageReply, read=_read_roots)
