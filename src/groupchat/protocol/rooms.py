"""Rooms."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import Field

from groupchat.protocol.base import Command, PositiveId
from groupchat.protocol.memberships import MembershipResource


class RoomResource(TypedDict):
    """A room's own facts; `seq` is the room's seq at which they last changed."""

    id: int
    seq: int
    slug: str
    name: str
    kind: Literal["public", "private", "direct"]
    topic: str
    first_number: int
    history: Literal["all", "joined"]
    created_at: str


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
