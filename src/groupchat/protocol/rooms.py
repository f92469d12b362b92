"""Rooms."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import Field

from groupchat.protocol.base import Command, PositiveId, Seq
from groupchat.protocol.memberships import MembershipResource

RoomKind = Literal["public", "announcement", "private", "direct", "group"]
NamedKind = Literal["public", "announcement", "private"]
"""Those that have a name, and may become each other."""


class RoomResource(TypedDict):
    """A room's own facts; `seq` is the room's seq at which they last changed.

    `archived`: nobody writes into it; left out where it is not so. `guests`: false where none may
    come in; left out else. `people`: between whom a conversation is, in order of id; its name is only what they were
    called when it began. `slow_mode`: seconds between two messages of one person; `locked`: only those who keep it
    write; `raid_until`: until then nobody new comes in. `picture`: the key of its picture; `pins`: how many of its
    messages are pinned. Each is left out where it is
    not so.
    """

    id: int
    seq: int
    slug: str
    name: str
    kind: RoomKind
    topic: str
    first_number: int
    history: Literal["all", "joined"]
    created_at: str
    archived: NotRequired[bool]
    guests: NotRequired[bool]
    people: NotRequired[list[int]]
    slow_mode: NotRequired[int]
    locked: NotRequired[bool]
    raid_until: NotRequired[str]
    picture: NotRequired[str]
    pins: NotRequired[int]


class RoomState(TypedDict):
    """A room, the seq it is true at, its newest number, and one's membership in it (none: looking only).

    `last_message_at`: when the newest message was written, or the room made; null where that is not known. It orders a
    list of rooms, and is not counted: of what is written later a client knows by the messages.
    `uncounted`: ranges `[from, to]` of the numbers behind the read mark that are one's own messages or deleted, and
    so not unread; left out where there is none.
    `floor`: the number of the first message that somebody without a membership may see, from this state on; left out
    where that is all of them.
    """

    room: RoomResource
    seq: int
    last_number: int
    last_message_at: str | None
    me: MembershipResource | None
    uncounted: NotRequired[list[list[int]]]
    floor: NotRequired[int]


class Subscribe(Command):
    """Hear a room's changes: by id, or by its slug."""

    type: Literal["subscribe"]
    room: PositiveId | None = None
    slug: Annotated[str, Field(max_length=500)] | None = None


class Unsubscribe(Command):
    """Hear a room's changes no more; a member stays one."""

    type: Literal["unsubscribe"]
    room: PositiveId


class EnterRoom(Command):
    """Join the public room of this name, or make it."""

    type: Literal["room.enter"]
    name: str


class RenameRoom(Command):
    """Give a room another name, and so another address; the old one leads to it."""

    type: Literal["room.rename"]
    room: PositiveId
    name: str


class SetTopic(Command):
    """Say what a room is for."""

    type: Literal["room.topic"]
    room: PositiveId
    topic: str


class CreateRoom(Command):
    """Make a room, with oneself as its owner; a public one and one for announcements by a name that nobody has."""

    type: Literal["room.create"]
    name: str
    kind: NamedKind = "public"
    topic: str = ""


class Converse(Command):
    """Find the conversation between oneself and these people, or begin it: *direct* with one, a *group* with more."""

    type: Literal["room.direct"]
    people: Annotated[list[PositiveId], Field(min_length=1, max_length=100)]


class RoomSettings(Command):
    """Change a room: its name, its topic, its kind, what newcomers see, if guests come in; what is left out stays."""

    type: Literal["room.settings"]
    room: PositiveId
    name: str | None = None
    topic: str | None = None
    kind: NamedKind | None = None
    history: Literal["all", "joined"] | None = None
    guests: Annotated[bool, Field(strict=True)] | None = None


class RoomOrder(Command):
    """Make a room slow (seconds between two messages of one person), lock it, or shut it to newcomers for some seconds
    (`raid`); 0 ends it, and what is left out stays.
    """

    type: Literal["room.order"]
    room: PositiveId
    slow_mode: Seq | None = None
    locked: Annotated[bool, Field(strict=True)] | None = None
    raid: Seq | None = None


class ArchiveRoom(Command):
    """Let nobody write into a room any more, or open it again."""

    type: Literal["room.archive"]
    room: PositiveId
    archived: bool = True


class DeleteRoom(Command):
    """Take a room away from everybody; for a while it can be restored."""

    type: Literal["room.delete"]
    room: PositiveId


class RestoreRoom(Command):
    """Bring a deleted room back, as it was."""

    type: Literal["room.restore"]
    room: PositiveId


class FindRooms(Command):
    """The open rooms whose name holds `query`, the lively ones first; `after` is the `next` of the page before."""

    type: Literal["rooms"]
    query: Annotated[str, Field(max_length=200)] = ""
    after: Annotated[str, Field(max_length=100)] | None = None
    limit: Annotated[int, Field(ge=1)] = 50
