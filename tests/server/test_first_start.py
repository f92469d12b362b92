"""The first start of all: nothing is there yet, and it makes everything."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from tests.server.conftest import Start

LINK = r"http://127\.0\.0\.1:\d+(/owner/[\w-]{40,}/)"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_the_first_start_and_the_second(start: Start, data: Path) -> None:
    first = start()
    link = first.wait_for(LINK)[1]
    assert first.get("/")[0] == 200
    assert first.get(link)[0] == 200
    assert stat.S_IMODE((data / "secret-key").stat().st_mode) == 0o600
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "groupchat.sqlite3").stat().st_mode) == 0o600
    key = (data / "secret-key").read_text()
    assert first.stop() == 0

    second = start()
    second.wait_for("Nobody owns it yet")
    assert "/owner/" not in second.output
    assert second.get(link)[0] == 200, "the first link is good until it is used"
    assert (data / "secret-key").read_text() == key
