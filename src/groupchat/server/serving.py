"""uvicorn, as this server wants it."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from importlib.util import find_spec
from typing import Any

import uvicorn
from websockets import http11

from groupchat.conf import conf
from groupchat.realtime import runtime
from groupchat.realtime.uvicorn_protocol import ChatWebSocketProtocol
from groupchat.server.environment import Environment
from groupchat.server.http_protocol import ChatHttpProtocol

logger = logging.getLogger("groupchat.server")

NO_LIMIT_BYTES = 1 << 40  # uvicorn has no word for "no limit"
BACKLOG = 4096

# how a process takes its leave, in seconds; all of it within GROUPCHAT_SHUTDOWN_SECONDS
ARRIVALS_PER_SECOND = 2_000  # what the others take at once without falling behind
SHORTEST_DRAIN = 0.2
LONGEST_DRAIN = 5.0
DRAINS_SHARE = 0.6  # of the whole time
DRAIN_GRACE = 0.5
JUST_ACCEPTED = 0.02  # between a connection's arrival and our knowing of it
NEWCOMERS = 2.0
UNFINISHED = 1.5  # for the rest of a request that is coming in, and for sockets to take their close
BREAKING_OFF = 0.5
LAST = 1.5  # over the whole time, for what hangs: then the process ends as it is

# A request whose head is not whole after this time, twice at most, or of whose body nothing came meanwhile, never will
# be whole: it would hold its socket for ever.
HEAD_SECONDS = 30


class Server(uvicorn.Server):
    """Says when it listens, and takes its leave of the sockets before it closes them."""

    def __init__(
        self, config: uvicorn.Config, *, on_listening: Callable[[], None], hands_over: bool, shutdown_seconds: int
    ) -> None:
        super().__init__(config)
        self._on_listening = on_listening
        self._hands_over = hands_over
        self._shutdown_seconds = shutdown_seconds or float("inf")
        self._unfinished: set[tuple[Any, Any]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        _calm_garbage_collection()
        self._on_listening()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        deadline = time.monotonic() + self._shutdown_seconds
        self._end_at_last()
        for server in self.servers:
            server.close()  # a socket that leaves now must not come back to us
        realtime = runtime.running()
        if realtime is not None:
            # Where another process takes over, clients go there by themselves, spread over a time that it can bear.
            within = max(len(realtime.connections) / ARRIVALS_PER_SECOND, SHORTEST_DRAIN)
            within = min(within, LONGEST_DRAIN, DRAINS_SHARE * self._shutdown_seconds)
            await self._at_most(realtime.drain(within), deadline)
            if self._hands_over:
                await self._until(lambda: not realtime.connections, seconds=within + DRAIN_GRACE)
        # uvicorn closes connections without a request as idle ones; who has just come in is about to send the first.
        await asyncio.sleep(JUST_ACCEPTED)
        await self._until(lambda: not self._has_newcomers(), seconds=min(NEWCOMERS, _left(deadline)))
        await self._end_connections(deadline)
        self.config.timeout_graceful_shutdown = 1  # there is nobody left
        await super().shutdown(sockets)

    async def end_unfinished(self) -> None:
        """Drop the connections that are where they were at the last look: in a request's head, or in its body."""
        http = [one for one in list(self.server_state.connections) if isinstance(one, ChatHttpProtocol)]
        # A head may not come in drops; of a body it is enough that something came.
        unfinished: set[tuple[Any, Any]] = {(one, one.cycle) for one in http if one.is_in_a_head}
        unfinished |= {(one, (one.cycle, one.bytes_received)) for one in http if one.is_in_a_body}
        for connection, _ in unfinished & self._unfinished:
            connection.transport.abort()
        self._unfinished = unfinished

    # --- the end ---------------------------------------------------------------------------------------------------

    async def _end_connections(self, deadline: float) -> None:
        """Close what is idle, and let requests be answered that came in whole; then break off the rest."""
        connections = self.server_state.connections
        for connection in list(connections):
            connection.shutdown()
        await self._until(lambda: not connections, seconds=min(UNFINISHED, _left(deadline)))
        for connection in list(connections):
            if not isinstance(connection, ChatHttpProtocol) or connection.is_in_a_body:
                connection.transport.abort()
        tasks = self.server_state.tasks
        await self._until(lambda: not connections and not tasks, seconds=_left(deadline))
        if connections or tasks:
            logger.warning(
                "%d requests were not answered within the time for a graceful end (GROUPCHAT_SHUTDOWN_SECONDS), and"
                " were broken off.",
                max(len(connections), len(tasks)),
            )
        logging.getLogger("uvicorn.error").addFilter(_is_no_cancellation)
        for task in list(tasks):
            task.cancel()
        await self._until(lambda: not tasks, seconds=BREAKING_OFF)
        for connection in list(connections):
            connection.transport.abort()
        await self._until(lambda: not connections, seconds=BREAKING_OFF)

    def _end_at_last(self) -> None:
        """Whatever hangs (a database that never answers holds its thread), the process ends before it is killed."""
        if self._shutdown_seconds == float("inf"):
            return

        def end() -> None:
            print("groupchat: Something hangs; the process ends without it.", file=sys.stderr, flush=True)
            os._exit(1)

        timer = threading.Timer(self._shutdown_seconds + LAST, end)
        timer.daemon = True
        timer.start()

    async def _at_most(self, work: Coroutine[Any, Any, None], deadline: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(work, None if deadline == float("inf") else _left(deadline))

    async def _until(self, is_so: Callable[[], bool], *, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not is_so() and not self.force_exit and time.monotonic() < deadline:  # noqa: ASYNC110  what we wait for
            await asyncio.sleep(0.02)  # tells nobody

    def _has_newcomers(self) -> bool:
        """Is there an HTTP connection that never had a request? (A WebSocket has no `cycle`.)"""
        return any(getattr(one, "cycle", self) is None for one in list(self.server_state.connections))


def _left(deadline: float) -> float:
    return max(deadline - time.monotonic(), 0.0)


def _is_no_cancellation(record: logging.LogRecord) -> bool:
    """What we break off at the end needs no traceback of its own."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


def _calm_garbage_collection() -> None:
    """Look for cycles less often, and never again among what was loaded to start.

    By default Python looks after every 700 new objects, and each time somebody arrives there are hundreds: with
    thousands of sockets it would spend a third of an arrival on looking at them, and stop everything meanwhile.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def serve(
    environment: Environment,
    *,
    listener: socket.socket,
    on_listening: Callable[[], None],
    hands_over: bool = False,
) -> int:
    """Serve until SIGTERM or SIGINT, and end in good order; the exit code.

    `on_listening` is called in the event loop; `hands_over` says that another process serves the same address.
    """
    ChatHttpProtocol.max_head_bytes = environment.max_head_bytes
    # The library's own limits of a handshake's head are lower than ours, and its answer says nothing.
    http11.MAX_LINE_LENGTH = http11.MAX_NUM_HEADERS = environment.max_head_bytes or NO_LIMIT_BYTES
    config = uvicorn.Config(
        "groupchat.server.asgi:application",
        loop="uvloop" if find_spec("uvloop") else "asyncio",
        http=ChatHttpProtocol,
        ws=ChatWebSocketProtocol,
        ws_max_size=conf().max_frame_bytes or NO_LIMIT_BYTES,
        ws_per_message_deflate=False,  # the chat's own compresses once for all
        lifespan="on",
        proxy_headers=False,  # the ASGI app looks through the proxies itself
        server_header=False,
        access_log=False,
        log_config=None,  # Django's settings have set it up
        backlog=BACKLOG,
        timeout_notify=HEAD_SECONDS,
    )
    server = Server(
        config, on_listening=on_listening, hands_over=hands_over, shutdown_seconds=environment.shutdown_seconds
    )
    config.callback_notify = server.end_unfinished
    # uvicorn raises the signal again when it is done; an end that was asked for is no failure
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    server.run(sockets=[listener])
    return 0 if server.started else 1
