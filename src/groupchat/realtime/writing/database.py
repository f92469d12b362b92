"""The threads in which the domain runs: one that writes, a few that read, each with a database connection of its own.

Django's default (asgiref's thread-sensitive executor) is one thread for everything: a long read would hold up every
post.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier
from typing import Any, ParamSpec, TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection, connections

from groupchat.errors import Unavailable
from groupchat.realtime.writing.fair_lock import FairWriteLock

READERS = 3
FOR_SITE = 2  # what functions of the site do may take long, and must hold up nobody else

P = ParamSpec("P")
R = TypeVar("R")

# What a driver raises when the connection, not the statement, was at fault.
LOST = (OperationalError, InterfaceError)


class Database:
    """Runs synchronous functions of the domain in threads."""

    def __init__(self) -> None:
        self._writer = ThreadPoolExecutor(1, "groupchat-writer")
        self._readers = ThreadPoolExecutor(READERS, "groupchat-reader")
        self._sweeper = ThreadPoolExecutor(1, "groupchat-sweeper")
        self._for_site = ThreadPoolExecutor(FOR_SITE, "groupchat-site")
        self._all = ((self._writer, 1), (self._readers, READERS), (self._sweeper, 1))
        self._site_calls: list[Future[Any]] = []  # those that run or wait
        self._turn = FairWriteLock()

    def open(self) -> None:
        """Begin to open every thread's connection: later there may be no file left for it (see files.py)."""
        for threads, count in self._all:
            all_there = Barrier(count)  # or one thread would open for two
            for _ in range(count):
                threads.submit(_open, all_there)

    async def write(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run in the writing thread; what fails is not tried again here."""

        def in_turn() -> R:
            with self._turn:
                return work(*args, **kwargs)

        return await self._run(self._writer, False, in_turn)

    async def read(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run in a reading thread; once more where the connection was lost (a restart of the server, say)."""
        return await self._run(self._readers, True, work, *args, **kwargs)

    async def sweep(self, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run in the sweeping thread, which is the same at every call: SQLite counts foreign changes per connection."""
        return await self._run(self._sweeper, True, work, *args, **kwargs)

    def submit_for_site(self, most: int, work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Have run what calls a function of the site, in threads of their own. Their connections are closed each time:
        who knows when the next one is called. Raises Unavailable where `most` (0: no limit) wait for a thread already.
        """
        self._site_calls = [one for one in self._site_calls if not one.done()]
        if most and len(self._site_calls) >= FOR_SITE + most:
            raise Unavailable("Too many commands are running just now. Try it again in a moment.", retry_after=5)

        def run() -> R:
            try:
                return work(*args, **kwargs)
            finally:
                connections.close_all()

        submitted = self._for_site.submit(run)
        self._site_calls.append(submitted)
        return submitted

    async def _run(
        self, threads: ThreadPoolExecutor, again: bool, work: Callable[..., R], *args: Any, **kwargs: Any
    ) -> R:
        def run() -> R:
            try:
                return work(*args, **kwargs)
            except LOST:
                close_broken()
                if not again:
                    raise
                return work(*args, **kwargs)
            except DatabaseError:
                close_broken()
                raise

        return await asyncio.get_running_loop().run_in_executor(threads, run)

    def stop(self) -> None:
        """Let what runs end, and close every thread's connections. What the site does is left to itself."""
        self._for_site.shutdown(wait=False, cancel_futures=True)
        for threads, count in self._all:
            all_there = Barrier(count)  # or one thread would do the closing of two
            for _ in range(count):
                threads.submit(_close_all, all_there)
            threads.shutdown(wait=True)


def _open(all_there: Barrier) -> None:
    all_there.wait()
    # What can't be opened now is opened by whoever first needs it, and fails there.
    with suppress(Exception), connection.cursor() as cursor:
        connection.introspection.get_table_list(cursor)  # a question that really opens the file


def _close_all(all_there: Barrier) -> None:
    all_there.wait()
    connections.close_all()


def close_broken() -> None:
    """Close this thread's connections that reported an error: the next question opens them anew."""
    for one in connections.all(initialized_only=True):
        if one.errors_occurred and not one.in_atomic_block:
            one.close()
