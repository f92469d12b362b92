"""All answers to one message, and who follows them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from groupchat.protocol.base import Command, PositiveId, Seq


class Thread(Command):
    """The answers to a message, page by page: the newest, or those before or after a number.

    `root`: the message that they answer, or any of them. At most one of `before` and `after`.
    """

    type: Literal["thread"]
    room: PositiveId
    root: PositiveId
    before: PositiveId | None = None
    after: Seq | None = None
    limit: Annotated[int, Field(ge=1)] = 50


class FollowThread(Command):
    """Follow the answers to a message, or do so no more; who wrote it or one of them does by themselves."""

    type: Literal["thread.follow"]
    room: PositiveId
    root: PositiveId
    on: Annotated[bool, Field(strict=True)]
