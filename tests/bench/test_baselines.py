"""Every baseline, as a real server: what one says all hear once, and when it is stopped it is gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks import baselines
from benchmarks.baselines import Absent
from benchmarks.contenders import all_contenders
from benchmarks.scenarios.posts import Sender, keep_posting
from benchmarks.voices import AcknowledgingVoice, unheard
from groupchat.load import served
from groupchat.load.crowd import Crowd, gather
from groupchat.load.served import NotStarted
from groupchat.load.swarm import Swarm

CONTENDERS = {contender.key: contender for contender in all_contenders(install=True)}


@pytest.fixture
def swarm() -> Iterator[Swarm]:
    with Swarm() as swarm:
        yield swarm


@pytest.mark.parametrize("key", CONTENDERS)
def test_what_one_says_all_hear_once(key: str, swarm: Swarm, tmp_path: Path) -> None:
    contender = CONTENDERS[key]
    try:
        server = contender.start(tmp_path)
    except Absent as reason:
        pytest.skip(str(reason))
    with server:
        voice = contender.voice()
        clients = [swarm.client(voice) for _ in range(7)]
        gather(swarm, server, clients)
        crowd = Crowd(swarm, server, voice, clients)
        window = crowd.window(rate=20, seconds=0.5, size=300)
        assert (window.posts, window.delivered, window.share_delivered) == (10, 70, 1.0)
        assert window.each.count == 70
        assert window.last.count == 10
        assert window.each.p50 <= window.each.p99 <= window.each.largest
        assert (swarm.deflated > 0) is (key == "asgi_deflate")
        # It is one server after all: who leaves is not missed, and the others still hear.
        clients.pop().close()
        assert crowd.window(rate=20, seconds=0.2).share_delivered == 1.0
        assert unheard(swarm) == ""
        pids = server.pids
    assert all(not Path(f"/proc/{pid}").exists() for pid in pids)


def test_the_classic_design_with_a_row_per_message_acknowledges(swarm: Swarm, tmp_path: Path) -> None:
    with baselines.start_classic(tmp_path, server="uvicorn") as server:
        voice = AcknowledgingVoice()
        clients = [swarm.client(voice) for _ in range(3)]
        gather(swarm, server, clients)
        posting = keep_posting(swarm, server, [Sender(client, 0, 3) for client in clients], seconds=0.5)
        assert posting.acknowledged.count >= 3
        assert posting.per_second > 0
        assert unheard(swarm) == ""


def test_what_is_not_here_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Absent, match="no C compiler"):
        baselines.start_floor(tmp_path)
    with pytest.raises(Absent, match="no node"):
        baselines.start_node(tmp_path)


def test_a_server_that_does_not_come_up_says_what_it_printed(tmp_path: Path) -> None:
    command = served.python("-c", "raise SystemExit('the disk is gone')")
    with pytest.raises(NotStarted, match="the disk is gone"):
        served.start(command, log=tmp_path / "log", port=served.free_port())
    with pytest.raises(NotStarted, match="the disk is gone"):
        baselines.start_announcing(command, log=tmp_path / "log")


def test_no_server_of_the_bench_learns_of_an_operators_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "GROUPCHAT_DATA", "DJANGO_SETTINGS_MODULE"):
        monkeypatch.setenv(name, "precious")
    command = served.python("-c", "import os, sys; sys.exit(str(dict(os.environ)))")
    with pytest.raises(NotStarted) as told:
        served.start(command, log=tmp_path / "log", port=served.free_port())
    assert "PATH" in str(told.value)
    assert "precious" not in str(told.value)
