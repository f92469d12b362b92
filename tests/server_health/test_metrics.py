"""`/metrics` of real servers: who may read it, and that it counts what happened."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from pathlib import Path
from random import Random

from prometheus_client.parser import text_string_to_metric_families
from tests.chaos.conftest import Nodes
from tests.chaos.crowd import Crowd, until
from tests.chaos.ledger import Ledger
from tests.chaos.person import Person
from tests.chaos.stack import Node
from tests.server_health.test_health import get

TOKEN = "a-token-for-the-scraper-27182818"
DASHBOARD = Path(__file__).resolve().parents[2] / "docs" / "grafana-dashboard.json"


def read(node: Node) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    """Samples by name and labels."""
    status, text = get(node, "/metrics")
    assert status == 200
    samples: dict[str, dict[tuple[tuple[str, str], ...], float]] = defaultdict(dict)
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            samples[sample.name][tuple(sorted(sample.labels.items()))] = sample.value
    return samples


def total(node: Node, name: str, **labels: str) -> float:
    return sum(
        value for found, value in read(node)[f"groupchat_{name}"].items() if labels.items() <= dict(found).items()
    )


async def test_it_counts_what_happened(nodes: Nodes) -> None:
    (node,) = await nodes()
    async with Crowd([node], seed=1, people=4, rooms=1) as crowd:
        room = crowd.rooms_of[crowd.people[0]][0]
        for person in crowd.people:
            await person.post(room)
        crowd.people[0].cut()
        await until(lambda: crowd.ledger.resumes == 1, "a resume")
        await until(crowd.people[0].online.is_set, "a connection")
        found = await asyncio.to_thread(read, node)

        def value(name: str) -> float:
            return sum(found[f"groupchat_{name}"].values())

        assert value("connections") == 4
        assert value("posts_total") == 4
        assert value("post_seconds_count") == 4
        assert value("post_batch_size_sum") == 4
        assert value("deliveries_total") >= 4 * 4
        assert value("hellos_total") == 5
        assert value("resumes_total") >= 1
        assert value("fan_out_seconds_count") >= 4
        assert value("cpu_seconds_total") > 0
        assert value("resident_bytes") > 10_000_000


async def test_who_may_read_it(nodes: Nodes) -> None:
    (node,) = await nodes(GROUPCHAT_METRICS_TOKEN=TOKEN)

    async def status(**headers: str) -> int:
        return (await asyncio.to_thread(get, node, "/metrics", **headers))[0]

    assert await status() == 200  # this machine itself
    assert await status(X_Forwarded_For="203.0.113.9") == 403  # all the world, through a proxy on this machine
    assert await status(X_Forwarded_For="203.0.113.9", Authorization="Bearer of a wrong token") == 403
    assert await status(X_Forwarded_For="203.0.113.9", Authorization=f"Bearer {TOKEN}") == 200


async def test_one_process_answers_for_all(nodes: Nodes) -> None:
    (server,) = await nodes(GROUPCHAT_WORKERS="2")
    people = [Person(f"n{index}", ports=[server.port], ledger=Ledger(), random=Random(index)) for index in range(16)]
    try:
        for person in people:
            person.arrive()
        await until(lambda: all(person.online.is_set() for person in people), "everybody's arrival")
        found = (await asyncio.to_thread(read, server))["groupchat_connections"]
        assert len(found) == 2
        assert sum(found.values()) == 16
    finally:
        for person in people:
            await person.go()


async def test_the_dashboard_shows_what_is_counted(nodes: Nodes) -> None:
    (node,) = await nodes()
    names = set(await asyncio.to_thread(read, node))
    panels = json.loads(DASHBOARD.read_text())["panels"]
    asked = {target["expr"] for panel in panels for target in panel["targets"]}
    assert asked
    for expression in asked:
        used = {
            word for word in expression.replace("(", " ").replace("[", " ").split() if word.startswith("groupchat_")
        }
        assert used, expression
        assert {word.rstrip(")") for word in used} <= names, expression
