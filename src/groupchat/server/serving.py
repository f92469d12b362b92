"""uvicorn, as this server wants it."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import uvicorn

from groupchat.conf import conf
from groupchat.realtime import runtime
from groupchat.realtime.uvicorn_protocol import ChatWebSocketProtocol
from groupchat.server.environment import Environment

NO_LIMIT_BYTES = 1 << 40  # uvicorn has no word for "no limit"
BACKLOG = 4096

# how a process takes its leave, in seconds
ARRIVALS_PER_SECOND = 2_000  # what the others take at once without falling behind
SHORTEST_DRAIN = 0.2
LONGEST_DRAIN = 5.0
DRAIN_GRACE = 0.5
JUST_ACCEPTED = 0.02  # between a connection's arrival and our knowing of it
NEWCOMERS = 2.0

# A request whose head is not whole after this time, twice at most, never will be: it would hold its socket for ever.
HEAD_SECONDS = 30


class Server(uvicorn.Server):
    """Says when it listens, and takes its leave of the sockets before it closes them."""

    def __init__(self, config: uvicorn.Config, *, on_listening: Callable[[], None], hands_over: bool) -> None:
        super().__init__(config)
        self._on_listening = on_listening
        self._hands_over = hands_over
        self._unfinished: set[tuple[Any, Any]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        _calm_garbage_collection()
        self._on_listening()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()  # a socket that leaves now must not come back to us
        realtime = runtime.running()
        if realtime is not None:
            # Where another process takes over, clients go there by themselves, spread over a time that it can bear.
            within = min(max(len(realtime.connections) / ARRIVALS_PER_SECOND, SHORTEST_DRAIN), LONGEST_DRAIN)
            await realtime.drain(within)
            if self._hands_over:
                await _until(lambda: not realtime.connections or self.force_exit, seconds=within + DRAIN_GRACE)
        # uvicorn closes connections without a request as idle ones; who has just come in is about to send the first.
        await asyncio.sleep(JUST_ACCEPTED)
        await _until(lambda: not self._has_newcomers() or self.force_exit, seconds=NEWCOMERS)
        await super().shutdown(sockets)

    async def end_unfinished(self) -> None:
        """Drop the connections that are still in the same request's head as at the last look."""
        connections: list[Any] = list(self.server_state.connections)
        unfinished = {(one, one.cycle) for one in connections if _is_in_a_head(one)}
        for connection, _ in unfinished & self._unfinished:
            connection.transport.abort()
        self._unfinished = unfinished

    def _has_newcomers(self) -> bool:
        """Is there an HTTP connection that never had a request? (A WebSocket has no `cycle`.)"""
        return any(getattr(one, "cycle", self) is None for one in list(self.server_state.connections))


def _is_in_a_head(connection: Any) -> bool:
    """An HTTP connection without a first request, or with the beginning of another."""
    if not hasattr(connection, "cycle"):
        return False  # a WebSocket
    cycle = connection.cycle
    return cycle is None or (cycle.response_complete and connection.timeout_keep_alive_task is None)


def _calm_garbage_collection() -> None:
    """Look for cycles less often, and never again among what was loaded to start.

    By default Python looks after every 700 new objects, and each time somebody arrives there are hundreds: with
    thousands of sockets it would spend a third of an arrival on looking at them, and stop everything meanwhile.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


async def _until(is_so: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:  # noqa: ASYNC110  what we wait for tells nobody
        await asyncio.sleep(0.02)


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
    config = uvicorn.Config(
        "groupchat.server.asgi:application",
        loop="uvloop" if find_spec("uvloop") else "asyncio",
        http="httptools",
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
        timeout_graceful_shutdown=environment.shutdown_seconds or None,
    )
    server = Server(config, on_listening=on_listening, hands_over=hands_over)
    config.callback_notify = server.end_unfinished
    # uvicorn raises the signal again when it is done; an end that was asked for is no failure
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    server.run(sockets=[listener])
    return 0 if server.started else 1
