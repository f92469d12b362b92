"""uvicorn, as this server wants it."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from importlib.util import find_spec

import uvicorn

from groupchat.conf import conf
from groupchat.server.environment import Environment

WEBSOCKET_PROTOCOL = "groupchat.realtime.uvicorn_protocol:ChatWebSocketProtocol"
NO_LIMIT_BYTES = 1 << 40  # uvicorn has no word for "no limit"
BACKLOG = 4096


class Server(uvicorn.Server):
    """Says when it listens."""

    def __init__(self, config: uvicorn.Config, *, on_listening: Callable[[int], None]) -> None:
        super().__init__(config)
        self._on_listening = on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            self._on_listening(sockets[0].getsockname()[1])


def serve(environment: Environment, *, listener: socket.socket, on_listening: Callable[[int], None]) -> int:
    """Serve until SIGTERM or SIGINT, and end in good order; the exit code. `on_listening` is told the port."""
    config = uvicorn.Config(
        "groupchat.server.asgi:application",
        loop="uvloop" if find_spec("uvloop") else "asyncio",
        http="httptools",
        ws=WEBSOCKET_PROTOCOL,
        ws_max_size=conf().max_frame_bytes or NO_LIMIT_BYTES,
        ws_per_message_deflate=False,  # the chat's own compresses once for all
        lifespan="on",
        proxy_headers=False,  # the ASGI app looks through the proxies itself
        server_header=False,
        access_log=False,
        log_config=None,  # Django's settings have set it up
        backlog=BACKLOG,
        timeout_graceful_shutdown=environment.shutdown_seconds or None,
    )
    server = Server(config, on_listening=on_listening)
    # uvicorn raises the signal again when it is done; an end that was asked for is no failure
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    server.run(sockets=[listener])
    return 0 if server.started else 1
