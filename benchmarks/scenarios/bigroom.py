"""Whether a room with a million messages costs more than an empty one: posting into it, opening it, paging in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.figures import median, ratio
from benchmarks.ours import room_plan
from benchmarks.scenarios.posts import Sender, one_by_one
from benchmarks.stage import Stage
from groupchat.load.crowd import gather
from groupchat.load.figures import Latencies
from groupchat.load.served import Served
from groupchat.load.swarm import Client, Swarm
from groupchat.load.tally import Heard, now_ns
from groupchat.load.voices import GroupChatVoice

_PAGE = 50


@dataclass(frozen=True, slots=True)
class Costs:
    """Of one room: CPU in µs per command, and the median latency in ms."""

    post_us: float
    post_ms: float
    open_us: float
    open_ms: float
    page_us: float
    page_ms: float


def big_room(stage: Stage, *, messages: int = 1_000_000, commands: int = 150, rounds: int = 3) -> dict[str, float]:
    """Gives back the ratios big : small for `post` and `open`. Small means a hundred messages: a full page, no more."""
    scenario = f"a room of {messages:,} messages beside one of 100"
    label = stage.label("ours")
    ours, served = stage.ours()
    prefix = stage.prefix()
    stage.say(f"writing {messages:,} messages")
    rooms = [
        room_plan(f"{prefix}small", 0, 4, messages=100),
        room_plan(f"{prefix}big", 4, 8, messages=messages),
    ]
    seeded = ours.seed(people=8, rooms=rooms, prefix=prefix)
    voice = GroupChatVoice()
    clients = [stage.swarm.client(voice, cookie=cookie) for cookie in seeded["cookies"]]
    gather(stage.swarm, served, clients)
    senders = {
        "small": Sender(clients[0], seeded["rooms"][f"{prefix}small"], 4),
        "big": Sender(clients[4], seeded["rooms"][f"{prefix}big"], 4),
    }
    found: dict[str, list[Costs]] = {"small": [], "big": []}
    for number in range(rounds + 1):
        for name, sender in senders.items():
            stage.say(f"the {name} room, {number} of {rounds}")
            costs = _measure(stage.swarm, served, sender, commands=commands)
            if number:  # the first round warms the caches of both
                found[name].append(costs)
    for name, of_room in found.items():
        who = f"{label}, {'100' if name == 'small' else f'{messages:,}'} messages"
        for what, field in (("a post", "post"), ("opening: subscribe and the newest page", "open"), ("a page", "page")):
            stage.report.add(scenario, who, f"{what}, CPU", [getattr(one, f"{field}_us") for one in of_room], "µs")
            stage.report.add(scenario, who, f"{what}, p50", [getattr(one, f"{field}_ms") for one in of_room], "ms")
    for client in clients:
        client.close()
    stage.finish(scenario)
    return {
        what: ratio(
            median([getattr(one, f"{what}_us") for one in found["big"]]),
            median([getattr(one, f"{what}_us") for one in found["small"]]),
        )
        for what in ("post", "open", "page")
    }


def _measure(swarm: Swarm, served: Served, sender: Sender, *, commands: int) -> Costs:
    cpu = served.cpu_seconds()
    posting = one_by_one(swarm, sender, posts=commands, pause=0.002)
    post_cpu, cpu = served.cpu_seconds() - cpu, served.cpu_seconds()
    room = sender.room
    opening = _ask(
        swarm,
        sender.client,
        commands,
        lambda ref: [
            {"type": "subscribe", "ref": f"s{ref}", "room": room},
            {"type": "messages", "ref": ref, "room": room, "limit": _PAGE},
        ],
    )
    open_cpu, cpu = served.cpu_seconds() - cpu, served.cpu_seconds()
    paging = _ask(
        swarm,
        sender.client,
        commands,
        lambda ref: [{"type": "messages", "ref": ref, "room": room, "around": 51, "limit": _PAGE}],
    )
    page_cpu = served.cpu_seconds() - cpu
    return Costs(
        post_us=post_cpu / commands * 1e6,
        post_ms=posting.p50,
        open_us=open_cpu / commands * 1e6,
        open_ms=opening.p50,
        page_us=page_cpu / commands * 1e6,
        page_ms=paging.p50,
    )


def _ask(swarm: Swarm, client: Client, times: int, frames: Callable[[str], list[dict[str, object]]]) -> Latencies:
    """Sends commands and waits for the answer to the last of each set, one set after the other."""
    took: list[int] = []
    answered: set[str] = set()

    def listen(_: Client, heard: Heard, at: int) -> None:
        answered.add(str(heard.told.get("ref")))

    client.on_reply = listen
    for number in range(times):
        ref = f"q{now_ns()}-{number}"
        begun = now_ns()
        for frame in frames(ref):
            client.send(json.dumps(frame).encode())
        if not swarm.run(lambda ref=ref: ref in answered, 10):  # type: ignore[misc]
            swarm.troubles["not answered"] += 1
            break
        took.append(now_ns() - begun)
    client.on_reply = None
    return Latencies.of_nanoseconds(took)
