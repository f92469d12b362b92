"""Random lives of clients on a line that loses, doubles and reorders end in what the server knows (in the browser)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.mark.parametrize("first", range(0, 40, 10))
def test_every_client_ends_with_what_the_server_knows(run: Callable[..., Any], first: int) -> None:
    written = 0
    for seed in range(first, first + 10):
        lived = run("converge.js", "live", {"seed": seed})
        written += sum(lived["written"])
    assert written > 20, "the lives wrote something"


@pytest.mark.long
@pytest.mark.parametrize("first", range(1_000, 3_000, 100))
def test_the_same_for_many_more_lives(run: Callable[..., Any], first: int) -> None:
    for seed in range(first, first + 100):
        run("converge.js", "live", {"seed": seed, "steps": 250})
