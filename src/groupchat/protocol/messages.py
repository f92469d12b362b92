"""Messages, and the quiet lines between them."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import Field

from groupchat.protocol.base import Command, PositiveId, Seq


class ReactionResource(TypedDict):
    """How many reacted with an emoji, and the first of them by id (as many as `max_reaction_people`)."""

    emoji: str
    count: int
    people: list[int]


class ThreadResource(TypedDict):
    """What is told of the answers to a message: how many there are, the first few who wrote them by id (as many as
    `max_thread_people`), and the number and moment of the last.
    """

    count: int
    people: list[int]
    last_number: int
    last_at: str


class MessageResource(TypedDict):
    """A message. A deleted one is a tombstone: `deleted_at` is there and `body` is empty.

    What hangs on it: `reply_to`, the number of the message that it answers; `root`, the one at which those answers
    began, where that is another; `thread`, where it is such a root itself, also where it is deleted; `versions`,
    how many earlier ones are kept of one that was edited; `html`: the body formatted, left out where that shows
    what the body shows; `reactions`, in the order of the first of each. Where more reacted than `people` shows,
    `mine` has the emoji among those with which the reader did: only in what is read for one person, never in a live
    frame. `pinned`: it stands among those that the room keeps in sight.
    """

    number: int
    seq: int
    author: int
    body: str
    at: str
    client_message_id: str
    html: NotRequired[str]
    edited_at: NotRequired[str]
    deleted_at: NotRequired[str]
    reply_to: NotRequired[int]
    root: NotRequired[int]
    thread: NotRequired[ThreadResource]
    versions: NotRequired[int]
    reactions: NotRequired[list[ReactionResource]]
    mine: NotRequired[list[str]]
    pinned: NotRequired[PinResource]


class PinResource(TypedDict):
    """Who pinned a message, and when."""

    by: int
    at: str


class NoticeResource(TypedDict):
    """A quiet line in the timeline, behind the message with the number `after` (0: before the first).

    There is one of a kind at each place: a second rename at the same place is the same notice with a higher seq.
    """

    after: int
    kind: Literal["renamed", "topic", "pinned"]
    seq: int
    actor: int
    text: str
    at: str


class PostMessage(Command):
    """Say something; the first time in a public room joins it.

    `seen`: up to which number the writer had seen the room when they sent this; None: nobody looked. `reply_to`: the
    number of the message that it answers.
    """

    type: Literal["message.post"]
    room: PositiveId
    body: str
    client_message_id: str
    seen: Seq | None = None
    reply_to: PositiveId | None = None


class EditMessage(Command):
    """Give a message another text."""

    type: Literal["message.edit"]
    room: PositiveId
    number: PositiveId
    body: str


class DeleteMessage(Command):
    """Take a message away; its number stays, without its text."""

    type: Literal["message.delete"]
    room: PositiveId
    number: PositiveId


class Messages(Command):
    """A page of history: at most one of `before`, `after`, `around`; none of them means the newest."""

    type: Literal["messages"]
    room: PositiveId
    before: PositiveId | None = None
    after: Seq | None = None
    around: PositiveId | None = None
    limit: Annotated[int, Field(ge=1)] = 50


class MessageVersions(Command):
    """What a message said before it was edited: the versions that are kept, the oldest first."""

    type: Literal["message.versions"]
    room: PositiveId
    number: PositiveId


class React(Command):
    """React to a message with an emoji, or take the reaction back.

    `on`: whether one's reaction is to be there. Saying it again changes nothing.
    """

    type: Literal["message.react"]
    room: PositiveId
    number: PositiveId
    emoji: Annotated[str, Field(min_length=1, max_length=40)]
    on: bool


class Reactions(Command):
    """Who reacted to a message with an emoji, page by page, the first of them first.

    `after`: the `next` of the page before.
    """

    type: Literal["message.reactions"]
    room: PositiveId
    number: PositiveId
    emoji: Annotated[str, Field(min_length=1, max_length=40)]
    after: Seq = 0


class PinMessage(Command):
    """Pin a message in its room, for all who are in it, or (`on`: false) do so no more.

    Saying it again changes nothing.
    """

    type: Literal["message.pin"]
    room: PositiveId
    number: PositiveId
    on: Annotated[bool, Field(strict=True)]


class Pins(Command):
    """The messages that are pinned in a room, page by page, the last one pinned first.

    `after`: the `next` of the page before.
    """

    type: Literal["pins"]
    room: PositiveId
    after: Seq = 0
