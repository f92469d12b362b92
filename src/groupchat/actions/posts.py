"""What is posted, and what is answered to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from groupchat.actions.people import Guest
from groupchat.errors import ChatError, IdempotencyConflict
from groupchat.models import Message, Person
from groupchat.publication import MyChanges


@dataclass(frozen=True, slots=True)
class Post:
    """What somebody wants to say. A guest without a row yet becomes a person by it.

    `seen`: up to which number they had seen the room when they wrote it; None where nobody looked (a program). `parts`:
    what hangs on the message, by key, of those that a post may carry (`groupchat.parts`). `at_door`: it came from
    outside, where newcomers are limited; code may post as it likes.
    """

    room_id: int
    author: Person | Guest
    body: str
    client_message_id: str
    seen: int | None = None
    parts: Mapping[str, Any] | None = None
    at_door: bool = False


@dataclass(slots=True)
class Arrival:
    """The person whom a guest became by this post, and once it is saved, the first changes of their own counter."""

    person: Person
    mine: MyChanges | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message stands. `duplicate`: it was there already, the post was a retry."""

    room_id: int
    number: int
    seq: int
    at: datetime
    author_id: int
    duplicate: bool
    arrival: Arrival | None = None


def posted_as(message: Message) -> Posted:
    return Posted(message.room_id, message.number, message.seq, message.at, message.author_id, duplicate=False)


def written(message: Message) -> str | None:
    """What its author posted; None where it was edited or deleted since, and nobody knows any more."""
    return message.body if message.edited_at is None and message.deleted_at is None else None


def answer_again(post: Post, posted: Posted, written: str | None) -> Posted | ChatError:
    """A retry is told of its message; another message under an id that is used must not pass for one."""
    if written is None or written == post.body:
        return replace(posted, duplicate=True)
    return IdempotencyConflict(
        f"Your message {posted.number} has this id and says something else. A new message needs a new id.",
        field="client_message_id",
    )
