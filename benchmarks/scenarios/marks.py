"""What read marks cost: many people look into one room, and all mark the same message as read at the same moment."""

from __future__ import annotations

from benchmarks.scenarios.posts import our_senders
from benchmarks.stage import Stage
from groupchat.load.figures import Latencies
from groupchat.load.swarm import Client
from groupchat.load.tally import Heard, now_ns

MESSAGES = 8  # written at a time, so that there is something to read for a while


def marks(stage: Stage, *, people: int = 64, turns: int = 40, rounds: int = 1) -> None:
    """Acknowledged read marks per second, and what one costs the server."""
    ours, served = stage.ours()
    readers = our_senders(stage, ours, served, senders=people, rooms=1)
    stage.swarm.settle()
    scenario, label = f"read marks, {people} people at once", f"{stage.label('ours')}, SQLite FULL"
    room, number, ref = readers[0].room, 0, 0
    per_second: list[float] = []
    cpu: list[float] = []
    delays: list[float] = []
    for _ in range(rounds):
        acknowledged: list[int] = []
        spent, busy_ns = 0.0, 0
        for turn in range(turns):
            if turn % MESSAGES == 0:
                for _ in range(MESSAGES):
                    tally = readers[0].client.voice.say(readers[0].client, room=room, delays=[])
                    stage.swarm.run(lambda tally=tally: tally.acknowledged > 0, 10)  # type: ignore[misc]
                stage.swarm.rest(0.2)
            number += 1
            ref += 1
            before, begun = served.cpu_seconds(), now_ns()
            times = _mark(stage, [reader.client for reader in readers[1:]], room=room, number=number, ref=ref)
            busy_ns += now_ns() - begun
            spent += served.cpu_seconds() - before
            acknowledged += times
        per_second.append(len(acknowledged) / (busy_ns / 1e9))
        cpu.append(spent / max(1, len(acknowledged)) * 1e6)
        delays.append(Latencies.of_nanoseconds(acknowledged).p50)
    stage.report.add(scenario, label, "acknowledged marks", per_second, "/s")
    stage.report.add(scenario, label, "server CPU per mark", cpu, "µs")
    stage.report.add(scenario, label, "acknowledged, p50", delays, "ms")
    for reader in readers:
        reader.client.close()
    stage.finish(scenario)


def _mark(stage: Stage, clients: list[Client], *, room: int, number: int, ref: int) -> list[int]:
    """All mark at once; how long each waited, in nanoseconds."""
    times: list[int] = []
    begun = now_ns()

    def replied(client: Client, heard: Heard, at: int) -> None:
        if heard.told.get("ref") == ref and heard.told.get("type") == "reply":
            times.append(at - begun)

    for client in clients:
        client.on_reply = replied
        client.send(b'{"type":"read","ref":%d,"room":%d,"number":%d}' % (ref, room, number))
    if not stage.swarm.run(lambda: len(times) == len(clients), 20):
        stage.swarm.troubles["marks not acknowledged"] += len(clients) - len(times)
    for client in clients:
        client.on_reply = None
    return times
