"""Workers of effects: in this process, and in processes of their own that may be killed."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from tests.effects import Recorder, only_handler
from tests.server.served import Served, command, environment
from tests.threads import in_thread

from groupchat import signals
from groupchat.actions import effects, messages, rooms
from groupchat.actions.messages import Post
from groupchat.events import Event, MessagePosted
from groupchat.models import Effect, Person, Room
from groupchat.realtime import effects as realtime_effects
from groupchat.realtime.effects import EffectWorker
from groupchat.realtime.writing.database import Database

DEADLINE_SECONDS = 120
NEVER = 600_000  # milliseconds

pytestmark = pytest.mark.usefixtures("database", "no_effects")

# Says what it hears. Where it is told to hang, it never comes back from that.
_PROCESS = r"""
import os, sys, time
from groupchat.server.setup import set_up
set_up()
from groupchat.signals import message_posted

def hear(event, effect_id, **_):
    os.write(1, f"{effect_id} {event.room_id} {event.number}\n".encode())  # whole lines, from whatever thread
    while sys.argv[1] == "hang":
        time.sleep(60)

message_posted.connect(hear)
from groupchat.server.effects import work_until_stopped
work_until_stopped(on_ready=lambda: print("ready", flush=True))
"""


@pytest.fixture
def heard_elsewhere() -> Iterator[None]:
    """Somebody is connected here, too, so posts write effects down; nobody works them off in this process."""

    def receiver(**_: Any) -> None:
        raise AssertionError("here is no worker")

    signals.message_posted.connect(receiver)
    yield
    signals.message_posted.disconnect(receiver)


def say(ada: Person, *halls: Room) -> None:
    messages.post([Post(hall.pk, ada, "hi", uuid4().hex) for hall in halls])


# --- in this process ----------------------------------------------------------------------------------------------


@asynccontextmanager
async def working(**options: int) -> AsyncIterator[EffectWorker]:
    database = Database()
    with override_settings(GROUPCHAT={"EFFECT_POLL_MILLISECONDS": 20, **options}):
        worker = EffectWorker(database=database)
    worker.start(works=True)
    try:
        yield worker
    finally:
        await worker.stop()
        await asyncio.to_thread(database.stop)


async def until(what: Callable[[], bool]) -> None:
    """Asked in a thread, where the database may be looked at."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not await in_thread(what):
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.02)


def is_empty() -> bool:
    return not Effect.objects.exists()


async def test_it_wakes_with_the_commit(ada: Person, room: Room) -> None:
    """The clock would not do it: it looks every ten minutes."""
    recorder = Recorder()
    with only_handler(recorder, MessagePosted):
        async with working(EFFECT_POLL_MILLISECONDS=NEVER) as worker:
            for count in range(1, 4):
                await in_thread(say, ada, room)
                await asyncio.to_thread(recorder.wait, count)
                await until(is_empty)
    assert recorder.events == [MessagePosted(room.pk, number, ada.pk) for number in (1, 2, 3)]
    assert worker.stats.done == 3


async def test_it_finds_what_others_wrote(ada: Person, room: Room) -> None:
    recorder = Recorder()
    with only_handler(recorder, MessagePosted):
        async with working() as worker:
            effects.ignore(worker._wake)  # as if the commit were another process'
            await in_thread(say, ada, room)
            await asyncio.to_thread(recorder.wait, 1)


async def test_one_that_takes_long_holds_up_its_own_order_alone(ada: Person, room: Room) -> None:
    other = await in_thread(rooms.create, person=ada, name=f"Hall {uuid4()}")
    recorder, free = Recorder(), threading.Event()

    def run(event: Event, effect_id: int) -> None:
        if event.room_id == room.pk:
            assert free.wait(DEADLINE_SECONDS)
        recorder(event, effect_id)

    with only_handler(run, MessagePosted):
        async with working(EFFECT_THREADS=2, MAX_EFFECT_BATCH=4):
            await in_thread(say, ada, room, room, *[other] * 20)
            await asyncio.to_thread(recorder.wait, 20)
            assert {event.room_id for event in recorder.events} == {other.pk}
            free.set()
            await asyncio.to_thread(recorder.wait, 22)
            await until(is_empty)
    assert recorder.events[20:] == [MessagePosted(room.pk, number, ada.pk) for number in (1, 2)]


async def test_an_error_is_tried_again_by_the_clock(ada: Person, room: Room) -> None:
    recorder = Recorder()
    recorder.refuses = lambda event: len(recorder.calls) < 3
    with only_handler(recorder, MessagePosted), override_settings(GROUPCHAT={"EFFECT_PAUSE_SECONDS": 0}):
        async with working():
            await in_thread(say, ada, room, room)
            await until(is_empty)
    assert [event.number for event in recorder.events] == [1, 1, 1, 2]  # type: ignore[union-attr]
    assert len({effect_id for effect_id, _ in recorder.calls}) == 2


async def test_an_end_gives_back_what_was_not_begun(ada: Person, room: Room) -> None:
    recorder, begun, free = Recorder(), threading.Event(), threading.Event()

    def run(event: Event, effect_id: int) -> None:
        begun.set()
        assert free.wait(DEADLINE_SECONDS)
        recorder(event, effect_id)

    with only_handler(run, MessagePosted):
        async with working() as worker:
            await in_thread(say, ada, room, room)
            await asyncio.to_thread(begun.wait, DEADLINE_SECONDS)
            worker.rest()
            free.set()
        left = await in_thread(Effect.objects.get)
    assert recorder.events == [MessagePosted(room.pk, 1, ada.pk)]
    assert (left.attempts, left.leased_until, left.due_at <= timezone.now()) == (0, None, True)


async def test_an_end_does_not_wait_for_what_hangs(ada: Person, room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its lease runs out, and somebody else does it."""
    monkeypatch.setattr(realtime_effects, "STOP_SECONDS", 0.05)
    begun, free = threading.Event(), threading.Event()

    def run(event: Event, effect_id: int) -> None:
        begun.set()
        free.wait(DEADLINE_SECONDS)

    with only_handler(run, MessagePosted):
        async with working() as worker:
            await in_thread(say, ada, room)
            await asyncio.to_thread(begun.wait, DEADLINE_SECONDS)
        left = await in_thread(Effect.objects.get)
        assert (left.attempts, left.leased_until is None) == (1, False)
        free.set()
        for thread in worker._threads:
            thread.join(DEADLINE_SECONDS)


async def test_what_takes_longer_than_a_lease_stays_ours(
    ada: Person, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(realtime_effects, "SHORTEST_LEASE_SECONDS", 1.0)
    free = threading.Event()
    recorder = Recorder()

    def run(event: Event, effect_id: int) -> None:
        recorder(event, effect_id)
        free.wait(DEADLINE_SECONDS)

    def lease_ends() -> Any:
        return Effect.objects.get().leased_until

    with only_handler(run, MessagePosted):
        async with working(EFFECT_LEASE_SECONDS=1):
            await in_thread(say, ada, room)
            await asyncio.to_thread(recorder.wait, 1)
            first = await in_thread(lease_ends)
            await until(lambda: lease_ends() > first)
            free.set()
            await until(is_empty)


# --- in processes of their own --------------------------------------------------------------------------------------


class Process:
    """Works off effects; its lines are what it heard."""

    def __init__(self, *arguments: str, **variables: str) -> None:
        self._process = subprocess.Popen(
            arguments,
            env=environment(**_place(), **variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )

    def line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().rstrip("\n")

    def kill(self) -> None:
        """As kill -9."""
        self._process.kill()
        self._process.wait(DEADLINE_SECONDS)

    def stop(self) -> tuple[int, list[str]]:
        """The exit code, and what it said since."""
        self._process.terminate()
        said, _ = self._process.communicate(timeout=DEADLINE_SECONDS)
        return self._process.returncode, said.splitlines()

    def __enter__(self) -> Process:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        if self._process.stdout is not None:
            self._process.stdout.close()


def _place() -> dict[str, str]:
    """The variables of a process on the database of this test."""
    database = connection.settings_dict
    url = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        where = f"{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
        url = f"postgresql://{where}/{database['NAME']}"
    data = str(settings.ENVIRONMENT.data)
    return {"DATABASE_URL": url, "GROUPCHAT_SECRET_KEY": settings.SECRET_KEY, "GROUPCHAT_DATA": data}


def listener(how: str = "hear", **variables: str) -> Process:
    process = Process(sys.executable, "-c", _PROCESS, how, **variables)
    assert process.line() == "ready"
    return process


def wait(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not what():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def test_what_a_killed_process_held_is_done_by_another(ada: Person, room: Room, heard_elsewhere: None) -> None:
    with listener("hang", GROUPCHAT_EFFECT_LEASE_SECONDS="5") as first:
        say(ada, room)
        began = first.line()
        held = Effect.objects.get()
        assert began == f"{held.pk} {room.pk} 1"
        assert held.leased_until is not None
        first.kill()
    assert Effect.objects.get().attempts == 1
    with listener() as second:
        assert second.line() == began  # the same id
        heard_at = timezone.now()
        wait(is_empty)
        assert heard_at > held.leased_until
        assert second.stop() == (0, [])


def test_two_processes_share_the_work(ada: Person, heard_elsewhere: None) -> None:
    halls = [rooms.create(person=ada, name=f"Hall {uuid4()}") for _ in range(4)]
    with listener(GROUPCHAT_MAX_EFFECT_BATCH="3") as first, listener(GROUPCHAT_MAX_EFFECT_BATCH="3") as second:
        for _ in range(20):
            say(ada, *halls)
        wait(is_empty)
        heard = [line.split() for one in (first, second) for code, lines in [one.stop()] for line in lines]
    assert len({effect_id for effect_id, *_ in heard}) == len(heard) == 80
    assert {(room_id, number) for _, room_id, number in heard} == {
        (str(hall.pk), str(number)) for hall in halls for number in range(1, 21)
    }


def test_the_command(ada: Person, room: Room, heard_elsewhere: None) -> None:
    """Here nobody is connected to the signals: what waits for them is done with."""
    say(ada, room)
    with Process(*command("worker")) as process:
        assert process.line() == "Group Chat works off effects. Ctrl+C ends it."
        wait(is_empty)
        assert process.stop() == (0, [])


def test_a_server_does_it_or_leaves_it_to_others(
    ada: Person, room: Room, heard_elsewhere: None, tmp_path: Path
) -> None:
    """Its metrics tell what waits all the same."""
    say(ada, room, room)
    place = _place()
    data = Path(place.pop("GROUPCHAT_DATA"))
    server = Served(data, log=tmp_path / "off", GROUPCHAT_RUN_EFFECTS="false", **place)
    try:
        wait(lambda: gauge(server, "effects_waiting") == 2)
        assert gauge(server, "effects_failed") == 0
        assert gauge(server, "effects_oldest_seconds") > 0
        assert gauge(server, "effects_done_total") == 0
    finally:
        assert server.stop() == 0
    assert [one.attempts for one in Effect.objects.all()] == [0, 0]
    server = Served(data, log=tmp_path / "on", **place)
    try:
        wait(is_empty)
        wait(lambda: gauge(server, "effects_done_total") == 2)
    finally:
        assert server.stop() == 0


def metrics(server: Served) -> bytes:
    return server.get("/metrics")[2]


def gauge(server: Served, name: str) -> float:
    (line,) = (line for line in metrics(server).decode().splitlines() if line.startswith(f"groupchat_{name}{{"))
    return float(line.split()[-1])
