"""What happens in the chat, as the domain says it to whoever acts on it later: ids and numbers, no words.

An event is written down with the change itself (`actions/effects.py`), so it may be read much later, and by another
version: members may be added with a default, none may be renamed. Whoever needs more looks it up, in its present state.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True, slots=True)
class MessagePosted:
    """Somebody wrote a message."""

    room_id: int
    number: int
    author_id: int


@dataclass(frozen=True, slots=True)
class MessageEdited:
    """An author changed what they wrote."""

    room_id: int
    number: int
    author_id: int


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    """A message was taken away, by its author or by another person."""

    room_id: int
    number: int
    author_id: int
    deleted_by_id: int


@dataclass(frozen=True, slots=True)
class MemberJoined:
    """A person is a member of a room, for the first time or again."""

    room_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class MemberLeft:
    """A person is a member no more."""

    room_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class RoomCreated:
    """Somebody made a room."""

    room_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class RoomRenamed:
    """Somebody gave a room another name."""

    room_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class TopicSet:
    """Somebody set the topic of a room, or took it away."""

    room_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class GuestMerged:
    """What a guest wrote, and their rooms, become another person's; that goes on after the event."""

    guest_id: int
    person_id: int


Event = (
    MessagePosted
    | MessageEdited
    | MessageDeleted
    | MemberJoined
    | MemberLeft
    | RoomCreated
    | RoomRenamed
    | TopicSet
    | GuestMerged
)

# By the names under which they are stored; these stay as they are.
EVENTS: dict[str, type[Event]] = {
    "message_posted": MessagePosted,
    "message_edited": MessageEdited,
    "message_deleted": MessageDeleted,
    "member_joined": MemberJoined,
    "member_left": MemberLeft,
    "room_created": RoomCreated,
    "room_renamed": RoomRenamed,
    "topic_set": TopicSet,
    "guest_merged": GuestMerged,
}
NAMES: dict[type[Event], str] = {kind: name for name, kind in EVENTS.items()}


def encode(event: Event) -> str:
    """Its members, as JSON."""
    return json.dumps(asdict(event), separators=(",", ":"))


def decode(name: str, payload: str) -> Event:
    """The event that was stored under this name. Raises LookupError where this version has none of the name, ValueError
    or TypeError where the payload is not what it should be; members that this version does not know are left out.
    """
    kind = EVENTS[name]
    members = json.loads(payload)
    if not isinstance(members, dict):
        raise ValueError(f"The payload of {name} is no object.")
    known = {field.name for field in fields(kind)}
    return kind(**{member: value for member, value in members.items() if member in known})
