"""Whether there is something new to see: what the sweep asks first, twice a second."""

from __future__ import annotations

import pytest
from tests.databases.test_races import at_once, person

from groupchat.actions import rooms
from groupchat.realtime.delivery.sweep import standing

pytestmark = pytest.mark.usefixtures("database")

TRIES = 50  # the database may have work of its own meanwhile


def test_what_another_connection_writes_is_seen_and_only_that() -> None:
    owner = person("Owner")
    for index in range(3):
        before = next(stand for _ in range(TRIES) if (stand := standing()) == standing())
        at_once([lambda index=index: rooms.create(person=owner, name=f"Another {index}")])
        assert standing() != before
