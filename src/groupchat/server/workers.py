"""Several server processes on one address, from one command.

The parent holds the listening sockets and starts a worker for each; it serves nothing itself. On Linux each worker
has a socket of its own and the kernel spreads the connections evenly over them (SO_REUSEPORT). As the parent keeps
them open, nobody is refused while a worker is replaced.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from groupchat.actions.limit_stores import DATABASE
from groupchat.server import preparation
from groupchat.server.broker_child import BrokerChild, BrokerNotFound
from groupchat.server.environment import Environment
from groupchat.server.greeting import greeting
from groupchat.server.listening import listen
from groupchat.server.preparation import say

READY_SECONDS = 60
RETRY_SECONDS = 0.5  # after the first crash; doubled with each that follows soon
LONGEST_RETRY_SECONDS = 10.0
STABLE_SECONDS = 30  # a worker that lived this long had a good start
STOP_MARGIN_SECONDS = 2.5  # over the workers' own time for a graceful end; they see to it themselves before


def serve_with_workers(environment: Environment, *, count: int) -> int:
    """Serve until SIGTERM or SIGINT; SIGHUP replaces the workers one by one. The exit code."""
    shares = sys.platform == "linux"
    listeners = listen(environment.host, environment.port, count=count if shares else 1)
    run = preparation.prepare(environment)
    words = greeting(environment, port=listeners[0].getsockname()[1])
    fleet = Fleet(environment, listeners=listeners if shares else listeners * count, words=words)
    code = asyncio.run(fleet.run())
    run.end()
    return code


@dataclass(eq=False, slots=True)
class Worker:
    """One server process."""

    process: asyncio.subprocess.Process
    ready: asyncio.Future[bool]  # False: it ended before it listened
    started_at: float

    def terminate(self) -> None:
        with suppress(ProcessLookupError):
            self.process.terminate()


class Fleet:
    """The workers, and the private broker where there is no other."""

    def __init__(self, environment: Environment, *, listeners: list[socket.socket], words: str) -> None:
        self._environment = environment
        self._listeners = listeners
        self._words = words
        self._slots: list[Worker | None] = [None] * len(listeners)
        self._leaving: set[Worker] = set()
        self._stop = asyncio.Event()
        self._replacing = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        # workers hold the other end: when we are gone, however it came, they read its end and stop
        self._alive, self._alive_here = os.pipe()

    async def run(self) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop.set)
        loop.add_signal_handler(signal.SIGHUP, lambda: self._spawn(self._replace_all()))
        broker = await self._start_broker()
        try:
            workers = [await self._start(slot) for slot in range(len(self._slots))]
            ready = asyncio.gather(*(worker.ready for worker in workers))
            if not all(await asyncio.wait_for(ready, READY_SECONDS)):
                say("A server process did not start.")
                return 1
            print(self._words, flush=True)
            for slot in range(len(self._slots)):
                self._spawn(self._keep(slot))
            await self._stop.wait()
            return 0
        finally:
            await self._end()
            if broker is not None:
                await broker.stop()

    # --- one worker ------------------------------------------------------------------------------------------------

    async def _start(self, slot: int) -> Worker:
        listener = self._listeners[slot].fileno()
        ready, ready_there = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "groupchat.server.worker", str(listener), str(ready_there), str(self._alive)),
                pass_fds=(listener, ready_there, self._alive),
                stdin=asyncio.subprocess.DEVNULL,
            )
        finally:
            os.close(ready_there)
        worker = Worker(process=process, ready=_read_once(ready), started_at=time.monotonic())
        self._slots[slot] = worker
        return worker

    async def _keep(self, slot: int) -> None:
        """Start the slot's worker again whenever it ends by itself."""
        wait = RETRY_SECONDS
        while not self._stop.is_set():
            worker = self._slots[slot]
            assert worker is not None
            code = await worker.process.wait()
            if self._stop.is_set() or self._slots[slot] is not worker:
                continue  # it was asked to end
            if time.monotonic() - worker.started_at > STABLE_SECONDS:
                wait = RETRY_SECONDS
            say(f"A server process ended (code {code}); it is started again.")
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_RETRY_SECONDS)
            if not self._stop.is_set() and self._slots[slot] is worker:
                await self._start(slot)

    # --- all of them -----------------------------------------------------------------------------------------------

    async def _replace_all(self) -> None:
        """Put a new worker beside each old one, and let the old one go when the new one listens."""
        async with self._replacing:
            if not await self._prepare_again():
                say("Nothing was replaced: the tables or the static files could not be brought up to date.")
                return
            for slot, old in enumerate(self._slots):
                if self._stop.is_set():
                    return
                new = await self._start(slot)
                try:
                    is_ready = await asyncio.wait_for(asyncio.shield(new.ready), READY_SECONDS)
                except TimeoutError:
                    is_ready = False
                if not is_ready:
                    new.terminate()
                    self._slots[slot] = old
                    say("A new server process did not start; the old ones stay.")
                    return
                if old is not None:
                    self._spawn(self._let_go(old))
            say("All server processes are new.")

    async def _prepare_again(self) -> bool:
        """In a process of its own: the program may be another one than the one that we run."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "groupchat.server", "migrate"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
        )
        return await process.wait() == 0

    async def _let_go(self, worker: Worker) -> None:
        self._leaving.add(worker)
        worker.terminate()
        await worker.process.wait()
        self._leaving.discard(worker)

    async def _end(self) -> None:
        self._stop.set()
        for listener in set(self._listeners):
            listener.close()
        workers = [*self._leaving, *(worker for worker in self._slots if worker is not None)]
        for worker in workers:
            worker.terminate()
        ends = [asyncio.ensure_future(worker.process.wait()) for worker in workers]
        if ends:
            seconds = self._environment.shutdown_seconds
            await asyncio.wait(ends, timeout=seconds + STOP_MARGIN_SECONDS if seconds else None)
        for worker in workers:
            if worker.process.returncode is None:
                with suppress(ProcessLookupError):
                    worker.process.kill()
                await worker.process.wait()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for end in (self._alive, self._alive_here):
            os.close(end)

    # --- the rest --------------------------------------------------------------------------------------------------

    async def _start_broker(self) -> BrokerChild | None:
        if self._environment.redis_url is not None:
            return None
        try:
            broker = BrokerChild(self._environment.data)
        except BrokerNotFound:
            say("There is no valkey-server here and no REDIS_URL: messages between processes take half a second.")
            return None
        await broker.start()
        # For the workers. Limits are not counted in it: it starts empty each time.
        os.environ.setdefault("GROUPCHAT_LIMITS_STORE", DATABASE)
        os.environ["REDIS_URL"] = broker.url
        return broker

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _read_once(end: int) -> asyncio.Future[bool]:
    """Resolves when something is written to the other end (True), or nobody holds it any more (False)."""
    loop = asyncio.get_running_loop()
    found: asyncio.Future[bool] = loop.create_future()

    def readable() -> None:
        loop.remove_reader(end)
        is_ready = bool(os.read(end, 1))
        os.close(end)
        if not found.done():
            found.set_result(is_ready)

    loop.add_reader(end, readable)
    return found
