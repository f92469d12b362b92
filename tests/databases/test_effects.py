"""Effects on both databases: written with the change, taken by one worker at a time, in their order, tried again."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.accounts import new_person
from tests.effects import Recorder, only_handler

from groupchat import events
from groupchat.actions import accounts, effects, messages, rooms
from groupchat.actions.effects import BLOCKED_SECONDS, Claimed, Outcome
from groupchat.actions.messages import Post
from groupchat.conf import conf
from groupchat.events import (
    EVENTS,
    MemberJoined,
    MemberLeft,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    RoomCreated,
    RoomRenamed,
    TopicSet,
)
from groupchat.handlers import HANDLERS, unordered
from groupchat.models import Effect, Message, Person, Room

DEADLINE_SECONDS = 120
LEASE_SECONDS = 60.0

pytestmark = pytest.mark.usefixtures("database", "no_effects")


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """Wants posts, in the order of their room."""
    recorder = Recorder()
    with only_handler(recorder, MessagePosted):
        yield recorder


def say(ada: Person, room: Room, *bodies: str) -> None:
    messages.post([Post(room.pk, ada, body, uuid4().hex) for body in bodies])


def claim(now: datetime | None = None, most: int = 100) -> list[Claimed]:
    return effects.claim(most=most, lease_seconds=LEASE_SECONDS, now=now).claimed


def numbers(claimed: list[Claimed]) -> list[int]:
    """Of the messages that these are about."""
    found = [events.decode(one.event, one.payload) for one in claimed]
    return [event.number for event in found if isinstance(event, MessagePosted)]


def later(seconds: float) -> datetime:
    return timezone.now() + timedelta(seconds=seconds)


# --- written with the change ----------------------------------------------------------------------------------------


def test_every_change_that_has_an_event_writes_it_down() -> None:
    recorder = Recorder()
    with only_handler(recorder, *EVENTS.values()):
        ada, bob = new_person("ada"), new_person("bob")
        room = rooms.create(person=ada, name=f"Hall {uuid4()}")
        rooms.join(person=bob, room_id=room.pk)
        say(ada, room, "hi")
        messages.edit(person=ada, room_id=room.pk, number=1, body="hello")
        messages.edit(person=ada, room_id=room.pk, number=1, body="hello")  # changes nothing
        messages.delete(person=ada, room_id=room.pk, number=1)
        rooms.rename(person=ada, room_id=room.pk, name=f"Hall {uuid4()}")
        rooms.set_topic(person=ada, room_id=room.pk, topic="words")
        rooms.set_topic(person=ada, room_id=room.pk, topic="words")  # changes nothing
        rooms.leave(person=bob, room_id=room.pk)
        say(bob, room, "I am back")
        accounts.leave_rooms(person_id=bob.pk)
        assert effects.work_off() == len(recorder.calls)
    assert recorder.events == [
        RoomCreated(room.pk, ada.pk),
        MemberJoined(room.pk, ada.pk),
        MemberJoined(room.pk, bob.pk),
        MessagePosted(room.pk, 1, ada.pk),
        MessageEdited(room.pk, 1, ada.pk),
        MessageDeleted(room.pk, 1, ada.pk, ada.pk),
        RoomRenamed(room.pk, ada.pk),
        TopicSet(room.pk, ada.pk),
        MemberLeft(room.pk, bob.pk),
        MemberJoined(room.pk, bob.pk),
        MessagePosted(room.pk, 2, bob.pk),
        MemberLeft(room.pk, bob.pk),
    ]


def test_an_event_comes_back_as_it_was_stored() -> None:
    for name, kind in EVENTS.items():
        event = kind(*range(1, 1 + len(kind.__dataclass_fields__)))
        assert events.decode(name, events.encode(event)) == event
    assert events.decode("member_left", '{"room_id":1,"person_id":2,"of_a_later_version":3}') == MemberLeft(1, 2)
    with pytest.raises(LookupError):
        events.decode("of_a_later_version", "{}")


def test_what_is_rolled_back_leaves_no_effect(ada: Person, room: Room, recorder: Recorder) -> None:
    heard: list[int] = []

    def listener() -> None:
        heard.append(Effect.objects.count())

    effects.listen(listener)
    with transaction.atomic():
        say(ada, room, "never said")
        assert Effect.objects.count() == 1
        transaction.set_rollback(True)
    assert Effect.objects.count() == 0
    assert heard == []
    say(ada, room, "said")
    assert heard == [1]
    effects.ignore(listener)


def test_a_post_that_nobody_wants_pays_nothing(ada: Person, room: Room, recorder: Recorder) -> None:
    def sent(*bodies: str) -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            say(ada, room, *bodies)
        return [query["sql"] for query in captured.captured_queries]

    wanted, batch = sent("hi"), sent(*(f"word {index}" for index in range(100)))
    HANDLERS.clear()
    plain = sent("hi")
    assert [sql for sql in plain if "groupchat_effect" in sql] == []
    assert len(wanted) == len(plain) + 1
    assert len([sql for sql in batch if re.search('INSERT INTO "?groupchat_effect', sql)]) == 1
    assert Effect.objects.count() == 101


# --- one after the other ------------------------------------------------------------------------------------------


def test_a_whole_batch_of_one_room_is_taken_in_its_order(ada: Person, room: Room, recorder: Recorder) -> None:
    say(ada, room, *(f"word {index}" for index in range(120)))
    assert effects.work_off() == 120
    assert [event.number for event in recorder.events] == list(range(1, 121))  # type: ignore[union-attr]
    assert Effect.objects.count() == 0


def test_a_failing_first_holds_up_its_room_alone(ada: Person, room: Room, recorder: Recorder) -> None:
    other = rooms.create(person=ada, name=f"Hall {uuid4()}")
    say(ada, room, "one", "two")
    say(ada, room, "three")
    say(ada, other, "there")
    first = Effect.objects.earliest("pk")
    recorder.refuses = lambda event: event.room_id == room.pk
    effects.work_off()
    assert recorder.events == [MessagePosted(room.pk, 1, ada.pk), MessagePosted(other.pk, 1, ada.pk)]
    first.refresh_from_db()
    assert (first.attempts, first.leased_until, first.last_error) == (1, None, "RuntimeError: not now")
    recorder.refuses = lambda event: False
    assert effects.work_off() == 0
    assert effects.work_off(now=later(conf().effect_pause_seconds + 1)) == 3
    assert [event.number for event in recorder.events[2:]] == [1, 2, 3]  # type: ignore[union-attr]
    assert {recorder.calls[0][0]} == {recorder.calls[2][0]} == {first.pk}


def test_the_pauses_double_up_to_the_cap_and_then_it_has_failed(ada: Person, room: Room, recorder: Recorder) -> None:
    say(ada, room, "one", "two")
    recorder.refuses = lambda event: event.number == 1  # type: ignore[union-attr]
    first, second = Effect.objects.order_by("pk")
    now, pauses = timezone.now(), []
    while True:
        effects.work_off(now=now)
        first.refresh_from_db()
        if first.failed_at is not None:
            break
        pauses.append(round((first.due_at - now).total_seconds()))
        now = first.due_at
    options = conf()
    assert pauses[:4] == [5, 10, 20, 40]
    assert pauses[-1] == options.max_effect_pause_seconds
    assert first.attempts == options.max_effect_attempts == len(pauses) + 1
    assert recorder.calls[-1][0] == second.pk  # what has failed holds nobody up any more
    assert list(Effect.objects.all()) == [first]
    assert effects.backlog().failed == 1


def test_tried_again_and_dropped_by_hand(ada: Person, room: Room) -> None:
    recorder = Recorder()
    recorder.refuses = lambda event: True
    with only_handler(recorder, MessagePosted, most_attempts=1):
        say(ada, room, "one", "two", "three")
        effects.work_off()
        assert Effect.objects.filter(failed_at__isnull=False).count() == 3
        recorder.refuses = lambda event: False
        one, two, three = Effect.objects.order_by("pk").values_list("pk", flat=True)
        assert effects.try_again(effects=[one]) == 1
        assert effects.work_off() == 1
        assert effects.drop(effects=[two, three, three + 1]) == 2
        assert Effect.objects.count() == 0
        say(ada, room, "four", "five")
        (held, _) = claim()
        assert effects.drop(effects=[held.id]) == effects.try_again(effects=[held.id]) == 0


def test_who_is_dropped_holds_nobody_up(ada: Person, room: Room, recorder: Recorder) -> None:
    say(ada, room, "one")
    say(ada, room, "two")
    first, second = Effect.objects.order_by("pk").values_list("pk", flat=True)
    assert [one.id for one in claim(most=1)] == [first]
    effects.settle([Outcome(*claimed_again(first), error="no")])
    assert effects.drop(effects=[first]) == 1
    assert [one.id for one in claim()] == [second]


def claimed_again(effect_id: int) -> tuple[Claimed]:
    """As the worker that holds it has it."""
    found = Effect.objects.get(pk=effect_id)
    return (Claimed(found.pk, found.kind, found.event, found.payload, found.key, found.attempts),)


def test_what_waits_behind_another_is_put_off_and_woken(ada: Person, room: Room, recorder: Recorder) -> None:
    say(ada, room, "one")
    (first,) = claim()
    say(ada, room, "two")
    assert effects.is_due()
    assert claim() == []
    assert not effects.is_due()  # it is no longer in the way of others
    effects.settle([Outcome(first)])
    assert numbers(claim()) == [2]


def test_what_nobody_woke_becomes_due_by_itself(ada: Person, room: Room, recorder: Recorder) -> None:
    """Where a process died between what was done and what comes next."""
    say(ada, room, "one")
    (first,) = claim()
    say(ada, room, "two")
    assert claim() == []
    Effect.objects.filter(pk=first.id).delete()
    assert claim() == []
    assert numbers(claim(later(BLOCKED_SECONDS + 1))) == [2]


def test_a_handler_that_is_gone(ada: Person, room: Room, recorder: Recorder) -> None:
    say(ada, room, "one")
    HANDLERS.clear()
    effects.work_off()
    left = Effect.objects.get()
    assert (left.attempts, left.last_error) == (1, "KeyError: 'recorder'")
    assert left.due_at > timezone.now()


# --- leases -------------------------------------------------------------------------------------------------------


def test_one_lease_one_worker(ada: Person, room: Room, recorder: Recorder) -> None:
    say(ada, room, "one", "two")
    held = claim()
    assert [one.attempt for one in held] == [1, 1]
    assert claim() == []
    assert not effects.is_due()
    assert claim(later(LEASE_SECONDS - 5)) == []
    assert effects.is_due(now=later(LEASE_SECONDS + 1))
    (again,) = claim(later(LEASE_SECONDS + 1))  # alone, for it may be what its process died of
    assert (again.id, again.attempt) == (held[0].id, 2)
    effects.settle([Outcome(held[0], error="too late")])
    assert Effect.objects.get(pk=again.id).last_error == ""
    assert effects.renew(held[:1], lease_seconds=LEASE_SECONDS) == set()
    assert effects.renew([again], lease_seconds=LEASE_SECONDS) == {again.id}
    effects.settle([Outcome(held[0])])  # what is done is done
    assert not Effect.objects.filter(pk=again.id).exists()
    assert numbers(claim(later(2 * LEASE_SECONDS))) == [2]


def test_what_kills_its_process_fails_alone(ada: Person, database: str) -> None:
    """Each claim is that of a process which dies of message 2; nobody else loses by it."""
    recorder = Recorder()
    now, done = timezone.now(), []
    with only_handler(recorder, MessagePosted, key=unordered, most_attempts=3):
        hall = rooms.create(person=ada, name=f"Hall {uuid4()}")
        say(ada, hall, "one", "two", "three", "four")
        for _ in range(20):
            now += timedelta(seconds=LEASE_SECONDS + 1)
            for one in claim(now):
                (number,) = numbers([one])
                if number == 2:
                    break
                done.append(number)
                if len(done) > 1:  # the first time what was done is lost, too
                    effects.settle([Outcome(one)], now=now)
    assert sorted(set(done)) == [1, 3, 4]
    left = Effect.objects.get()
    assert (left.attempts, left.last_error) == (3, "The process ended while it ran.")
    assert left.failed_at is not None


def test_many_workers_take_each_effect_once(ada: Person) -> None:
    """And those of one room in their order, whoever takes them."""
    recorder, lock, running = Recorder(), threading.Lock(), set[str]()

    def run(event: events.Event, effect_id: int) -> None:
        with lock:
            assert str(event.room_id) not in running
            running.add(str(event.room_id))
        recorder(event, effect_id)
        with lock:
            running.remove(str(event.room_id))

    halls = [rooms.create(person=ada, name=f"Hall {uuid4()}") for _ in range(8)]
    with only_handler(run, MessagePosted):
        for _ in range(3):
            messages.post([Post(hall.pk, ada, "hi", uuid4().hex) for hall in halls for _ in range(5)])
        at_once([_worker] * 6)
    assert len({effect_id for effect_id, _ in recorder.calls}) == len(recorder.calls) == 8 * 15
    for hall in halls:
        mine = [event.number for event in recorder.events if event.room_id == hall.pk]  # type: ignore[union-attr]
        assert mine == sorted(mine)
    assert Message.objects.filter(room__in=halls).count() == 120


def _worker() -> None:
    while Effect.objects.exists():
        outcomes = []
        for one in claim(most=7):
            outcomes.append(effects.perform(one))
            if len(outcomes) == 3:
                effects.settle(outcomes)
                outcomes = []
        effects.settle(outcomes)


def at_once(works: list[Callable[[], None]]) -> None:
    def run(work: Callable[[], None]) -> None:
        try:
            work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as threads:
        for future in [threads.submit(run, work) for work in works]:
            future.result(DEADLINE_SECONDS)


# --- how much there is ----------------------------------------------------------------------------------------------


def test_the_backlog(ada: Person, room: Room, recorder: Recorder) -> None:
    assert effects.backlog() == effects.Backlog(0, 0, 0.0)
    now = timezone.now()
    messages.post([Post(room.pk, ada, "old", "old")], now=now - timedelta(seconds=90))
    say(ada, room, "new")
    found = effects.backlog(now=now)
    assert (found.waiting, found.failed) == (2, 0)
    assert round(found.oldest_seconds) == 90


def test_each_question_is_answered_by_an_index(database: str, recorder: Recorder) -> None:
    """With many rows of one order, many of others, and many that have failed."""
    rows = [
        Effect(kind="recorder", event="message_posted", payload="{}", key=f"room {index % 2 * index}", created_at=at)
        for index, at in enumerate([timezone.now()] * 5_000)
    ]
    for index, row in enumerate(rows):
        row.due_at = later(0 if index % 100 == 0 else 3600)
        row.failed_at = row.created_at if index % 3 == 0 else None
    Effect.objects.bulk_create(rows, batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE groupchat_effect")
    with CaptureQueriesContext(connection) as captured:
        effects.is_due()
        held = claim(most=10)
        effects.settle([Outcome(one) for one in held])
        effects.backlog()
        with transaction.atomic():
            effects.record([MessagePosted(0, 1, 1)])
    explain = "EXPLAIN QUERY PLAN " if database == "sqlite" else "EXPLAIN "
    for query in captured.captured_queries:
        sql = query["sql"]
        if not re.match("SELECT|UPDATE", sql):
            continue
        with connection.cursor() as cursor:
            cursor.execute(explain + sql.replace("%", "%%"))
            plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
        assert not re.search(r"Seq Scan on groupchat_effect|SCAN \S*groupchat_effect(?! USING)", plan), f"{sql}\n{plan}"
