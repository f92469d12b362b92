"""What whoever runs the server asks it: is it alive, is it ready, what has it counted."""

from __future__ import annotations

from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

from groupchat.realtime import runtime
from groupchat.server import health, metrics
from groupchat.server.environment import Environment
from groupchat.server.neighbours import Neighbours

_NOT_FOR_YOU = b"The metrics are for this machine, or for whoever brings GROUPCHAT_METRICS_TOKEN.\n"


class Operations:
    """Answers its few addresses before Django sees them."""

    def __init__(self, environment: Environment) -> None:
        self._token = environment.metrics_token
        self._readiness = health.Readiness(environment.redis_url)
        self._neighbours = Neighbours(environment.data, _snapshot)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """While the server runs, the other processes can ask this one."""
        await self._neighbours.start()
        try:
            yield
        finally:
            self._neighbours.stop()

    async def answers(self, scope: MutableMapping[str, Any], send: health.Send) -> bool:
        """Whether the request was one of ours, and is answered."""
        path = scope["path"]
        if path not in ("/health/live", "/health/ready", "/metrics"):
            return False
        if scope["method"] not in ("GET", "HEAD"):
            await health.answer(send, 405, b"")
        elif path == "/health/live":
            await health.live(send)
        elif path == "/health/ready":
            await health.ready(send, self._readiness)
        elif not metrics.may_read(scope, self._token):
            await health.answer(send, 403, _NOT_FOR_YOU, kind=b"text/plain")
        else:
            text = metrics.render(await self._neighbours.snapshots())
            await health.answer(send, 200, text, kind=metrics.CONTENT_TYPE)
        return True


def _snapshot() -> metrics.Snapshot:
    realtime = runtime.running()
    if realtime is None:
        raise ValueError("This process has not begun to count.")
    return metrics.snapshot(realtime)
