"""`/health/live` and `/health/ready` of real servers."""

from __future__ import annotations

import asyncio
import json
import signal
import urllib.error
import urllib.request
from typing import Any

from tests.chaos.conftest import Nodes, start
from tests.chaos.crowd import DEADLINE_SECONDS
from tests.chaos.stack import Node, Postgres, Valkey

WELL = {"status": "ready", "server": "ok", "database": "ok", "files": "ok", "warnings": []}


def get(node: Node, path: str, **headers: str) -> tuple[int, str]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{node.port}{path}",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )
    try:
        with urllib.request.urlopen(request, timeout=DEADLINE_SECONDS) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


async def ready(node: Node) -> tuple[int, dict[str, Any]]:
    status, body = await asyncio.to_thread(get, node, "/health/ready")
    return status, json.loads(body)


async def wait_ready(node: Node, code: int, **said: str) -> None:
    """Until it answers so."""
    found: tuple[int, dict[str, Any]] = (0, {})
    async with asyncio.timeout(DEADLINE_SECONDS):
        while found[0] != code or not said.items() <= found[1].items():
            found = await ready(node)
            await asyncio.sleep(0.1)


async def test_a_server_without_a_broker(nodes: Nodes) -> None:
    (node,) = await nodes()
    assert await asyncio.to_thread(get, node, "/health/live") == (200, '{"status": "live"}')
    assert await ready(node) == (200, WELL | {"broker": "none"})


async def test_any_host_name_may_ask(nodes: Nodes) -> None:
    """A load balancer asks by an address that is in no setting."""
    (node,) = await nodes()
    assert (await asyncio.to_thread(get, node, "/health/ready", Host="10.1.2.3:8000"))[0] == 200


async def test_database_and_broker_go_and_come(fleet: Nodes, postgres: Postgres, valkey: Valkey) -> None:
    (node,) = await fleet(valkey.url, count=1)
    assert await ready(node) == (200, WELL | {"broker": "ok"})
    valkey.signal(signal.SIGSTOP)  # takes the connection and never answers
    await wait_ready(node, 200, broker="unreachable", database="ok")
    valkey.signal(signal.SIGCONT)
    await wait_ready(node, 200, broker="ok")
    await asyncio.to_thread(postgres.end, signal.SIGQUIT)
    await wait_ready(node, 503, database="unreachable", status="not ready")
    assert (await asyncio.to_thread(get, node, "/health/live"))[0] == 200
    await start(postgres)
    await wait_ready(node, 200, database="ok", status="ready")
