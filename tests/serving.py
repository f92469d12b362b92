"""The chat served within the tests' own process, by a real ASGI server on a thread with a loop of its own.

So a test sees the database that the sockets write to, and can change settings while sockets are open. `FAST` is
uvicorn as `groupchat serve` runs it; the others are ordinary ASGI servers, without the way for ready-made frames.
"""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import uvloop

DEADLINE_SECONDS = 30.0

FAST = "uvicorn-with-our-protocol"
PLAIN = "uvicorn"
OTHER = "hypercorn"
KINDS = (FAST, PLAIN, OTHER)

R = TypeVar("R")


class ThreadServer:
    """One server, listening on a free port of loopback."""

    def __init__(self, kind: str = FAST, *, max_frame_bytes: int = 64 * 1024) -> None:
        self.kind = kind
        self._max_frame_bytes = max_frame_bytes
        # With the protocol named, asyncio switches Nagle's delay off for what it accepts.
        self._listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen(2048)
        self.address = f"127.0.0.1:{self._listening.getsockname()[1]}"
        self.loop: asyncio.AbstractEventLoop
        self._stop: Callable[[], None]
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=f"serving-{kind}", daemon=True)

    def start(self) -> ThreadServer:
        self._thread.start()
        assert self._ready.wait(DEADLINE_SECONDS), "the server did not start"
        if self._failure is not None:
            raise self._failure
        return self

    def stop(self) -> None:
        """In good order, as a signal would."""
        self.loop.call_soon_threadsafe(self._stop)
        self._thread.join(DEADLINE_SECONDS)
        assert not self._thread.is_alive(), "the server did not stop"
        self._listening.close()

    def run(self, work: Coroutine[Any, Any, R]) -> R:
        """Run a coroutine on the server's loop, and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(DEADLINE_SECONDS)

    def ask(self, look: Callable[[Any], R]) -> R:
        """What `look` finds in the server's runtime, asked on its loop."""
        from groupchat.realtime import runtime

        async def on_loop() -> R:
            return look(await runtime.here())

        return self.run(on_loop())

    def wait(self, look: Callable[[Any], object]) -> None:
        """Until `look` finds something true."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not self.ask(look):
            assert time.monotonic() < deadline, "waited in vain"
            time.sleep(0.01)

    # --- the servers -----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            factory = uvloop.new_event_loop if self.kind == FAST else None
            with asyncio.Runner(loop_factory=factory) as runner:
                runner.run(self._serve())
        except BaseException as error:
            self._failure = error
            self._ready.set()

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        await (self._hypercorn() if self.kind == OTHER else self._uvicorn())

    async def _uvicorn(self) -> None:
        import uvicorn

        from groupchat.realtime.uvicorn_protocol import ChatWebSocketProtocol

        config = uvicorn.Config(
            _application(),
            ws=ChatWebSocketProtocol if self.kind == FAST else "websockets-sansio",
            ws_max_size=self._max_frame_bytes,
            ws_ping_interval=None,
            log_config=None,
            lifespan="on",
            timeout_graceful_shutdown=5,
        )
        server = uvicorn.Server(config)

        def stop() -> None:
            server.should_exit = True

        self._stop = stop
        serving = asyncio.create_task(server.serve(sockets=[self._listening]))
        while not server.started and not serving.done():  # noqa: ASYNC110  what we wait for tells nobody
            await asyncio.sleep(0.01)
        self._ready.set()
        await serving

    async def _hypercorn(self) -> None:
        from hypercorn.asyncio import serve
        from hypercorn.config import Config

        config = Config()
        config.bind = [f"fd://{self._listening.detach()}"]
        config.websocket_max_message_size = self._max_frame_bytes
        config.graceful_timeout = 5
        config.accesslog = config.errorlog = None
        stopping = asyncio.Event()
        self._stop = stopping.set
        serving = asyncio.create_task(serve(_application(), config, shutdown_trigger=stopping.wait, mode="asgi"))
        address, port = self.address.split(":")
        while not serving.done():
            try:
                _, writer = await asyncio.open_connection(address, int(port))
            except OSError:
                await asyncio.sleep(0.01)
                continue
            writer.close()
            break
        self._ready.set()
        await serving


def _application() -> Any:
    """The one of the settings: `groupchat serve`'s own, or an embedding site's.

    What it opens beside the chat is one thing a process, and here are several servers in one: so only the chat is
    started and ended with each of them.
    """
    from django.conf import settings
    from django.utils.module_loading import import_string

    from groupchat.realtime.routing import lifespan_application

    whole = import_string(settings.ASGI_APPLICATION)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await (lifespan_application if scope["type"] == "lifespan" else whole)(scope, receive, send)

    return application
