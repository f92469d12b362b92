"""What one set aside for later: saved messages, and messages that are to be sent."""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from pydantic import Field

from groupchat.protocol.base import Command, PositiveId, Seq
from groupchat.protocol.messages import MessageResource

Moment = Annotated[str, Field(max_length=40)]


class SavedResource(TypedDict):
    """A saved message, by its place. `remind_at`: when one wants to be told of it; `due`: that time has come."""

    room: int
    number: int
    remind_at: NotRequired[str]
    due: NotRequired[bool]


class ScheduledResource(TypedDict):
    """A message that is to be sent. `failed`: it was refused when its time had come, and waits for its author."""

    id: int
    room: int
    at: str
    failed: NotRequired[bool]


class AgendaResource(TypedDict):
    """All that one set aside, the whole of it each time: what one saved, the last first; what is to be sent, the next
    first. `seq` is one's own seq at which it last changed.
    """

    seq: int
    saved: list[SavedResource]
    scheduled: list[ScheduledResource]


class SavedEntry(SavedResource):
    """The same in full. `name`, `slug` and `message` are there where one may read that now."""

    at: str
    name: NotRequired[str]
    slug: NotRequired[str]
    message: NotRequired[MessageResource]


class ScheduledEntry(TypedDict):
    """In full. `name` and `slug` are the room's, where one may read it; `failed` is the error."""

    id: int
    room: int
    at: str
    body: str
    client_message_id: str
    name: NotRequired[str]
    slug: NotRequired[str]
    reply_to: NotRequired[int]
    failed: NotRequired[dict[str, Any]]


class SaveMessage(Command):
    """Keep a message for oneself, with a time at which one wants to be told of it; or (`on`: false) do so no more.

    What it says is the whole: without `remind_at` nobody is told.
    """

    type: Literal["message.save"]
    room: PositiveId
    number: PositiveId
    on: Annotated[bool, Field(strict=True)]
    remind_at: Moment | None = None


class Saved(Command):
    """The messages that one saved, page by page, the last one first.

    `after`: the `next` of the page before.
    """

    type: Literal["saved"]
    after: Seq = 0


class ScheduleMessage(Command):
    """Say something later: it is sent once, at that time, if one may write there then."""

    type: Literal["message.schedule"]
    room: PositiveId
    body: str
    at: Moment
    client_message_id: str
    reply_to: PositiveId | None = None


class Scheduled(Command):
    """What one is to send, page by page, the next first.

    `after`: the `next` of the page before.
    """

    type: Literal["scheduled"]
    after: Annotated[str, Field(max_length=80)] | None = None


class ChangeScheduled(Command):
    """Say something else, or at another time; what is left out stays. One that was refused is tried again."""

    type: Literal["scheduled.change"]
    id: PositiveId
    body: str | None = None
    at: Moment | None = None


class CancelScheduled(Command):
    """Don't send it."""

    type: Literal["scheduled.cancel"]
    id: PositiveId


class SendScheduled(Command):
    """Send it now."""

    type: Literal["scheduled.send"]
    id: PositiveId
