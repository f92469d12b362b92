"""The worker of the effects: takes those that are due, has their handlers run in threads, and says what came of it.

It takes as many as there are hands for, a bounded number at once; what it holds it goes on holding for as long as this
process lives. Several processes may do so side by side.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from django.db import connections

from groupchat.actions import effects
from groupchat.actions.effects import Backlog, Claimed, Outcome
from groupchat.conf import conf
from groupchat.realtime.writing.database import Database, close_broken

logger = logging.getLogger("groupchat.effects")

SHORTEST_LEASE_SECONDS = 5.0
SHORTEST_POLL_SECONDS = 0.01
BACKLOG_SECONDS = 10.0  # between two looks at how much there is
IDLE_SECONDS = 10.0  # then a thread without work closes its connection to the database
STOP_SECONDS = 2.0  # for the handlers that run; then they are left behind, and their leases run out

Chain = list[Claimed]  # to be run one after the other


@dataclass(slots=True)
class EffectStats:
    """Counts since the start of the process, and what the database held at the last look."""

    done: int = 0
    errors: int = 0  # attempts that raised
    backlog: Backlog = field(default_factory=lambda: Backlog(0, 0, 0.0))


class EffectWorker:
    """Works off effects on the threads of `database` and some of its own."""

    def __init__(self, *, database: Database) -> None:
        options = conf()
        self.stats = EffectStats()
        self._database = database
        self._hands = max(options.effect_threads, 1)
        self._most = max(options.max_effect_batch, 1)
        self._lease_seconds = max(float(options.effect_lease_seconds), SHORTEST_LEASE_SECONDS)
        self._poll_seconds = max(options.effect_poll_milliseconds / 1000, SHORTEST_POLL_SECONDS)
        self._woken = asyncio.Event()
        self._resting = False
        self._chains: SimpleQueue[Chain | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._unfinished = 0  # chains
        self._held: dict[int, Claimed] = {}  # until they have ended
        self._held_until: dict[int, float] = {}  # of the same, by the monotonic clock
        self._outcomes: list[Outcome] = []
        self._settling: asyncio.Task[None] | None = None
        self._taking: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._is_quiet = False  # it has said that the database does not answer

    def start(self, *, works: bool) -> None:
        """Begin; where it does not work, it looks how much there is and no more."""
        self._loop = asyncio.get_running_loop()
        self._tasks.append(self._loop.create_task(self._look()))
        if works:
            effects.listen(self._wake)
            self._taking = self._loop.create_task(self._take_all())
            self._tasks.append(self._loop.create_task(self._renew()))

    def rest(self) -> None:
        """Take nothing more, and begin nothing more of what is held."""
        self._resting = True
        self._woken.set()

    async def stop(self) -> None:
        """Let the handlers that run end, and give back what was not begun."""
        self.rest()
        effects.ignore(self._wake)
        deadline = self._loop.time() + STOP_SECONDS
        if self._taking is not None:
            await asyncio.wait({self._taking}, timeout=STOP_SECONDS)
        while (self._unfinished or self._outcomes or self._settling) and self._loop.time() < deadline:
            self._woken.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), max(deadline - self._loop.time(), 0.0))
        for _ in self._threads:
            self._chains.put(None)
        for thread in self._threads:
            await asyncio.to_thread(thread.join, 0.0 if self._unfinished else STOP_SECONDS)
        tasks = [task for task in (*self._tasks, self._taking, self._settling) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # --- taking ----------------------------------------------------------------------------------------------------

    def _wake(self) -> None:
        """Called in the committing thread, after the commit."""
        self._loop.call_soon_threadsafe(self._woken.set)

    async def _take_all(self) -> None:
        while not self._resting:
            self._woken.clear()
            try:
                more = await self._take()
                self._is_quiet = False
            except Exception as error:
                self._complain(error)
                more = False
            if not more and not self._resting:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), self._poll_seconds)

    async def _take(self) -> bool:
        """Take some, if there is a hand for them; whether there may be more."""
        if self._unfinished >= self._hands or not await self._database.read(effects.is_due):
            return False
        began = time.monotonic()
        claim = await self._database.write(effects.claim, most=self._most, lease_seconds=self._lease_seconds)
        for claimed in claim.claimed:
            self._held[claimed.id] = claimed
            self._held_until[claimed.id] = began + self._lease_seconds
        for chain in _chains(claim.claimed):
            self._unfinished += 1
            self._chains.put(chain)
        if claim.claimed and not self._threads:
            self._start_threads()
        return claim.looked_at > 0

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(self._lease_seconds / 3)
            held = list(self._held.values())
            if not held:
                continue
            began = time.monotonic()
            try:
                kept = await self._database.write(effects.renew, held, lease_seconds=self._lease_seconds)
            except Exception as error:
                self._complain(error)
            else:
                self._held_until |= dict.fromkeys(kept & self._held.keys(), began + self._lease_seconds)

    # --- running, in threads ---------------------------------------------------------------------------------------

    def _start_threads(self) -> None:
        """Of daemons: a handler that hangs must not keep the process from ending."""
        for number in range(self._hands):
            self._threads.append(threading.Thread(target=self._work, name=f"groupchat-effects-{number}", daemon=True))
            self._threads[-1].start()

    def _work(self) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits for us any more
            while (chain := self._next()) is not None:
                self._run(chain)
                close_broken()
                self._loop.call_soon_threadsafe(self._chain_ended)
        connections.close_all()

    def _next(self) -> Chain | None:
        """The next chain; where there is none for a while, the database is let go of meanwhile."""
        try:
            return self._chains.get(timeout=IDLE_SECONDS)
        except Empty:
            connections.close_all()
            return self._chains.get()

    def _run(self, chain: Chain) -> None:
        goes_on = True
        for claimed in chain:
            is_ours = time.monotonic() < self._held_until.get(claimed.id, 0.0)
            if goes_on and is_ours and not self._resting:
                outcome = effects.perform(claimed)
                goes_on = outcome.error is None
            else:
                outcome = Outcome(claimed, is_begun=False)
            self._loop.call_soon_threadsafe(self._ended, outcome)

    # --- what came of it -------------------------------------------------------------------------------------------

    def _ended(self, outcome: Outcome) -> None:
        self._held.pop(outcome.claimed.id, None)
        self._held_until.pop(outcome.claimed.id, None)
        self.stats.done += outcome.is_begun and outcome.error is None
        self.stats.errors += outcome.error is not None
        self._outcomes.append(outcome)
        if self._settling is None:
            self._settling = self._loop.create_task(self._settle())

    def _chain_ended(self) -> None:
        self._unfinished -= 1
        self._woken.set()

    async def _settle(self) -> None:
        """What ends while the last were written comes next, all in one transaction."""
        try:
            while self._outcomes:
                some, self._outcomes = self._outcomes, []
                try:
                    await self._database.write(effects.settle, some)
                except Exception as error:
                    # What is not written is done again, by us or by others: so we go on trying.
                    self._outcomes = some + self._outcomes
                    self._complain(error)
                    await asyncio.sleep(self._poll_seconds)
        finally:
            self._settling = None
            self._woken.set()

    # --- how much there is -----------------------------------------------------------------------------------------

    async def _look(self) -> None:
        while True:
            try:
                self.stats.backlog = await self._database.read(effects.backlog)
                self._is_quiet = False
            except Exception as error:
                self._complain(error)
            await asyncio.sleep(BACKLOG_SECONDS)

    def _complain(self, error: Exception) -> None:
        """Once, until it works again."""
        if not self._is_quiet:
            logger.warning("The effects wait, for the database does not take a question: %s", error)
        self._is_quiet = True


def _chains(claimed: Iterable[Claimed]) -> list[Chain]:
    """What has an order stands together; everything else is by itself."""
    ordered: dict[tuple[str, str], Chain] = {}
    chains = []
    for one in claimed:
        if not one.key:
            chains.append([one])
        elif (one.kind, one.key) in ordered:
            ordered[one.kind, one.key].append(one)
        else:
            chains.append(ordered.setdefault((one.kind, one.key), [one]))
    return chains
