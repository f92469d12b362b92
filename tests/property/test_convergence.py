"""Promises 2 to 5, whatever happens and in whatever order; on both databases, in Python and in the page's code."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from tests.brokers.side import LoopThread
from tests.property.machine import Chat
from tests.property.store import check_store
from tests.property.world import OPTIONS, close_connections

SHORT = settings(max_examples=25, stateful_step_count=35)
LONG = settings(max_examples=1_000, stateful_step_count=60)


@pytest.fixture(autouse=True)
def _place(database: str) -> Iterator[None]:
    Chat.loop = LoopThread()
    Chat.shell = ThreadPoolExecutor(1)
    Chat.recorded = []
    with override_settings(GROUPCHAT=OPTIONS):
        yield
    Chat.shell.submit(close_connections).result()
    Chat.shell.shutdown()
    Chat.loop.stop()


def run(profile: settings) -> None:
    run_state_machine_as_test(
        Chat,
        settings=settings(
            profile,
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.explicit, Phase.generate),
        ),
    )


def test_every_device_ends_with_what_is_true() -> None:
    run(SHORT)
    check_store(Chat.recorded)


@pytest.mark.long
def test_every_device_ends_with_what_is_true_at_length() -> None:
    run(LONG)
    check_store(Chat.recorded)
