"""What all tests share."""

from __future__ import annotations

from itertools import chain, zip_longest

import pytest

pytest.register_assert_rewrite("tests.property.store", "tests.property.truth", "tests.property.witness")
pytest_plugins = ["tests.pace", "tests.servers"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the long forms, too")


STRAINING = ("chaos",)
LONG = ("browser", "projects", "server_health", "property", "databases", "brokers", "web_core")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items[:] = _long_files_first(items)
    if config.getoption("--long"):
        return
    for item in items:
        if "long" in item.keywords:
            item.add_marker(pytest.mark.skip(reason="takes minutes: runs with --long"))


def _long_files_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """Whole files in turn: where two processes share them, neither begins a long one when the other has nothing left,
    and those that strain the machine stand so that one process takes most of them.
    """
    files: dict[str, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(str(item.path), []).append(item)
    folder = {path: some[0].path.parent.name for path, some in files.items()}
    straining = [path for path in files if folder[path] in STRAINING]
    long = sorted((path for path in files if folder[path] in LONG), key=lambda path: LONG.index(folder[path]))
    first = [path for pair in zip_longest(straining, long) for path in pair if path is not None]
    rest = [path for path in files if path not in {*straining, *long}]
    return list(chain.from_iterable(files[path] for path in (*first, *rest)))


@pytest.fixture(autouse=True)
def nobody_was_refused_before() -> None:
    """A process remembers whom it refused; the next test has the same primary keys again."""
    from groupchat.actions import limits

    limits.forget_refusals()
