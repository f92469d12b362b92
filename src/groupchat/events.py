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
class PurgeBegun:
    """Somebody deletes all that a person wrote in a span of time; that goes on after the event."""

    room_id: int
    person_id: int
    begun_by_id: int
    purge_id: int


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
    person_id: int | None  # None: code of the site


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
class MemberRemoved:
    """Somebody sent a person out of a room."""

    room_id: int
    person_id: int
    removed_by_id: int | None  # None: code of the site


@dataclass(frozen=True, slots=True)
class MemberBanned:
    """Somebody keeps a person out of a room, for a time or for good."""

    room_id: int
    person_id: int
    banned_by_id: int


@dataclass(frozen=True, slots=True)
class MemberSilenced:
    """Somebody lets a member only read for a time."""

    room_id: int
    person_id: int
    silenced_by_id: int


@dataclass(frozen=True, slots=True)
class RoleGiven:
    """Somebody said what a person is in a room."""

    room_id: int
    person_id: int
    given_by_id: int | None  # None: code of the site


@dataclass(frozen=True, slots=True)
class RoomKindChanged:
    """Somebody opened or closed a room, or made it one for announcements."""

    room_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class RoomArchived:
    """Somebody archived a room, or opened it again."""

    room_id: int
    person_id: int | None  # None: code of the site
    archived: bool


@dataclass(frozen=True, slots=True)
class RoomDeleted:
    """Somebody deleted a room; it may come back."""

    room_id: int
    person_id: int | None  # None: code of the site


@dataclass(frozen=True, slots=True)
class RoomRestored:
    """Somebody brought a deleted room back."""

    room_id: int
    person_id: int | None  # None: code of the site


@dataclass(frozen=True, slots=True)
class GuestMerged:
    """What a guest wrote, and their rooms, become another person's; that goes on after the event."""

    guest_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class PersonDeleted:
    """Somebody deleted their account, or themselves as a guest; they leave their rooms, and where they wished it their
    messages go, after the event.
    """

    person_id: int
    erases: bool


Event = (
    MessagePosted
    | MessageEdited
    | MessageDeleted
    | PurgeBegun
    | MemberJoined
    | MemberLeft
    | MemberRemoved
    | MemberBanned
    | MemberSilenced
    | RoleGiven
    | RoomCreated
    | RoomRenamed
    | TopicSet
    | RoomKindChanged
    | RoomArchived
    | RoomDeleted
    | RoomRestored
    | GuestMerged
    | PersonDeleted
)

# By the names under which they are stored; these stay as they are.
EVENTS: dict[str, type[Event]] = {
    "message_posted": MessagePosted,
    "message_edited": MessageEdited,
    "message_deleted": MessageDeleted,
    "purge_begun": PurgeBegun,
    "member_joined": MemberJoined,
    "member_left": MemberLeft,
    "member_removed": MemberRemoved,
    "member_banned": MemberBanned,
    "member_silenced": MemberSilenced,
    "role_given": RoleGiven,
    "room_created": RoomCreated,
    "room_renamed": RoomRenamed,
    "topic_set": TopicSet,
    "room_kind_changed": RoomKindChanged,
    "room_archived": RoomArchived,
    "room_deleted": RoomDeleted,
    "room_restored": RoomRestored,
    "guest_merged": GuestMerged,
    "person_deleted": PersonDeleted,
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
