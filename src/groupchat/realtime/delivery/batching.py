"""Many questions at once, few statements: thousands of clients come back in the same second after a restart."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from groupchat.realtime.writing.database import Database

# While one batch follows the other, a small one waits a moment for more.
STORM_SECONDS = 0.005
GATHER_SECONDS = 0.003
SMALL_BATCH = 32

Q = TypeVar("Q")
A = TypeVar("A")


class Batcher(Generic[Q, A]):
    """Answers questions in batches, in a reading thread; in the writing one where the answering `writes`.

    `answer(questions)` returns as many answers, in the same order; an answer that is an exception is raised to whoever
    asked. What comes in while `max_running` batches run waits for the next one: so a storm is served in turn, and a
    quiet server answers at once.
    """

    def __init__(
        self,
        database: Database,
        answer: Callable[[Sequence[Q]], Sequence[A | Exception]],
        *,
        max_batch: int = 128,
        max_running: int = 1,
        writes: bool = False,
    ) -> None:
        self._in_thread = database.write if writes else database.read
        self._answer = answer
        self._max_batch = max_batch
        self._max_running = max_running
        self.batches = 0  # since the start of the process
        self._running = 0
        self._waiting: deque[tuple[Q, asyncio.Future[A]]] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, question: Q) -> A:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[A] = loop.create_future()
        self._waiting.append((question, future))
        if self._running < self._max_running:
            self._running += 1
            task = loop.create_task(self._run())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await future

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        quiet_at = 0.0
        try:
            while self._waiting:
                if len(self._waiting) < SMALL_BATCH and loop.time() < quiet_at:
                    await asyncio.sleep(GATHER_SECONDS)  # in a storm a batch of few costs as much as one of many
                batch = [self._waiting.popleft() for _ in range(min(self._max_batch, len(self._waiting)))]
                self.batches += 1
                try:
                    answers = await self._in_thread(self._answer, [question for question, _ in batch])
                except Exception as error:
                    answers = [error] * len(batch)
                quiet_at = loop.time() + STORM_SECONDS
                for (_, future), answer in zip(batch, answers, strict=True):
                    if future.done():
                        continue  # whoever asked is gone
                    if isinstance(answer, Exception):
                        future.set_exception(answer)
                    else:
                        future.set_result(answer)
        finally:
            self._running -= 1
