"""How many messages a server takes over HTTP: programs with a token, each waiting for one answer before the next."""

from __future__ import annotations

import json
from dataclasses import dataclass

from benchmarks.callers import Caller
from benchmarks.ours import room_plan
from benchmarks.stage import Stage
from groupchat.load.crowd import gather
from groupchat.load.figures import Latencies
from groupchat.load.served import Served
from groupchat.load.tally import Tally, now_ns
from groupchat.load.voices import GroupChatVoice, body_of

SCENARIO = "posts over HTTP"
_CREATED = 201


@dataclass(frozen=True, slots=True)
class Posting:
    """What a stretch gave; `heard` is the share of the posts that a socket in the room heard."""

    per_second: float
    answered: Latencies
    cpu_us: float
    heard: float


def http_posts(stage: Stage, *, senders: int = 64, rooms: int = 16, seconds: float = 6.0, rounds: int = 1) -> None:
    """`senders` connections in `rooms` rooms, and one socket in each room that listens."""
    stage.say(f"{senders} connections that post over HTTP")
    ours, served = stage.ours()
    prefix = stage.prefix()
    each = senders // rooms
    people = each * rooms
    plans = [room_plan(f"{prefix}room{index}", index * each, (index + 1) * each) for index in range(rooms)]
    seeded = ours.seed(people=people, rooms=plans, prefix=prefix, tokens=people)
    voice = GroupChatVoice()
    listeners = [stage.swarm.client(voice, cookie=seeded["cookies"][index * each]) for index in range(rooms)]
    gather(stage.swarm, served, listeners)
    callers = [Caller(stage.swarm, served.host, served.port, token=token) for token in seeded["tokens"]]
    stage.swarm.run(lambda: all(caller.state != "connecting" for caller in callers), 10)
    paths = [f"/api/v1/rooms/{seeded['rooms'][plans[index // each]['name']]}/messages" for index in range(people)]
    postings = [_keep_posting(stage, served, voice, callers, paths, seconds=seconds) for _ in range(rounds)]
    report, label = stage.report, stage.label("ours")
    report.add(SCENARIO, label, "acknowledged posts", [one.per_second for one in postings], "/s")
    report.add(SCENARIO, label, "request → answer, p50", [one.answered.p50 for one in postings], "ms")
    report.add(SCENARIO, label, "request → answer, p99", [one.answered.p99 for one in postings], "ms")
    report.add(SCENARIO, label, "server CPU per post", [one.cpu_us for one in postings], "µs")
    report.add(SCENARIO, label, "heard at a socket", [one.heard * 100 for one in postings], "%")
    for listener in listeners:
        listener.close()
    for caller in callers:
        caller.close()
    stage.finish(SCENARIO)


def _keep_posting(
    stage: Stage, served: Served, voice: GroupChatVoice, callers: list[Caller], paths: list[str], *, seconds: float
) -> Posting:
    swarm = stage.swarm
    times: list[int] = []
    delays: list[int] = []
    tallies: list[Tally] = []
    posting = True

    def post(index: int) -> None:
        stamp = now_ns()
        while stamp in voice.tallies:
            stamp += 1
        tally = voice.tallies[stamp] = Tally(stamp, delays)
        tallies.append(tally)
        content = json.dumps({"body": body_of(stamp, 100).decode(), "client_message_id": f"h{stamp}"}).encode()

        def answered(status: int, told: bytes, at: int) -> None:
            times.append(at - stamp)
            if status != _CREATED:
                swarm.troubles[f"HTTP {status}"] += 1
            if posting:
                post(index)

        if callers[index].state == "open":
            callers[index].post(paths[index], content, answered)

    cpu, begun = served.cpu_seconds(), now_ns()
    for index in range(len(callers)):
        post(index)
    swarm.rest(seconds)
    posting = False
    in_time, ended = len(times), now_ns()
    swarm.run(lambda: len(times) == len(tallies), 10)
    swarm.run(lambda: len(delays) == len(tallies), 3)
    spent = served.cpu_seconds() - cpu
    for tally in tallies:
        del voice.tallies[tally.sent]
    return Posting(
        per_second=in_time / ((ended - begun) / 1e9),
        answered=Latencies.of_nanoseconds(times),
        cpu_us=spent / max(1, len(times)) * 1e6,
        heard=sum(tally.count == 1 for tally in tallies) / len(tallies),
    )
