"""Group commit: how what waits in the write queue becomes transactions. Runs in the writing thread, or awaits it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection, transaction

from groupchat.actions.counters import lock_people
from groupchat.actions.messages import Post, Posted
from groupchat.actions.messages import post as post_batch
from groupchat.errors import ChatError, Unavailable
from groupchat.models import Person, Room
from groupchat.realtime.writing.database import LOST, Database

logger = logging.getLogger("groupchat.realtime")

# One statement names every (room, author) of a batch; SQLite takes an expression of up to 1,000 levels.
LARGEST_BATCH = 500

_UNKNOWN = "The server can't say whether this was stored. Send the same again: it will be stored once."


Outcome = Any
"""What an action returned, or the exception that it raised."""

InBulk = Callable[[Sequence[Any]], Sequence[Outcome]]


@dataclass(frozen=True, slots=True)
class Locks:
    """What an action locks first: a row of rooms, or else one of people; and then at most rows that belong to it.
    Actions that take theirs in order can share a transaction, and wait for nobody in a circle.
    """

    table: type[Room] | type[Person]
    id: int

    @classmethod
    def room(cls, room_id: int) -> Locks:
        return cls(Room, room_id)

    @classmethod
    def person(cls, person_id: int) -> Locks:
        return cls(Person, person_id)


@dataclass(frozen=True, slots=True)
class Act:
    """An action of the domain to be carried out with these arguments. Without `locks` it has a transaction of its own,
    or several. `in_bulk` does the same for the arguments of many at once, and gives what each returns, or refuses with.
    """

    action: Callable[..., Any]
    arguments: dict[str, Any]
    locks: Locks | None = None
    in_bulk: InBulk | None = None

    @property
    def kind(self) -> object:
        """What shares a transaction with it: actions of the same kind; None is shared by nothing."""
        return self.in_bulk or (self.locks.table if self.locks is not None else None)

    def carry_out(self) -> Any:
        return self.action(**self.arguments)


def together(acts: Sequence[Act]) -> Sequence[Outcome]:
    """Carry out actions of one kind in one transaction. A refusal is that one's own outcome; any other failure undoes
    them all and is raised.
    """
    if (in_bulk := acts[0].in_bulk) is not None:
        return in_bulk([act.arguments for act in acts])
    locks = [act.locks for act in acts if act.locks is not None]
    outcomes: list[Outcome] = [None] * len(acts)
    with transaction.atomic():
        if locks[0].table is Person and connection.features.has_select_for_update:
            # All before the rows of the first: posts lock people, too, and then such rows.
            lock_people(one.id for one in locks)
        for index in sorted(range(len(acts)), key=lambda index: locks[index].id):
            try:
                with transaction.atomic():
                    outcomes[index] = acts[index].carry_out()
            except ChatError as error:
                outcomes[index] = error
    return outcomes


async def commit_acts(database: Database, acts: Sequence[Act]) -> Iterable[Outcome]:
    """Together; where that fails, one by one, so that one can't spoil the others."""
    if len(acts) > 1:
        try:
            return await database.write(together, acts)
        except LOST as error:  # it may have been stored: who asked sends it again
            return [error] * len(acts)
        except Exception as error:
            logger.warning("%d actions failed together; trying them one by one: %r", len(acts), error)
    return [await commit_alone(database, act) for act in acts]


async def commit_alone(database: Database, act: Act) -> Outcome:
    try:
        return await database.write(act.carry_out)
    except Exception as error:
        return error


async def commit_posts(
    database: Database, posts: Sequence[Post], count_retry: Callable[[], None]
) -> Sequence[Posted | ChatError]:
    """The batch; on a fault of the database once more, then post by post, so that one can't spoil the others."""
    for attempt in range(2):
        try:
            return await database.write(post_batch, posts)
        except LOST as error:
            # It may have been stored: sending it again is safe, for a message is stored once.
            logger.warning("The database did not take a batch of %d posts: %s", len(posts), error)
            count_retry()
            if attempt:
                return [Unavailable(_UNKNOWN, retry_after=1.0)] * len(posts)
        except DatabaseError as error:
            logger.warning("A batch of %d posts failed; trying them one by one: %r", len(posts), error)
            break
        except Exception:
            logger.exception("A batch of %d posts failed; trying them one by one.", len(posts))
            break
    return [await _commit_post(database, post) for post in posts]


async def _commit_post(database: Database, post: Post) -> Posted | ChatError:
    try:
        return (await database.write(post_batch, [post]))[0]
    except Exception:
        logger.exception("A post into room %d failed.", post.room_id)
        return Unavailable(_UNKNOWN, retry_after=1.0)
