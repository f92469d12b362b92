"""Rooms that were made and never written in go, and free their names; and the periodic jobs of which that is one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone
from tests.databases.test_races import at_once, person

from groupchat.actions import empty_rooms, messages, periodic, rooms
from groupchat.actions.empty_rooms import expire_empty_rooms
from groupchat.actions.messages import Post, Posted
from groupchat.actions.people import make_owner
from groupchat.actions.periodic import Job, claim, due, work
from groupchat.actions.scheduling import schedule
from groupchat.errors import ChatError, NotFound
from groupchat.models import Membership, PeriodicJob, Person, Room, RoomName
from groupchat.publication import MyChanges, RoomChanges, published
from groupchat.realtime.periodic import PeriodicWorker
from groupchat.realtime.writing.database import Database

pytestmark = pytest.mark.usefixtures("database")

HOURS = timedelta(hours=5)
LATER = timezone.now() + timedelta(hours=6)


@pytest.fixture(autouse=True)
def after_five_hours(settings: Any, database: str) -> None:
    settings.GROUPCHAT = {"GUESTS": True, "EMPTY_ROOM_HOURS": 5}
    Room.objects.all().delete()
    PeriodicJob.objects.all().delete()


def makes(ada: Person) -> Room:
    return rooms.create(person=ada, name=f"Room {uuid4()}")


def are_there(*some: Room) -> list[bool]:
    return [Room.objects.filter(pk=room.pk).exists() for room in some]


def test_what_was_never_written_in_goes_and_its_names_are_free() -> None:
    ada = person("Ada")
    room = makes(ada)
    former = room.name
    rooms.rename(person=ada, room_id=room.pk, name=f"Other {uuid4()}")
    expire_empty_rooms(now=timezone.now() + HOURS - timedelta(minutes=1))
    assert are_there(room) == [True]
    expire_empty_rooms(now=LATER)
    assert are_there(room) == [False]
    assert not RoomName.objects.exists()
    grace = person("Grace")
    assert rooms.enter(person=grace, name=former).room.created_by == grace


def test_what_somebody_needs_stays() -> None:
    ada, grace, owner = person("Ada"), person("Grace"), person("Owner")
    make_owner(person=owner)
    written, erased, joined, owners = makes(ada), makes(ada), makes(ada), makes(owner)
    private = rooms.create(person=ada, name="Private", kind=Room.Kind.PRIVATE)
    orphan = makes(ada)
    for room in (written, erased):
        messages.post([Post(room.pk, ada, "hi", uuid4().hex)])
    messages.delete(person=ada, room_id=erased.pk, number=1)
    rooms.join(person=grace, room_id=joined.pk)
    Room.objects.filter(pk=orphan.pk).update(created_by=None)  # whoever made it is no more, and somebody is there
    expire_empty_rooms(now=LATER)
    assert are_there(written, erased, joined, owners, private, orphan) == [True] * 6
    rooms.leave(person=grace, room_id=joined.pk)
    rooms.leave(person=ada, room_id=joined.pk)
    rooms.leave(person=ada, room_id=orphan.pk)
    expire_empty_rooms(now=LATER)
    assert are_there(joined, orphan) == [False, False]


def test_where_somebody_is_going_to_write_it_stays() -> None:
    ada = person("Ada")
    room = makes(ada)
    at = timezone.now() + timedelta(days=1)
    schedule(person=ada, room_id=room.pk, body="soon", at=at, client_message_id="soon")
    expire_empty_rooms(now=LATER)
    assert are_there(room) == [True]


def test_never_is_never(settings: Any) -> None:
    settings.GROUPCHAT = {"EMPTY_ROOM_HOURS": 0}
    room = makes(person("Ada"))
    assert not expire_empty_rooms(now=LATER)
    assert are_there(room) == [True]


def test_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(empty_rooms, "AT_ONCE", 2)
    made = [makes(person("Ada")) for _ in range(5)]
    assert [expire_empty_rooms(now=LATER) for _ in range(3)] == [True, True, False]
    assert not any(are_there(*made))


def test_its_maker_hears_that_they_are_out() -> None:
    ada = person("Ada")
    room = makes(ada)
    heard: list[RoomChanges | MyChanges] = []

    def hear(changes: RoomChanges | MyChanges, **_: Any) -> None:
        heard.append(changes)

    published.connect(hear)
    try:
        expire_empty_rooms(now=LATER)
    finally:
        published.disconnect(hear)
    (mine,) = [one.frame for one in heard if isinstance(one, MyChanges)]
    assert [(one["room"], one["state"]) for one in mine["memberships"]] == [(room.pk, "left")]
    assert Person.objects.get(pk=ada.pk).seq == mine["to"]
    assert not Membership.objects.filter(person=ada).exists()


def test_who_writes_at_the_same_moment_was_quicker_or_is_told() -> None:
    outcomes = set()
    for _ in range(20):
        ada, grace = person("Ada"), person("Grace")
        room = makes(ada)

        def post(room: Room = room, grace: Person = grace) -> Posted | ChatError:
            return messages.post([Post(room.pk, grace, "hi", uuid4().hex)])[0]

        answer, _ = at_once([post, partial(expire_empty_rooms, now=LATER)])
        outcomes.add(isinstance(answer, Posted))
        if isinstance(answer, Posted):
            assert are_there(room) == [True]
            assert Room.objects.get(pk=room.pk).last_number == 1
        else:
            assert isinstance(answer, NotFound)
            assert are_there(room) == [False]
    assert outcomes


def test_who_joins_at_the_same_moment_was_quicker_or_is_told() -> None:
    for _ in range(10):
        ada, grace = person("Ada"), person("Grace")
        room = makes(ada)

        def join(room: Room = room, grace: Person = grace) -> bool:
            try:
                rooms.join(person=grace, room_id=room.pk)
            except NotFound:
                return False
            return True

        came, _ = at_once([join, partial(expire_empty_rooms, now=LATER)])
        assert are_there(room) == [came]


def test_two_processes_at_once_do_no_harm() -> None:
    made = [makes(person("Ada")) for _ in range(6)]
    at_once([partial(expire_empty_rooms, now=LATER)] * 3)
    while expire_empty_rooms(now=LATER):
        pass
    assert not any(are_there(*made))


def test_it_finds_them_by_an_index(database: str) -> None:
    if database != "sqlite":
        pytest.skip("PostgreSQL takes an index of so few rows only when it likes to")
    found = empty_rooms._empty_rooms(LATER).order_by("created_at")[:5]
    sql, parameters = found.values_list("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
        plan = " ".join(str(row) for row in cursor.fetchall())
    assert "groupchat_empty" in plan


# --- periodic jobs --------------------------------------------------------------------------------------------------


@pytest.fixture
def one_job(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A job in three parts, and what was done of it."""
    done: list[str] = []

    def run() -> bool:
        done.append("part")
        return len(done) % 3 != 0

    monkeypatch.setattr(periodic, "JOBS", {"tidy": Job(run, 600.0)})
    return done


def test_a_job_comes_again_after_its_pause(one_job: list[str]) -> None:
    now = timezone.now()
    for number in range(3):
        assert due(now=now) == ["tidy"]
        assert claim(name="tidy", now=now)
        assert due(now=now) == []
        assert [work(name="tidy", now=now) for _ in range(3)] == [True, True, False]
        assert due(now=now + timedelta(seconds=599)) == []
        now += timedelta(seconds=600)
        assert len(one_job) == 3 * (number + 1)


def test_of_several_processes_one_does_it(one_job: list[str]) -> None:
    now = timezone.now()
    assert sorted(at_once([partial(claim, name="tidy", now=now)] * 5)) == [False] * 4 + [True]


def test_what_a_process_began_that_died_is_begun_anew(one_job: list[str]) -> None:
    now = timezone.now()
    assert claim(name="tidy", now=now)
    assert work(name="tidy", now=now)
    later = now + timedelta(seconds=periodic.LEASE_SECONDS + 1)
    assert not claim(name="tidy", now=now + timedelta(seconds=1))
    assert due(now=later) == ["tidy"]
    assert claim(name="tidy", now=later)


def work_for_a_while(is_enough: Callable[[], bool]) -> None:
    async def live() -> None:
        database = Database()
        worker = PeriodicWorker(database=database, look_seconds=0.01)
        worker.start()
        try:
            async with asyncio.timeout(60):
                while not is_enough():  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
        finally:
            await worker.stop()
            await asyncio.to_thread(database.stop)

    asyncio.run(live())


def test_the_worker_does_all_parts(one_job: list[str]) -> None:
    work_for_a_while(lambda: len(one_job) >= 3)
    assert len(one_job) == 3, "and rests until it is due again"


def test_a_job_that_fails_holds_up_none_for_good(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(periodic, "LEASE_SECONDS", 0.0)
    tries: list[int] = []

    def run() -> bool:
        tries.append(1)
        if len(tries) < 3:
            raise ValueError("not yet")
        return False

    monkeypatch.setattr(periodic, "JOBS", {"fails": Job(run, 600.0)})
    work_for_a_while(lambda: len(tries) == 3)
    assert caplog.text.count("A periodic job failed") == 1


def test_the_jobs_that_there_are_run() -> None:
    for name in periodic.JOBS:
        assert claim(name=name)
        assert work(name=name) is False
