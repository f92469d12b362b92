"""A trial of a configured server: rooms of its own in the operator's database, sockets, cuts, and what came of it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from groupchat.load import served
from groupchat.load.crowd import Crowd, gather
from groupchat.load.figures import percentile
from groupchat.load.served import HOST, Served, free_port, python
from groupchat.load.swarm import Client, Swarm
from groupchat.load.tally import Heard, now_ns
from groupchat.load.voices import GroupChatVoice

STEPS = (50, 100, 250, 500, 1_000, 2_000, 4_000, 8_000)  # sockets
STEP_SECONDS = 2.0
STEP_RATE = 20.0  # messages a second
HURRIED_RATES = (50.0, 100.0, 200.0, 400.0, 800.0)
ENOUGH_SECONDS = 0.5  # a p99 above it: the machine holds no more than the step before
SENDERS = 64
SENDING_SECONDS = 4.0
CUT_POSTS = 40
RETURN_SECONDS = 20.0
ROOM_PREFIX = "groupchat-selftest-"  # of the addresses of its rooms; the R behind it keeps every typed name away
LIMITS_OFF = {
    "GROUPCHAT_MAX_COMMANDS_PER_SECOND": "0",
    "GROUPCHAT_MAX_CONNECTIONS_PER_ADDRESS": "0",
    "GROUPCHAT_MAX_CONNECTIONS_PER_USER": "0",
    "GROUPCHAT_MAX_NEW_ROOMS_PER_HOUR": "0",
    "GROUPCHAT_MAX_GUEST_ROOMS_PER_HOUR": "0",
    "GROUPCHAT_MAX_ROOM_RENAMES_PER_HOUR": "0",
}


class ListeningVoice(GroupChatVoice):
    """Remembers what each post was acknowledged as, and everything that came with a message."""

    def __init__(self) -> None:
        super().__init__()
        self.sender_of: dict[int, str | None] = {}  # the cookie of whoever posted, by stamp
        self.acknowledged: dict[int, int] = {}  # number by stamp
        self.refused = 0

    def post(self, client: Client, body: bytes, *, room: int, stamp: int) -> None:
        self.sender_of[stamp] = client.cookie
        super().post(client, body, room=room, stamp=stamp)

    def answered(self, client: Client, heard: Heard, at: int) -> None:
        super().answered(client, heard, at)
        told = heard.told
        stamp = told.get("ref")
        if not isinstance(stamp, int) or stamp < 2:
            return
        if told["type"] == "reply":
            self.acknowledged[stamp] = told["result"]["number"]
        elif told["type"] == "error":
            self.refused += 1


@dataclass(slots=True)
class Findings:
    """What the machine holds, and how often a promise was broken."""

    sockets: int = 0
    deliveries_per_second: float = 0.0
    delivery_p99_ms: float = 0.0
    posts_per_second: float = 0.0
    post_p99_ms: float = 0.0
    returned: int = 0
    return_seconds: float = 0.0
    posted: int = 0
    lost: int = 0
    doubled: int = 0
    reordered: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not (self.lost or self.doubled or self.reordered)


class Rooms:
    """Guests and private rooms of the trial, in the operator's database; use it in a `with`: they are gone at the
    end.
    """

    def __init__(self, *, people: int) -> None:
        from groupchat.actions.people import Guest
        from groupchat.identity import GUEST_COOKIE, sign_guest
        from groupchat.models import Person

        remove_rooms()  # those of a trial that was cut off
        mark = secrets.token_hex(4)
        guests = [Guest(uuid4(), f"selftest {index}") for index in range(people)]
        self.people = Person.objects.bulk_create(
            [
                Person(
                    guest_id=guest.id,
                    kind=Person.Kind.GUEST,
                    handle=f"{ROOM_PREFIX}{mark}-{index}",
                    name=guest.name,
                )
                for index, guest in enumerate(guests)
            ],
            batch_size=1_000,
        )
        self.cookies = [f"{GUEST_COOKIE}={sign_guest(guest)}" for guest in guests]
        self.large = self._room(f"{ROOM_PREFIX}{mark}-R", self.people)
        small = self.people[:SENDERS]
        self.small = [self._room(f"{ROOM_PREFIX}{mark}-R{index}", small[index::16]) for index in range(16)]

    def __enter__(self) -> Rooms:
        return self

    def __exit__(self, *_: object) -> None:
        remove_rooms()

    def _room(self, slug: str, people: Sequence[Any]) -> int:
        from django.db import transaction
        from django.db.models import F

        from groupchat.actions.rooms import create
        from groupchat.models import Membership, Person, Room

        with transaction.atomic():
            room = create(person=people[0], name="selftest", kind=Room.Kind.PRIVATE, slug=slug)
            room.refresh_from_db()
            ids = [person.pk for person in people[1:]]
            seqs = dict(Person.objects.filter(pk__in=ids).values_list("pk", "seq"))
            Membership.objects.bulk_create(
                [
                    Membership(room=room, person_id=person_id, seq=room.seq + index, person_seq=seqs[person_id] + 1)
                    for index, person_id in enumerate(ids, 1)
                ],
                batch_size=1_000,
            )
            Person.objects.filter(pk__in=ids).update(seq=F("seq") + 1)
            Room.objects.filter(pk=room.pk).update(seq=F("seq") + len(ids))
        return int(room.pk)

    def stored(self) -> list[tuple[int, int, str]]:
        """Room, number and client_message_id of every message of the trial, in order."""
        from groupchat.models import Message

        rows = Message.objects.filter(room_id__in=[self.large, *self.small]).order_by("room_id", "number")
        return list(rows.values_list("room_id", "number", "client_message_id"))

    def seq(self, room: int) -> int:
        from groupchat.models import Room

        return int(Room.objects.values_list("seq", flat=True).get(pk=room))


def remove_rooms() -> None:
    """Take away every room and guest of any trial."""
    from groupchat.models import Membership, Message, Notice, Person, Room

    rooms = list(Room.objects.filter(slug__startswith=ROOM_PREFIX).values_list("pk", flat=True))
    for model in (Message, Notice, Membership):
        model.objects.filter(room_id__in=rooms).delete()
    Room.objects.filter(pk__in=rooms).delete()
    Person.objects.filter(handle__startswith=ROOM_PREFIX).delete()


def start_server(*, data: Path, workers: int, log: Path) -> Served:
    """A server of the trial's own on loopback, on the operator's database and broker, without limits in the way."""
    port = free_port()
    ours = {name: value for name, value in os.environ.items() if name.startswith(("GROUPCHAT_", "DATABASE_", "REDIS_"))}
    ours |= LIMITS_OFF | {
        "GROUPCHAT_DATA": str(data),
        "GROUPCHAT_HOST": HOST,
        "GROUPCHAT_PORT": str(port),
        "GROUPCHAT_WORKERS": str(workers),
        "GROUPCHAT_URL": "",
        "GROUPCHAT_GUESTS": "true",
        "GROUPCHAT_LOG_LEVEL": "error",
        "DJANGO_SETTINGS_MODULE": "groupchat.server.settings",
    }
    return served.start(python("-m", "groupchat.server", "serve"), log=log, port=port, environment=ours)


class Trial:
    """The steps, in order; `say` hears what is being done."""

    def __init__(
        self, rooms: Rooms, server: Served, swarm: Swarm, *, most_sockets: int, say: Callable[[str], None]
    ) -> None:
        self.findings = Findings()
        self._rooms = rooms
        self._server = server
        self._swarm = swarm
        self._say = say
        self._voice = ListeningVoice()
        self._most = most_sockets
        self._clients: list[Client] = []

    def climb(self) -> None:
        """More sockets, step by step, as long as everything arrives in time."""
        steps = [step for step in STEPS if step < self._most] + [self._most]
        for step in steps:
            self._say(f"{step:,} sockets")
            new = [self._client(index) for index in range(len(self._clients), step)]
            gather(self._swarm, self._server, new, in_progress=64, seconds=RETURN_SECONDS)
            self._clients += new
            if not self._window(STEP_RATE, STEP_SECONDS):
                return
            self.findings.sockets = step

    def hurry(self) -> None:
        """More messages, step by step, to the sockets that are there."""
        for rate in HURRIED_RATES:
            self._say(f"{rate * len(self._clients):,.0f} deliveries a second")
            if not self._window(rate, 1.5):
                return

    def post(self) -> None:
        """Senders who wait for the acknowledgement of one post before the next."""
        self._say(f"posts of {SENDERS} senders")
        senders = self._clients[:SENDERS]
        delays: list[int] = []
        waits: list[int] = []
        room_of = {client: self._rooms.small[index % 16] for index, client in enumerate(senders)}
        until = now_ns() + int(SENDING_SECONDS * 1e9)
        begun = now_ns()
        in_flight = 0

        def say(client: Client, room: int) -> None:
            nonlocal in_flight
            in_flight += 1
            self._voice.say(client, room=room, delays=delays)

        def replied(client: Client, heard: Heard, at: int) -> None:
            nonlocal in_flight
            if heard.told.get("type") not in ("reply", "error") or not isinstance(heard.told.get("ref"), int):
                return
            waits.append(at - heard.told["ref"])
            in_flight -= 1
            if at < until:
                say(client, room_of[client])

        for client in senders:
            client.on_reply = replied
            say(client, room_of[client])
        self._swarm.run(lambda: not in_flight and now_ns() >= until, SENDING_SECONDS + RETURN_SECONDS)
        for client in senders:
            client.on_reply = None
        self.findings.posts_per_second = len(waits) / ((now_ns() - begun) / 1e9)
        self.findings.post_p99_ms = percentile(waits, 0.99) / 1e6

    def cut(self) -> None:
        """Half of the sockets are cut while messages are posted; they come back and resume."""
        half = self._clients[len(self._clients) // 2 :]
        poster = self._clients[0]
        self._say(f"{len(half):,} sockets are cut")
        for client in half:
            client.close()
        delays: list[int] = []
        goal = len(self._voice.acknowledged) + CUT_POSTS
        for _ in range(CUT_POSTS):
            self._voice.say(poster, room=self._rooms.large, delays=delays)
        self._swarm.run(lambda: len(self._voice.acknowledged) >= goal, RETURN_SECONDS)
        begun = now_ns()
        back = [client.successor() for client in half]
        gather(self._swarm, self._server, back, in_progress=64, seconds=RETURN_SECONDS)
        self._clients[len(self._clients) // 2 :] = back
        self.findings.returned = len(back)
        self.findings.return_seconds = (now_ns() - begun) / 1e9

    def judge(self) -> Findings:
        """Hold what was acknowledged and what the sockets heard against the database."""
        self._say("comparing")
        findings, voice = self.findings, self._voice
        large = self._rooms.large
        seq = self._rooms.seq(large)
        self._swarm.run(lambda: all(client.positions.get(large) == seq for client in self._clients), RETURN_SECONDS)
        behind = sum(client.positions.get(large) != seq for client in self._clients)
        if behind:
            findings.lost += behind
            findings.notes.append(f"{behind} sockets never came to the end of the room")
        stored = self._rooms.stored()
        numbers = {client_message_id: number for _, number, client_message_id in stored}
        missing = [stamp for stamp, number in voice.acknowledged.items() if numbers.get(f"b{stamp}") != number]
        if missing:
            findings.lost += len(missing)
            findings.notes.append(f"{len(missing)} acknowledged messages are not stored as acknowledged")
        findings.doubled += len(stored) - len(numbers) + self._swarm.troubles["repeated"]
        findings.reordered += self._swarm.troubles["gap"] + self._out_of_order(stored)
        findings.posted = len(voice.acknowledged)
        if voice.refused:
            findings.notes.append(f"{voice.refused} posts were refused")
        for kind, count in self._swarm.troubles.items():
            if kind not in ("repeated", "gap") and not kind.startswith("error"):
                findings.notes.append(f"{kind}: {count}")
        return findings

    def _out_of_order(self, stored: Sequence[tuple[int, int, str]]) -> int:
        """Messages of one sender that stand in another order than they were sent, or numbers with holes."""
        wrong = 0
        latest: dict[tuple[int, str | None], int] = {}
        before: dict[int, int] = {}
        for room, number, client_message_id in stored:
            wrong += number != before.get(room, 0) + 1
            before[room] = number
            stamp = int(client_message_id[1:])
            key = (room, self._voice.sender_of[stamp])
            wrong += stamp < latest.get(key, 0)
            latest[key] = stamp
        return wrong

    def _client(self, index: int) -> Client:
        return self._swarm.client(self._voice, cookie=self._rooms.cookies[index])

    def _window(self, rate: float, seconds: float) -> bool:
        """Whether everything arrived, and in time."""
        crowd = Crowd(self._swarm, self._server, self._voice, self._clients, room=self._rooms.large)
        window = crowd.window(rate=rate, seconds=seconds)
        p99 = window.each.p99 / 1e3
        if window.delivered < window.expected or p99 > ENOUGH_SECONDS:
            return False
        found = window.delivered / window.wall_seconds
        if found > self.findings.deliveries_per_second:
            self.findings.deliveries_per_second, self.findings.delivery_p99_ms = found, window.each.p99
        return True
