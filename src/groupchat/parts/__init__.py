"""What hangs on a message: the table over which it is checked and written with a post, read with its message, and
taken away with it.

`Message.parts` says which parts a message has, a bit for each; it is null for nearly every message, and nothing is
asked of any part then. Who changes a part sets its bit and changes the message: its new state then travels as every
change of a message does. A new part is a module here, a row of this table, its member of `protocol.MessageResource`,
and the same name in the client's `lib/kinds.js`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from groupchat.models import Message, Room
from groupchat.parts.part import Part
from groupchat.parts.pins import PIN, pinned_by
from groupchat.parts.reactions import REACTIONS, reacted_by, with_mine
from groupchat.parts.replies import REPLY, ROOT
from groupchat.parts.threads import THREAD, answered_by, thread_resource
from groupchat.parts.versions import VERSIONS, keep_version
from groupchat.protocol import MessageResource
from groupchat.resources import message_resource

__all__ = [
    "MESSAGE_PARTS",
    "PIN",
    "POSTED_PARTS",
    "REACTIONS",
    "REPLY",
    "THREAD",
    "NewParts",
    "Part",
    "bits_of",
    "check_parts",
    "keep_version",
    "message_resources",
    "new_parts",
    "parts_of",
    "people_in",
    "purge_parts",
    "thread_resource",
    "with_mine",
]

MESSAGE_PARTS: tuple[Part, ...] = (REPLY, VERSIONS, REACTIONS, PIN, THREAD, ROOT)

_BITS = {part.key: part.bit for part in MESSAGE_PARTS}

POSTED_PARTS: dict[str, Part] = {part.key: part for part in MESSAGE_PARTS if part.check is not None}
"""Those that a post may carry, by key."""


NewParts = Sequence[tuple[Part, Sequence[tuple[Any, ...]]]]
"""Rows of parts that posts carry, of `Part.columns`."""


def parts_of(said: object) -> Mapping[str, Any] | None:
    """What a request to post carries, by its members; None where it is a plain one."""
    return {key: value for key in POSTED_PARTS if (value := getattr(said, key)) is not None} or None


def check_parts(said: Mapping[str, Any], room: Room) -> None:
    """Whether a post into this room may carry these parts; raises ChatError."""
    for key, value in said.items():
        check = POSTED_PARTS[key].check
        assert check is not None
        check(value, room)


def bits_of(said: Mapping[str, Any]) -> int:
    """What stands in `Message.parts` of a message that was posted with these."""
    return sum(_BITS[key] for key in said)


def people_in(message: MessageResource) -> Iterator[int]:
    """Those whom what hangs on it names."""
    yield from reacted_by(message)
    yield from pinned_by(message)
    yield from answered_by(message)


def new_parts(posted: Iterable[tuple[int, int, Mapping[str, Any]]]) -> NewParts:
    """The parts of new messages, each `(room, number, what the post said)`, as the rows that are to be written."""
    rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for room_id, number, said in posted:
        for key in said.keys() & POSTED_PARTS.keys():
            row = POSTED_PARTS[key].row
            assert row is not None
            rows[key].append(row(room_id, number, said))
    return [(POSTED_PARTS[key], of_part) for key, of_part in rows.items()]


def message_resources(messages: Sequence[Message]) -> list[MessageResource]:
    """Messages with all that hangs on them, as they stand on the wire: a statement a room and part that one has.

    On a deleted one nothing hangs but what others wrote, also where a version that knows no parts deleted it.
    """
    if not any(message.parts for message in messages):
        return [message_resource(message) for message in messages]
    found: dict[tuple[int, int], dict[str, Any]] = defaultdict(dict)
    for part in MESSAGE_PARTS:
        numbers: dict[int, list[int]] = defaultdict(list)
        for message in messages:
            if not (message.parts or 0) & part.bit or not (part.stays or message.deleted_at is None):
                continue
            if part.key in message.known_parts:
                found[message.room_id, message.number][part.key] = message.known_parts[part.key]
            else:
                numbers[message.room_id].append(message.number)
        for room_id, of_room in numbers.items():
            for number, value in part.read(room_id, of_room).items():
                found[room_id, number][part.key] = value
    return [message_resource(message, found.get((message.room_id, message.number))) for message in messages]


def purge_parts(message: Message) -> None:
    """Take away all that hangs on a message, with its message, but for what others wrote. The caller saves
    `message.parts`.
    """
    bits, stays = message.parts or 0, 0
    models = set()
    for part in MESSAGE_PARTS:
        if bits & part.bit and part.stays:
            stays |= part.bit
        elif bits & part.bit:
            models.add(part.model)
    for model in models:
        model._default_manager.filter(room_id=message.room_id, number=message.number).delete()
    message.parts = stays or None
