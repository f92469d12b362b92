"""`/health/live` and `/health/ready`: what a supervisor and a load balancer ask. Answered before anything else, so a
broken session store, host check or template is no part of the answer.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import redis.asyncio as redis
from django.db import DatabaseError, connection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from groupchat.realtime import runtime
from groupchat.realtime.admission import descriptors

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

TIMEOUT_SECONDS = 2.0
# Whoever asks more often than this hears the same answer: the questions of strangers cost nothing.
ANSWER_SECONDS = 1.0


class Readiness:
    """Asks database and broker, each with a time-out; one question at a time, whoever asks."""

    def __init__(self, redis_url: str | None) -> None:
        self._redis_url = redis_url
        self._asking: asyncio.Task[dict[str, Any]] | None = None
        self._answer: dict[str, Any] = {}
        self._answered_at = float("-inf")

    async def ask(self) -> dict[str, Any]:
        """`server` is `ok` or `leaving`; `database` and `broker` are `ok` or `unreachable`; no broker is `none`.

        `files` is `short` where new sockets are refused for them, else `ok`. `warnings` names what the log told of
        lately.
        """
        if time.monotonic() - self._answered_at >= ANSWER_SECONDS:
            if self._asking is None:
                self._asking = asyncio.create_task(self._ask())
            await asyncio.shield(self._asking)
        return self._answer

    async def _ask(self) -> dict[str, Any]:
        try:
            database, broker = await asyncio.gather(self._database(), self._broker())
            realtime = runtime.running()
            leaving = realtime is None or realtime.draining
            self._answer = {
                "server": "leaving" if leaving else "ok",
                "database": database,
                "broker": broker,
                "files": "short" if descriptors.look().is_short else "ok",
                "warnings": realtime.refusals.standing() if realtime is not None else [],
            }
            self._answered_at = time.monotonic()
            return self._answer
        finally:
            self._asking = None

    async def _database(self) -> str:
        realtime = runtime.running()
        if realtime is None:
            return "unreachable"
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                await realtime.database.read(_look)
        except (DatabaseError, OSError):  # a TimeoutError is an OSError
            return "unreachable"
        return "ok"

    async def _broker(self) -> str:
        if self._redis_url is None:
            return "none"
        client = redis.Redis.from_url(
            self._redis_url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                await client.ping()
        except (redis.RedisError, OSError):
            return "unreachable"
        finally:
            await client.aclose()
        return "ok"


def _look() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()


async def live(send: Send) -> None:
    """The event loop turns."""
    await answer(send, 200, b'{"status": "live"}')


async def ready(send: Send, readiness: Readiness) -> None:
    """200 where this process can do its work, 503 where it cannot.

    A broker that does not answer is told and is no reason to send people away: delivery goes on by the sweep, and all
    processes would be taken out at once.
    """
    found = await readiness.ask()
    is_ready = found["server"] == found["database"] == found["files"] == "ok"
    body = {"status": "ready" if is_ready else "not ready", **found}
    await answer(send, 200 if is_ready else 503, json.dumps(body).encode())


async def answer(send: Send, status: int, body: bytes, *, kind: bytes = b"application/json") -> None:
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body)), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
