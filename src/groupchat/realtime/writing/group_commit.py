"""Group commit: what comes in while the last transaction runs is the next batch."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import DatabaseError

from groupchat.actions.messages import Post, Posted
from groupchat.actions.messages import post as post_batch
from groupchat.errors import ChatError, Unavailable
from groupchat.realtime.histogram import LATENCIES, SIZES, Histogram
from groupchat.realtime.writing.database import LOST, Database

logger = logging.getLogger("groupchat.realtime")

# One statement names every (room, author) of a batch; SQLite takes an expression of up to 1,000 levels.
LARGEST_BATCH = 500

Answer = Callable[[Posted | ChatError], None]
_Waiting = tuple[Post, Answer, float]  # and when it came in
_UNKNOWN = "The server can't say whether this was stored. Send the same again: it will be stored once."


@dataclass(slots=True)
class PostingStats:
    """Counts since the start of the process."""

    posts: int = 0
    refused: int = 0
    batches: int = 0
    largest_batch: int = 0
    retried_batches: int = 0
    batch_sizes: Histogram = field(default_factory=lambda: Histogram(SIZES))
    seconds: Histogram = field(default_factory=lambda: Histogram(LATENCIES))  # from coming in to the answer


class Posting:
    """Takes posts one by one, and writes them in batches, fairly: each sender's next before anybody's second next.

    Bounded: past `max_waiting` a post is refused as unavailable, and its client sends it again.
    """

    def __init__(self, *, database: Database, max_batch: int, max_waiting: int) -> None:
        self.stats = PostingStats()
        self._database = database
        self._max_batch = min(max_batch or LARGEST_BATCH, LARGEST_BATCH)
        self._max_waiting = max_waiting
        self._senders: OrderedDict[object, deque[_Waiting]] = OrderedDict()
        self._waiting = 0
        self._writing: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> int:
        return self._waiting

    def submit(self, sender: object, post: Post, answer: Answer) -> None:
        """Write this post with the next batch; `answer` is called on the loop, after the commit."""
        if self._max_waiting and self._waiting >= self._max_waiting:
            answer(Unavailable("The server has too much to do. Try again in a moment.", retry_after=1.0))
            return
        queue = self._senders.get(sender)
        if queue is None:
            queue = self._senders[sender] = deque()
        queue.append((post, answer, time.monotonic()))
        self._waiting += 1
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write())

    async def flush(self) -> None:
        """Wait until everything submitted so far is answered."""
        while self._writing is not None:
            await asyncio.shield(self._writing)

    def _next_batch(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        while self._senders and len(batch) < self._max_batch:
            sender, queue = self._senders.popitem(last=False)
            batch.append(queue.popleft())
            if queue:
                self._senders[sender] = queue  # behind everybody else
        self._waiting -= len(batch)
        return batch

    async def _write(self) -> None:
        try:
            while batch := self._next_batch():
                answers = await self._commit([post for post, _, _ in batch])
                self.stats.batches += 1
                self.stats.largest_batch = max(self.stats.largest_batch, len(batch))
                self.stats.batch_sizes.observe(len(batch))
                now = time.monotonic()
                for (_, answer, came_at), result in zip(batch, answers, strict=True):
                    self.stats.seconds.observe(now - came_at)
                    if isinstance(result, Posted):
                        self.stats.posts += 1
                    else:
                        self.stats.refused += 1
                    try:
                        answer(result)
                    except Exception:
                        logger.exception("Answering a post failed.")
        finally:
            self._writing = None

    async def _commit(self, posts: Sequence[Post]) -> Sequence[Posted | ChatError]:
        """The batch; on a fault of the database once more, then post by post, so that one can't spoil the others."""
        for attempt in range(2):
            try:
                return await self._database.write(post_batch, posts)
            except LOST as error:
                # It may have been stored: sending it again is safe, for a message is stored once.
                logger.warning("The database did not take a batch of %d posts: %s", len(posts), error)
                self.stats.retried_batches += 1
                if attempt:
                    return [Unavailable(_UNKNOWN, retry_after=1.0)] * len(posts)
            except DatabaseError as error:
                logger.warning("A batch of %d posts failed; trying them one by one: %r", len(posts), error)
                break
            except Exception:
                logger.exception("A batch of %d posts failed; trying them one by one.", len(posts))
                break
        return [await self._commit_one(post) for post in posts]

    async def _commit_one(self, post: Post) -> Posted | ChatError:
        try:
            return (await self._database.write(post_batch, [post]))[0]
        except Exception:
            logger.exception("A post into room %d failed.", post.room_id)
            return Unavailable(_UNKNOWN, retry_after=1.0)
