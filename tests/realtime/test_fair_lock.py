"""Several writers on one SQLite file: everyone's turn comes."""

from __future__ import annotations

import threading

import pytest
from django.db import OperationalError

from groupchat.realtime.writing import fair_lock
from groupchat.realtime.writing.fair_lock import FairWriteLock


@pytest.fixture
def file(tmp_path, monkeypatch):
    path = str(tmp_path / "db-turn")
    monkeypatch.setattr(fair_lock, "_path", lambda: path)
    return path


def test_a_turn_comes_when_the_other_one_ends(file):
    mine, theirs = FairWriteLock(), FairWriteLock()
    order = []

    def wait() -> None:
        with theirs:
            order.append("theirs")

    with mine:
        thread = threading.Thread(target=wait)
        thread.start()
        assert not order
        order.append("mine")
    thread.join(30)
    assert order == ["mine", "theirs"]


def test_who_waits_in_vain_is_told_and_can_ask_again(file):
    mine, theirs = FairWriteLock(), FairWriteLock(timeout_seconds=0.05)
    with mine, pytest.raises(OperationalError, match="locked"):
        theirs.__enter__()
    late = FairWriteLock()
    with late:  # the one left behind gave its turn back
        pass
    with theirs:
        pass


def test_without_a_file_there_is_nothing_to_wait_for(monkeypatch):
    monkeypatch.setattr(fair_lock, "_path", lambda: "")
    with FairWriteLock(), FairWriteLock():
        pass
