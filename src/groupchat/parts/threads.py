"""What is told of the answers to a message: how many, of whom, and the last of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from groupchat.models import MessageThread
from groupchat.parts.part import Part
from groupchat.protocol import MessageResource, ThreadResource
from groupchat.resources import moment


def _read(room_id: int, numbers: Sequence[int]) -> Mapping[int, ThreadResource]:
    rows = MessageThread.objects.filter(room_id=room_id, number__in=numbers)
    return {row.number: thread_resource(row) for row in rows}


def thread_resource(thread: MessageThread) -> ThreadResource:
    return {
        "count": thread.count,
        "people": thread.people,
        "last_number": thread.last_number,
        "last_at": moment(thread.last_at),
    }


# The answers are others': they stay where the message that they answer is deleted.
THREAD = Part("thread", bit=8, model=MessageThread, read=_read, stays=True)


def answered_by(message: MessageResource) -> Iterator[int]:
    """Those whom its thread names."""
    if (thread := message.get("thread")) is not None:
        yield from thread["people"]
