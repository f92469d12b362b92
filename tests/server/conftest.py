"""A data folder, and servers that are started on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.server.served import Served
from tests.servers import Databases

Start = Callable[..., Served]


@pytest.fixture
def data(tmp_path: Path, databases: Databases) -> Path:
    """With its tables and static files, which a first start takes long to make (test_first_start.py)."""
    return databases.sqlite_folder(tmp_path / "data")


@pytest.fixture
def start(data: Path, tmp_path: Path) -> Iterator[Start]:
    """Starts servers in one data folder, and stops them."""
    with ExitStack() as stack:
        count = 0

        def begin(*arguments: str, **variables: str) -> Served:
            nonlocal count
            count += 1
            served = Served(data, *arguments, log=tmp_path / f"output-{count}", **variables)
            stack.callback(served.stop)
            return served

        yield begin
