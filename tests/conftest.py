"""What all tests share."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, zip_longest
from typing import Any

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


@pytest.fixture(scope="session", autouse=True)
def rows_are_taken_away_at_once() -> Iterator[None]:
    """Django's own way after a test with transactions is a flush, which makes the content types and the permissions of
    all models anew each time: 39 ms instead of one.
    """
    from django.core.management.color import no_style
    from django.db import connections
    from django.test import TransactionTestCase

    def take_away(case: Any) -> None:
        for alias in case._databases_names(include_mirrors=False):
            connection = connections[alias]
            tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
            made_once = {"django_content_type", "auth_permission"}
            every = [table for table in tables if table not in made_once]
            connection.ops.execute_sql_flush(
                connection.ops.sql_flush(no_style(), every, reset_sequences=False, allow_cascade=False)
            )

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", take_away)
        yield


@pytest.fixture(autouse=True)
def nobody_was_refused_before() -> None:
    """A process remembers whom it refused; the next test has the same primary keys again."""
    from groupchat.actions import limits

    limits.forget_refusals()
