"""Whether a message is pinned, by whom and since when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from groupchat.models import MessagePin
from groupchat.parts.part import Part
from groupchat.protocol import MessageResource, PinResource
from groupchat.resources import moment


def _read(room_id: int, numbers: Sequence[int]) -> Mapping[int, PinResource]:
    found = MessagePin.objects.filter(room_id=room_id, number__in=numbers).values_list("number", "person_id", "at")
    return {number: {"by": person_id, "at": moment(at)} for number, person_id, at in found}


PIN = Part("pinned", bit=64, model=MessagePin, read=_read)


def pinned_by(message: MessageResource) -> Iterator[int]:
    """Whom it names as having pinned it."""
    if "pinned" in message:
        yield message["pinned"]["by"]
