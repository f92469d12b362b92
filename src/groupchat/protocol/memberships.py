"""Who is in a room, and one's own place there."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import Field

from groupchat.protocol.base import Command, PositiveId, Seq

NumberRange = Annotated[list[PositiveId], Field(min_length=2, max_length=2)]
Role = Literal["owner", "moderator", "member", "reader"]


class MemberResource(TypedDict):
    """A membership as everyone in the room sees it."""

    person: int
    seq: int
    role: Role
    state: Literal["joined", "left", "kicked", "banned"]


class MembershipResource(TypedDict):
    """One's own membership: what only its person sees. `seq` counts in the person's own counter.

    `floor`: the number of the first message that they may see; 0: all.
    `read_ahead`: ranges of numbers that are read beyond the mark, both ends in each, in order; `moved_back`: how often
    the mark was moved back. Both are left out where there is nothing to say.
    `place`: among the pinned ones, from 1; left out where one gave them no order.
    `follows`: the threads that they chose to follow, by the number of their root, or (with a minus) not to.
    `silenced_until`, `banned_until`, and the `reason` that was given, stand there where it is so.
    `draft`: what they are writing and have not sent; left out where there is nothing.
    """

    room: int
    seq: int
    role: Role
    state: Literal["joined", "left", "kicked", "banned"]
    last_read_number: int
    read_ahead: NotRequired[list[list[int]]]
    moved_back: NotRequired[int]
    notify: Literal["everything", "mentions", "nothing"]
    pinned: bool
    floor: int
    place: NotRequired[int]
    silenced_until: NotRequired[str]
    banned_until: NotRequired[str]
    reason: NotRequired[str]
    draft: NotRequired[str]
    follows: NotRequired[list[int]]


class SanctionResource(TypedDict):
    """Who may not write into a room, or not enter it, and until when; null: for good."""

    person: int
    kind: Literal["ban", "silence"]
    until: str | None
    reason: str


class JoinRoom(Command):
    """Become a member of a room, and hear it."""

    type: Literal["room.join"]
    room: PositiveId


class LeaveRoom(Command):
    """Be a member no more."""

    type: Literal["room.leave"]
    room: PositiveId


class Members(Command):
    """A page of the joined members, in order of person id, behind the person `after`."""

    type: Literal["members"]
    room: PositiveId
    after: Seq = 0
    limit: Annotated[int, Field(ge=1)] = 100


class Read(Command):
    """Everything up to this number is read, or these ranges of `numbers` and no others.

    `number`: the mark, which only rises, unless with `back`: then everything behind it is unread again. `numbers`: what
    was read ahead of the mark, as in a thread, both ends in each range.
    """

    type: Literal["read"]
    room: PositiveId
    number: Seq | None = None
    numbers: Annotated[list[NumberRange], Field(min_length=1, max_length=100)] | None = None
    back: Annotated[bool, Field(strict=True)] = False


class PinRoom(Command):
    """Keep the room near the top of one's own list, or do so no more."""

    type: Literal["room.pin"]
    room: PositiveId
    pinned: Annotated[bool, Field(strict=True)]


class OrderRooms(Command):
    """Give one's pinned rooms an order; those that are left out stand behind, by name."""

    type: Literal["rooms.order"]
    rooms: Annotated[list[PositiveId], Field(min_length=1, max_length=100)]


class Invite(Command):
    """Make these people members of a room; who is one already stays as they are."""

    type: Literal["room.invite"]
    room: PositiveId
    people: Annotated[list[PositiveId], Field(min_length=1, max_length=1000)]


class Remove(Command):
    """Send somebody out of a room; an open one they may enter again."""

    type: Literal["room.remove"]
    room: PositiveId
    person: PositiveId


class GiveRole(Command):
    """Say what somebody is in a room."""

    type: Literal["room.role"]
    room: PositiveId
    person: PositiveId
    role: Role


class Ban(Command):
    """Keep somebody out of a room for some `seconds`, or for good (null)."""

    type: Literal["room.ban"]
    room: PositiveId
    person: PositiveId
    seconds: PositiveId | None = None
    reason: str = ""


class Unban(Command):
    """Let somebody enter a room again."""

    type: Literal["room.unban"]
    room: PositiveId
    person: PositiveId


class Silence(Command):
    """Let a member only read for some `seconds`; 0 lets them write again."""

    type: Literal["room.silence"]
    room: PositiveId
    person: PositiveId
    seconds: Seq
    reason: str = ""


class Sanctions(Command):
    """Who is banned or silenced in a room at present, in order of person id, behind the person `after`."""

    type: Literal["room.sanctions"]
    room: PositiveId
    after: Seq = 0
