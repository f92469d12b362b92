"""How many messages a server takes: senders who wait for the acknowledgement of one post before the next."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.ours import OurServer, room_plan
from benchmarks.stage import Stage
from benchmarks.voices import AcknowledgingVoice
from groupchat.load.crowd import gather
from groupchat.load.figures import Latencies
from groupchat.load.served import Served
from groupchat.load.swarm import Client, Swarm
from groupchat.load.tally import Heard, Tally, now_ns
from groupchat.load.voices import GroupChatVoice, Voice

ACREATE = "acreate per message, uvicorn"


@dataclass(slots=True)
class Sender:
    """One client, the room it writes into, and how many hear what it writes there."""

    client: Client
    room: int
    hearers: int


@dataclass(frozen=True, slots=True)
class Posting:
    """What a stretch of posting gave."""

    per_second: float
    acknowledged: Latencies
    cpu_us: float  # of the server, per post
    share_delivered: float


def posts(
    stage: Stage, *, senders: int = 64, rooms: int = 16, seconds: float = 6.0, rounds: int = 1, baseline: bool = True
) -> None:
    """Acknowledged durable posts per second; a single post when all is quiet; the same with `acreate`."""
    ours, served = stage.ours()
    everyone = our_senders(stage, ours, served, senders=senders, rooms=rooms)
    others = _keepers(stage, senders) if baseline else []
    stage.swarm.settle()
    stage.swarm.rest(1.0)
    scenario = f"posts, {senders} senders in {rooms} rooms"
    found: dict[str, list[Posting]] = {}
    quiet: dict[str, list[float]] = {}
    ours_label = f"{stage.label('ours')}, SQLite FULL"
    for _ in range(rounds):
        for label, crew, server in ((ours_label, everyone, served), (ACREATE, others, stage.served("classic_uvicorn"))):
            if crew and server is not None:
                stage.say(f"{label}: {senders} senders")
                found.setdefault(label, []).append(keep_posting(stage.swarm, server, crew, seconds=seconds))
                quiet.setdefault(label, []).append(one_by_one(stage.swarm, crew[0], posts=50).p50)
    for label, postings in found.items():
        note(stage, scenario, label, postings)
        stage.report.add(scenario, label, "one post when quiet, p50", quiet[label], "ms")
    for sender in (*everyone, *others):
        sender.client.close()
    stage.finish(scenario)


def our_senders(stage: Stage, ours: OurServer, served: Served, *, senders: int, rooms: int) -> list[Sender]:
    """Members of `rooms` rooms, the same number in each."""
    prefix = stage.prefix()
    each = senders // rooms
    plans = [room_plan(f"{prefix}room{index}", index * each, (index + 1) * each) for index in range(rooms)]
    seeded = ours.seed(people=each * rooms, rooms=plans, prefix=prefix)
    voice = GroupChatVoice()
    clients = [stage.swarm.client(voice, cookie=cookie) for cookie in seeded["cookies"]]
    gather(stage.swarm, served, clients)
    return [
        Sender(client, seeded["rooms"][f"{prefix}room{index // each}"], each) for index, client in enumerate(clients)
    ]


def keep_posting(swarm: Swarm, served: Served, senders: list[Sender], *, seconds: float) -> Posting:
    """All senders at once, each with one post on its way."""
    delays: list[int] = []
    acknowledged: list[int] = []
    tallies: list[tuple[Tally, Sender]] = []
    posting = True

    def post(sender: Sender) -> None:
        voice = sender.client.voice
        tallies.append((voice.say(sender.client, room=sender.room, delays=delays), sender))

    def answered(sender: Sender, heard: Heard, at: int) -> None:
        tally = sender.client.voice.tallies.get(heard.told.get("ref", 0))
        if tally is None:
            return
        if heard.told.get("type") != "error":
            acknowledged.append(at - tally.sent)
        if posting:
            post(sender)

    for sender in senders:
        sender.client.on_reply = lambda _, heard, at, sender=sender: answered(sender, heard, at)
    cpu, begun = served.cpu_seconds(), now_ns()
    for sender in senders:
        post(sender)
    swarm.rest(seconds)
    posting = False
    in_time, ended = len(acknowledged), now_ns()
    swarm.run(lambda: len(acknowledged) == len(tallies), 10)
    expected = sum(sender.hearers for _, sender in tallies)
    swarm.run(lambda: len(delays) >= expected, 3)
    spent = served.cpu_seconds() - cpu
    for tally, sender in tallies:
        sender.client.voice.tallies.pop(tally.sent, None)
        sender.client.on_reply = None
    if len(acknowledged) < len(tallies):
        swarm.troubles["not acknowledged"] += len(tallies) - len(acknowledged)
    return Posting(
        per_second=in_time / ((ended - begun) / 1e9),
        acknowledged=Latencies.of_nanoseconds(acknowledged),
        cpu_us=spent / max(1, len(acknowledged)) * 1e6,
        share_delivered=len(delays) / expected if expected else float("nan"),
    )


def one_by_one(swarm: Swarm, sender: Sender, *, posts: int, pause: float = 0.01) -> Latencies:
    """Single posts with nothing else going on: post to acknowledgement."""
    times: list[int] = []
    for _ in range(posts):
        tally = sender.client.voice.say(sender.client, room=sender.room, delays=[])
        if not swarm.run(lambda tally=tally: tally.acknowledged > 0, 10):  # type: ignore[misc]
            swarm.troubles["not acknowledged"] += 1
            break
        times.append(tally.acknowledged - tally.sent)
        swarm.rest(pause)
        sender.client.voice.tallies.pop(tally.sent, None)
    return Latencies.of_nanoseconds(times)


def note(stage: Stage, scenario: str, label: str, postings: list[Posting]) -> None:
    report = stage.report
    report.add(scenario, label, "acknowledged posts", [one.per_second for one in postings], "/s")
    report.add(scenario, label, "post → acknowledged, p50", [one.acknowledged.p50 for one in postings], "ms")
    report.add(scenario, label, "post → acknowledged, p99", [one.acknowledged.p99 for one in postings], "ms")
    report.add(scenario, label, "server CPU per post", [one.cpu_us for one in postings], "µs")
    report.add(scenario, label, "delivered", [one.share_delivered * 100 for one in postings], "%")


def _keepers(stage: Stage, senders: int) -> list[Sender]:
    """The same number of sockets at the classic design with a row per message; one room, for its rooms cost nothing."""
    server = stage.served("classic_uvicorn")
    if server is None:
        return []
    clients = []
    rooms = max(1, senders // 4)
    voices: list[Voice] = [AcknowledgingVoice(room=f"room{index}") for index in range(rooms)]
    clients = [stage.swarm.client(voices[index % rooms]) for index in range(senders)]
    gather(stage.swarm, server, clients)
    return [Sender(client, 0, senders // rooms) for client in clients]
