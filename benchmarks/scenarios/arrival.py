"""Ten thousand people who lie idle, and then all come back at once because the server was restarted."""

from __future__ import annotations

from benchmarks import measure
from benchmarks.ours import OurServer, room_plan
from benchmarks.stage import Stage
from groupchat.load.crowd import Crowd, gather
from groupchat.load.figures import Latencies, percentile
from groupchat.load.served import Served
from groupchat.load.swarm import Client
from groupchat.load.tally import Tally, now_ns
from groupchat.load.voices import GroupChatVoice

_GROUP = 100  # people in a room; everyone is also in one room with all
_LIVE = 50  # who talk on while the others come back
_MISSED = 20  # messages that are posted before those come back


class People:
    """A server of its own with `count` people in rooms of a hundred, and a few more who are to keep talking."""

    def __init__(self, stage: Stage, count: int) -> None:
        self.stage = stage
        self.server: OurServer = stage.our_server(f"arrival-{stage.prefix()}")
        rooms = [room_plan(f"group{first}", first, min(first + _GROUP, count)) for first in range(0, count, _GROUP)]
        rooms += [room_plan("everyone", 0, count + _LIVE), room_plan("live", count, count + _LIVE)]
        stage.say(f"{count:,} people")
        self.seeded = self.server.seed(people=count + _LIVE, rooms=rooms)
        self.voice = GroupChatVoice()
        cookies = self.seeded["cookies"]
        self.many = [stage.swarm.client(self.voice, cookie=cookie) for cookie in cookies[:count]]
        self.live = [stage.swarm.client(self.voice, cookie=cookie) for cookie in cookies[count:]]
        self.served: Served | None = None

    def start(self) -> Served:
        self.served = self.server.start()
        return self.served

    def close(self) -> None:
        """The end: everyone leaves, and the server stops."""
        for client in (*self.many, *self.live):
            client.close()
        self.stop()

    def stop(self) -> None:
        """Stops the server under everyone."""
        if self.served is not None:
            self.served.stop()
            self.served = None


def idle(stage: Stage, people: People) -> None:
    """Memory of the server with nobody there and with everybody there, silent."""
    scenario = "idle connections"
    label = stage.label("ours")
    served = people.start()
    warm = [client.successor() for client in people.live]
    gather(stage.swarm, served, warm)  # what the first connections load is no cost of the thousandth
    for client in warm:
        client.close()
    stage.swarm.rest(1.0)
    before = measure.pss_kib(served.pids)
    stage.report.add(scenario, label, "server without connections", before / 1024, "MiB", note="proportional set size")
    begun = now_ns()
    gather(stage.swarm, served, people.many, in_progress=200)
    stage.report.add(scenario, label, f"{len(people.many):,} connections made", (now_ns() - begun) / 1e9, "s")
    stage.swarm.rest(2.0)
    after = measure.pss_kib(served.pids)
    stage.report.add(
        scenario,
        label,
        "memory per idle authenticated connection",
        (after - before) / len(people.many),
        "KiB",
        note=f"{len(people.many):,} of them, without the kernel's buffers",
    )
    stage.finish(scenario)


def arrival(stage: Stage, people: People, *, in_progress: int = 500) -> None:
    """The server restarts under all of them; they come back with their positions while a room goes on talking."""
    scenario = f"{len(people.many):,} sockets come back after a restart"
    stage.say(scenario)
    if people.served is None:
        people.start()
        gather(stage.swarm, people.served, people.many, in_progress=200)  # type: ignore[arg-type]
    people.stop()
    stage.swarm.run(lambda: all(client.state == "closed" for client in people.many), 10)
    _note_goodbye(stage, scenario, people.many)
    stage.swarm.closed.clear()
    begun = now_ns()
    served = people.start()
    stage.report.add(scenario, stage.label("ours"), "the server is back after", (now_ns() - begun) / 1e9, "s")
    live = _talkers(stage, people, served)
    _post_some(stage, people, live)

    everyone = [client.successor() for client in people.many]
    people.many = everyone
    delays: list[int] = []
    stop_talking = _talk(stage, people, live, delays)
    cpu, begun = served.cpu_seconds(), now_ns()
    gather(stage.swarm, served, everyone, in_progress=in_progress, seconds=90)
    seconds = (now_ns() - begun) / 1e9
    cpu = served.cpu_seconds() - cpu
    stop_talking()
    stage.swarm.rest(0.5)
    _note_arrival(stage, scenario, everyone, seconds=seconds, cpu=cpu, delays=delays)
    stage.finish(scenario)


def _talkers(stage: Stage, people: People, served: Served) -> Crowd:
    people.live = clients = [client.successor() for client in people.live]
    gather(stage.swarm, served, clients)
    return Crowd(stage.swarm, served, people.voice, clients, room=people.seeded["rooms"]["live"])


def _post_some(stage: Stage, people: People, live: Crowd) -> None:
    """What the others will have missed: it is in the room that everyone is in."""
    everyone = people.seeded["rooms"]["everyone"]
    for _ in range(_MISSED):
        tally = people.voice.say(live.clients[0], room=everyone, delays=[])
        stage.swarm.run(lambda tally=tally: tally.acknowledged > 0, 10)  # type: ignore[misc]
        del people.voice.tallies[tally.sent]


def _talk(stage: Stage, people: People, live: Crowd, delays: list[int]):  # type: ignore[no-untyped-def]
    """Ten posts a second into the live room, until the function that is returned is called."""
    talking = True
    tallies: list[Tally] = []

    def post(number: int) -> None:
        if talking:
            poster = live.clients[number % len(live.clients)]
            tallies.append(people.voice.say(poster, room=live.room, delays=delays))
            stage.swarm.at(now_ns() + 100_000_000, lambda: post(number + 1))

    def stop() -> None:
        nonlocal talking
        talking = False

    post(0)
    return stop


def _note_goodbye(stage: Stage, scenario: str, clients: list[Client]) -> None:
    told = sum("drain" in client.marks for client in clients)
    codes = sorted({client.closed_with for client in clients if client.closed_with is not None})
    note = f"close codes {', '.join(map(str, codes))}"
    stage.report.add(scenario, stage.label("ours"), "told to come back later by drain", told, "sockets", note=note)


def _note_arrival(
    stage: Stage, scenario: str, clients: list[Client], *, seconds: float, cpu: float, delays: list[int]
) -> None:
    report, label = stage.report, stage.label("ours")
    report.add(scenario, label, "all are back and caught up after", seconds, "s")
    report.add(scenario, label, "server CPU per arrival", cpu / len(clients) * 1e6, "µs")
    report.add(scenario, label, "refused", sum(client.phases.ready == 0 for client in clients), "sockets")
    for name, begin, end in (
        ("TCP", "begun", "connected"),
        ("handshake and authentication", "connected", "opened"),
        ("hello and resume", "opened", "ready"),
    ):
        times = [
            getattr(client.phases, end) - getattr(client.phases, begin) for client in clients if client.phases.ready
        ]
        found = Latencies.of_nanoseconds(times)
        report.add(scenario, label, f"{name}, p50", found.p50, "ms")
        report.add(scenario, label, f"{name}, p99", found.p99, "ms")
    report.add(scenario, label, "live post → a socket meanwhile, p50", percentile(delays, 0.5) / 1e6, "ms")
    report.add(scenario, label, "live post → a socket meanwhile, p99", percentile(delays, 0.99) / 1e6, "ms")
