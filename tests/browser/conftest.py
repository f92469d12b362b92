"""One server for all tests of the folder, one browser for each file; each person has a context of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.play import Site, Someone
from tests.chromium import chromium
from tests.server.served import Served
from tests.servers import Databases

expect.set_options(timeout=30_000)

Meet = Callable[..., Someone]


# Not the session's: a running playwright would be in the way of the tests with an event loop of their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("site")
    served = Served(databases.sqlite_folder(folder / "data"), log=folder / "output")
    yield Site(served)
    served.stop()


@pytest.fixture
def slow_site(tmp_path: Path, databases: Databases) -> Iterator[Site]:
    """A server that takes one command a second from each person, after a few."""
    limits = {"GROUPCHAT_MAX_COMMANDS_PER_SECOND": "1", "GROUPCHAT_MAX_COMMANDS_BURST": "6"}
    served = Served(databases.sqlite_folder(tmp_path / "data"), log=tmp_path / "output", **limits)
    yield Site(served)
    served.stop()


@pytest.fixture
def meet(site: Site, browser: Browser) -> Iterator[Meet]:
    """Makes people; after the test their browsers are closed, and nothing may have gone wrong in them unseen."""
    people: list[Someone] = []

    def make(name: str, **options: object) -> Someone:
        people.append(Someone(site, browser, name, **options))
        return people[-1]

    yield make
    faults = [f"{someone.name}: {fault}" for someone in people for fault in someone.faults]
    for someone in people:
        someone.context.close()
    assert not faults


@pytest.fixture
def room(request: pytest.FixtureRequest) -> str:
    """A room's name that no other test uses."""
    return request.node.name.removeprefix("test_").replace("_", " ")[:60]
