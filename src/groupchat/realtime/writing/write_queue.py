"""One queue for all writes of the people here: each sender's take effect in the order in which they came, and what
comes in while one transaction runs shares the next.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from groupchat.actions.messages import Post, Posted
from groupchat.errors import ChatError, Unavailable
from groupchat.realtime.histogram import LATENCIES, SIZES, Histogram
from groupchat.realtime.writing.database import Database
from groupchat.realtime.writing.group_commit import (
    LARGEST_BATCH,
    Act,
    Outcome,
    commit_acts,
    commit_alone,
    commit_posts,
)

logger = logging.getLogger("groupchat.realtime")

MOST_ALONE = 32  # transactions that stand ready for the writing thread, so that it need not wait for the loop

Answer = Callable[[Posted | ChatError], None]


@dataclass(slots=True)
class WriteStats:
    """Counts since the start of the process."""

    posts: int = 0
    refused: int = 0
    batches: int = 0
    largest_batch: int = 0
    retried_batches: int = 0
    batch_sizes: Histogram = field(default_factory=lambda: Histogram(SIZES))
    seconds: Histogram = field(default_factory=lambda: Histogram(LATENCIES))  # of a post, from coming in to the answer
    acts: int = 0
    act_batches: int = 0

    def retried(self) -> None:
        self.retried_batches += 1


@dataclass(slots=True)
class _Waiting:
    work: Post | Act
    answer: Callable[[Any], None]
    came_at: float

    @property
    def kind(self) -> object:
        """What shares a transaction with it; None for what has one of its own."""
        return Post if isinstance(self.work, Post) else self.work.kind


class WriteQueue:
    """Takes posts and other actions one by one and carries them out, fairly: each sender's next before anybody's second
    next.

    A transaction holds posts only, or only actions of one kind, one of each sender: so there is one order of locks, and
    plain posting costs what it costs without all this. Bounded: past `max_waiting` it refuses as unavailable, and
    the client sends the same again.
    """

    def __init__(self, *, database: Database, max_batch: int, max_waiting: int) -> None:
        self.stats = WriteStats()
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
        full = self._full()
        if full is not None:
            answer(full)
            return
        self._add(sender, post, answer)

    async def act(self, sender: object, act: Act) -> Any:
        """Carry out an action behind everything that this sender submitted before; raises what it raises."""
        full = self._full()
        if full is not None:
            raise full
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def answer(outcome: Outcome) -> None:
            if future.done():
                return  # whoever waited is gone
            if isinstance(outcome, BaseException):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

        self._add(sender, act, answer)
        return await future

    def rename(self, before: object, after: object) -> None:
        """This sender has another name from now on: what waits under the old one stays before what comes."""
        waiting = self._senders.pop(before, None)
        if waiting is not None:
            self._senders.setdefault(after, deque()).extend(waiting)

    async def flush(self) -> None:
        """Wait until everything submitted so far is answered."""
        while self._writing is not None:
            await asyncio.shield(self._writing)

    def _full(self) -> Unavailable | None:
        if self._max_waiting and self._waiting >= self._max_waiting:
            return Unavailable("The server has too much to do. Try again in a moment.", retry_after=1.0)
        return None

    def _add(self, sender: object, work: Post | Act, answer: Callable[[Any], None]) -> None:
        queue = self._senders.get(sender)
        if queue is None:
            queue = self._senders[sender] = deque()
        queue.append(_Waiting(work, answer, time.monotonic()))
        self._waiting += 1
        if self._writing is None:
            self._writing = asyncio.get_running_loop().create_task(self._write())

    def _next_batch(self) -> tuple[object, list[_Waiting]]:
        """What is next, and with it what is of the same kind; whoever wants something else stands first afterwards."""
        kind = next(iter(self._senders.values()))[0].kind
        most = MOST_ALONE if kind is None else self._max_batch
        batch: list[_Waiting] = []
        aside: list[tuple[object, deque[_Waiting]]] = []
        behind: list[tuple[object, deque[_Waiting]]] = []
        while self._senders and len(batch) < most:
            sender, queue = self._senders.popitem(last=False)
            if queue[0].kind != kind:
                aside.append((sender, queue))
                continue
            batch.append(queue.popleft())
            if queue and kind is Post:
                self._senders[sender] = queue  # behind everybody else
            elif queue:
                behind.append((sender, queue))
        for sender, queue in reversed(aside):
            self._senders[sender] = queue
            self._senders.move_to_end(sender, last=False)
        self._senders.update(behind)
        self._waiting -= len(batch)
        return kind, batch

    async def _write(self) -> None:
        try:
            while self._senders:
                kind, batch = self._next_batch()
                if kind is Post:
                    await self._write_posts(batch)
                elif kind is not None:
                    await self._write_acts(batch)
                else:
                    await asyncio.gather(*(self._write_alone(one) for one in batch))
        finally:
            self._writing = None

    async def _write_posts(self, batch: list[_Waiting]) -> None:
        stats = self.stats
        posts = [one.work for one in batch if isinstance(one.work, Post)]
        answers = await commit_posts(self._database, posts, stats.retried)
        stats.batches += 1
        stats.largest_batch = max(stats.largest_batch, len(batch))
        stats.batch_sizes.observe(len(batch))
        now = time.monotonic()
        for one, result in zip(batch, answers, strict=True):
            stats.seconds.observe(now - one.came_at)
            if isinstance(result, Posted):
                stats.posts += 1
            else:
                stats.refused += 1
            _answer(one, result)

    async def _write_acts(self, batch: list[_Waiting]) -> None:
        outcomes = await commit_acts(self._database, [one.work for one in batch if isinstance(one.work, Act)])
        self.stats.acts += len(batch)
        self.stats.act_batches += 1
        for one, outcome in zip(batch, outcomes, strict=True):
            _answer(one, outcome)

    async def _write_alone(self, one: _Waiting) -> None:
        assert isinstance(one.work, Act)
        outcome = await commit_alone(self._database, one.work)
        self.stats.acts += 1
        self.stats.act_batches += 1
        _answer(one, outcome)


def _answer(one: _Waiting, outcome: Outcome) -> None:
    try:
        one.answer(outcome)
    except Exception:
        logger.exception("Answering what was written failed.")
