"""What somebody is about to do, before it is done: a site may say no to it.

Each signal is sent with `attempt`, inside the transaction, after the rules have allowed it. A receiver that raises a
`ChatError` refuses: nothing is written, and whoever asked is told its words. They are sent in the thread that writes,
so be quick. Code that decides by itself (`memberships.sync`, `rooms.for_object`) asks nobody.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass

from django.dispatch import Signal

from groupchat.errors import ChatError, Unavailable
from groupchat.models import Message, Person, Room

logger = logging.getLogger("groupchat.attempts")


@dataclass(frozen=True, slots=True)
class Posting:
    """Somebody wants to say this. `person` is None for a guest who has written nothing yet, called `name`."""

    room: Room
    person: Person | None
    name: str
    body: str


@dataclass(frozen=True, slots=True)
class Editing:
    """Its author wants the message to say this."""

    message: Message
    person: Person
    body: str


@dataclass(frozen=True, slots=True)
class Deleting:
    """Somebody wants to take the message away, who may; of many that go at once, those that are refused stay."""

    message: Message
    person: Person


@dataclass(frozen=True, slots=True)
class Joining:
    """A person wants to come in, or is brought in by another one. `person` is as in Posting."""

    room: Room
    person: Person | None
    by: Person | None = None


@dataclass(frozen=True, slots=True)
class Leaving:
    """A member wants to go, or is sent out or banned by another person."""

    room: Room
    person: Person
    by: Person | None = None


@dataclass(frozen=True, slots=True)
class MakingRoom:
    """Somebody wants to make this room, which is not saved yet; a conversation, too."""

    room: Room
    person: Person


@dataclass(frozen=True, slots=True)
class ChangingRoom:
    """Somebody wants the room to be as `room` is now, in these of its `facts`: `name`, `topic`, `kind`, `history`,
    `guests`, `slow_mode`, `locked`, `raid_until`, `archived_at`, `deleted_at`.
    """

    room: Room
    person: Person
    facts: Collection[str]


Attempt = Posting | Editing | Deleting | Joining | Leaving | MakingRoom | ChangingRoom

posting = Signal()
editing = Signal()
deleting = Signal()
joining = Signal()
leaving = Signal()
making_room = Signal()
changing_room = Signal()

ATTEMPTS: dict[type[Attempt], Signal] = {
    Posting: posting,
    Editing: editing,
    Deleting: deleting,
    Joining: joining,
    Leaving: leaving,
    MakingRoom: making_room,
    ChangingRoom: changing_room,
}


def ask(attempt: Attempt) -> None:
    """Ask the site; raises what it refuses with. A receiver that fails otherwise refuses, too: its fault is logged, and
    whoever asked may try again.
    """
    try:
        ATTEMPTS[type(attempt)].send(sender=type(attempt), attempt=attempt)
    except ChatError:
        raise
    except Exception as error:
        logger.exception("A receiver of %s failed; it was refused.", type(attempt).__name__)
        raise Unavailable("This can't be done just now. Try again in a moment.") from error
