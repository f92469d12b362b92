"""Many threads, and two processes, on one database at once: counters stay dense, nobody waits in a circle."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections, transaction
from django.test import override_settings
from tests.domain.says import uncounted_of

from groupchat import publication
from groupchat.actions import accounts, memberships, messages, rooms
from groupchat.actions.counters import changing_room
from groupchat.actions.messages import Post, Posted
from groupchat.actions.people import Guest, person_of_guest
from groupchat.errors import ChatError, Forbidden, NameTaken
from groupchat.models import Membership, Message, Notice, Person, Room, RoomName
from groupchat.realtime.writing.group_commit import Act, Locks, together

THREADS = 8
DEADLINE_SECONDS = 120

pytestmark = pytest.mark.usefixtures("database")


def person(name: str) -> Person:
    return person_of_guest(guest=Guest(uuid4(), name))


def at_once(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """What these give, each run in a thread of its own, all begun at the same moment; raises what one raises."""
    barrier = threading.Barrier(len(works))

    def run(work: Callable[[], Any]) -> Any:
        try:
            barrier.wait(DEADLINE_SECONDS)
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as threads:
        return [future.result(DEADLINE_SECONDS) for future in [threads.submit(run, work) for work in works]]


def check_room(room_id: int) -> None:
    """Numbers are dense, every seq belongs to one entity, and none is above the room's."""
    room = Room.objects.get(pk=room_id)
    numbers = list(Message.objects.filter(room=room).order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, room.last_number + 1))
    by_seq = list(Message.objects.filter(room=room).order_by("seq").values_list("seq", flat=True))
    seqs = [
        *by_seq,
        *Membership.objects.filter(room=room).values_list("seq", flat=True),
        *Notice.objects.filter(room=room).values_list("seq", flat=True),
        room.info_seq,
    ]
    assert len(set(seqs)) == len(seqs)
    assert max(seqs) == room.seq  # the newest change is never taken over by an older one
    first = dict(Message.objects.filter(room=room, edited_at=None, deleted_at=None).values_list("number", "seq"))
    assert sorted(first.values()) == [first[number] for number in sorted(first)]


@pytest.mark.parametrize("how", ["post", "join"])
def test_whoever_goes_while_they_come_in_is_no_member_for_ever(how: str) -> None:
    """They were let in by what was read before; behind the lock on their row it is asked again."""
    room = rooms.enter(person=person("owner"), name=f"Lobby {uuid4()}").room
    grace = person("grace")
    read = Person.objects.get(pk=grace.pk)  # by a socket, before

    def come() -> object:
        try:
            if how == "join":
                return rooms.join(person=read, room_id=room.pk)
            return messages.post([Post(room.pk, read, "hi", "m1"), Post(room.pk, owner, "hello", "m2")])
        except ChatError as error:
            return error
        finally:
            connections.close_all()

    owner = room.created_by
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            accounts.go(person=grace)  # and holds the lock, as long as the commit takes
            coming = threads.submit(come)
            if connection.vendor == "postgresql":
                _wait_for_a_lock()
        answer = coming.result(DEADLINE_SECONDS)
    accounts.leave_rooms(person_id=grace.pk)
    assert not Membership.objects.filter(person=grace).exists()
    if isinstance(answer, list):
        assert isinstance(answer[0], Forbidden)
        assert isinstance(answer[1], Posted)  # nobody else pays for it
    else:
        assert isinstance(answer, Forbidden)
    check_room(room.pk)


def _wait_for_a_lock() -> None:
    """Until somebody else's statement waits for us."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        assert time.monotonic() < deadline
        time.sleep(0.01)


class Ranges:
    """What was published: for each counter, ranges that join without a hole."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ranges: dict[tuple[str, int], list[tuple[int, int]]] = {}

    def __enter__(self) -> Ranges:
        publication.published.connect(self._take)
        return self

    def __exit__(self, *_: object) -> None:
        publication.published.disconnect(self._take)

    def _take(self, changes: Any, **_: Any) -> None:
        frame = changes.frame
        key = ("room", frame["room"]) if "room" in frame else ("me", frame["me"])
        with self._lock:
            self._ranges.setdefault(key, []).append((frame["since"], frame["to"]))

    def check(self, kind: str, id_: int, to: int) -> None:
        position = 0
        for since, end in sorted(self._ranges.get((kind, id_), [])):
            assert since == position
            assert end > since
            position = end
        assert position == to


def test_eight_threads_post_into_one_room() -> None:
    owner = person("Owner")
    room = rooms.create(person=owner, name=f"One {uuid4()}")
    authors = [person(f"Author {index}") for index in range(THREADS)]

    def post(author: Person) -> list[Posted | ChatError]:
        return [messages.post([Post(room.pk, author, f"{index}", uuid4().hex)])[0] for index in range(20)]

    answers = [answer for part in at_once([partial(post, author) for author in authors]) for answer in part]

    assert all(isinstance(answer, Posted) and not answer.duplicate for answer in answers)
    assert sorted(answer.number for answer in answers) == list(range(1, THREADS * 20 + 1))
    check_room(room.pk)
    for author in authors:
        own = Message.objects.filter(room=room, author=author).order_by("number")
        assert [message.body for message in own] == [str(index) for index in range(20)]  # each one's order is kept
        membership = Membership.objects.get(room=room, person=author)
        room.refresh_from_db()
        behind = Message.objects.filter(room=room, number__gt=membership.last_read_number, author=author)
        known = uncounted_of(room, membership)
        assert sum(high - low + 1 for low, high in known) == behind.count()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_everything_at_once_across_rooms(seed: int) -> None:
    """Batches over several rooms, joins, leaves, renames, topics, reads, edits, deletions: no circle, no hole."""
    guests = [person(f"Person {index}") for index in range(6)]
    Person.objects.filter(pk__in=[one.pk for one in guests[:3]]).update(kind=Person.Kind.USER)
    people = list(Person.objects.filter(pk__in=[one.pk for one in guests]))
    with Ranges() as ranges:
        places = [rooms.create(person=people[index % 3], name=f"Room {index} {uuid4()}") for index in range(4)]

        def work(worker: int) -> Counter[str]:
            random = Random(f"{seed} {worker}")
            done: Counter[str] = Counter()
            for _ in range(25):
                one, place = random.choice(people), random.choice(places)
                action = random.choice(
                    ["post", "post", "join", "leave", "rename", "topic", "read", "edit", "delete", "together"]
                )
                number = random.randint(1, max(Room.objects.get(pk=place.pk).last_number, 1))
                written = Message.objects.filter(room=place, number=number).select_related("author").first()
                author = written.author if written is not None else one
                try:
                    if action == "post":
                        several = [
                            Post(random.choice(places).pk, random.choice(people), "words", uuid4().hex)
                            for _ in range(random.randint(1, 6))
                        ]
                        assert all(isinstance(answer, Posted) for answer in messages.post(several))
                    elif action == "join":
                        rooms.join(person=one, room_id=place.pk)
                    elif action == "leave":
                        rooms.leave(person=one, room_id=place.pk)
                    elif action == "rename":
                        rooms.rename(person=one, room_id=place.pk, name=f"{place.name} {random.randint(1, 4)}")
                    elif action == "topic":
                        rooms.set_topic(person=one, room_id=place.pk, topic=str(random.randint(1, 9)))
                    elif action == "read":
                        memberships.read(person=one, room_id=place.pk, number=number)
                    elif action == "together":
                        outcomes = together(some_acts(random, people, places))
                        assert all(isinstance(one, Membership | Message | ChatError) for one in outcomes)
                    elif action == "edit":
                        messages.edit(person=author, room_id=place.pk, number=number, body=str(random.random()))
                    else:
                        messages.delete(person=author, room_id=place.pk, number=number)
                    done[action] += 1
                except ChatError:
                    done["refused"] += 1
            return done

        done = sum(at_once([partial(work, worker) for worker in range(THREADS)]), Counter())

        assert {"post", "join", "leave", "read", "edit", "delete", "together"} <= set(done)
        for place in places:
            check_room(place.pk)
            ranges.check("room", place.pk, Room.objects.get(pk=place.pk).seq)
        for one in people:
            one.refresh_from_db()
            ranges.check("me", one.pk, one.seq)
            marks = list(Membership.objects.filter(person=one).values_list("person_seq", flat=True))
            assert len(set(marks)) == len(marks)
            assert max(marks, default=0) <= one.seq
        for membership in Membership.objects.filter(room__in=places).select_related("room"):
            assert membership.last_read_number <= membership.room.last_number


def some_acts(random: Random, people: Sequence[Person], places: Sequence[Room]) -> list[Act]:
    """Something that some people do at the same moment, each in some room."""
    kind = random.choice(["read", "pin", "edit"])
    acts = []
    for one in random.sample(people, random.randint(2, len(people))):
        room_id, number = random.choice(places).pk, random.randint(1, 9)
        where = {"person": one, "room_id": room_id}
        if kind == "read":
            acts.append(Act(memberships.read, {**where, "number": number}, in_bulk=memberships.read_all))
        elif kind == "pin":
            acts.append(Act(memberships.pin, {**where, "pinned": random.random() < 0.5}, Locks.person(one.pk)))
        else:
            changed = {**where, "number": number, "body": str(random.random())}
            acts.append(Act(messages.edit, changed, Locks.room(room_id)))
    return acts


def test_who_joins_here_and_posts_there_does_not_wait_in_a_circle() -> None:
    """Two batches, each with somebody who joins one room and somebody else who posts there: on PostgreSQL a lock on a
    person must not hold up the check of a foreign key.
    """
    left, right = (rooms.create(person=person("Owner"), name=f"{side} {uuid4()}") for side in ("left", "right"))
    for _ in range(30):
        ada, grace = person("Ada"), person("Grace")
        rooms.join(person=grace, room_id=left.pk)
        rooms.join(person=ada, room_id=right.pk)
        batches = [
            [Post(left.pk, ada, "I come", uuid4().hex), Post(left.pk, grace, "I am here", uuid4().hex)],
            [Post(right.pk, grace, "I come", uuid4().hex), Post(right.pk, ada, "I am here", uuid4().hex)],
        ]
        answers = at_once([partial(messages.post, batch) for batch in batches])
        assert all(isinstance(answer, Posted) for part in answers for answer in part)


def test_one_message_for_the_same_id_at_once() -> None:
    room = rooms.create(person=person("Owner"), name=f"Once {uuid4()}")
    for _ in range(10):
        author, once = person("Ada"), uuid4().hex
        answers = at_once([partial(messages.post, [Post(room.pk, author, "once", once)]) for _ in range(THREADS)])
        posted = [answer for (answer,) in answers]
        assert all(isinstance(answer, Posted) for answer in posted)
        assert len({(answer.number, answer.seq, answer.at) for answer in posted}) == 1
        assert [answer.duplicate for answer in posted].count(False) == 1
    check_room(room.pk)


def test_one_message_of_a_guest_who_has_no_row_yet() -> None:
    room = rooms.create(person=person("Owner"), name=f"Guest {uuid4()}")
    for _ in range(10):
        guest, once = Guest(uuid4(), "Grace"), uuid4().hex
        answers = at_once([partial(messages.post, [Post(room.pk, guest, "once", once)]) for _ in range(4)])
        posted = [answer for (answer,) in answers]
        assert len({(answer.author_id, answer.number) for answer in posted}) == 1
        assert Person.objects.filter(guest_id=guest.id).count() == 1
    check_room(room.pk)


def test_one_room_for_the_same_name_at_once() -> None:
    for _ in range(5):
        name = f"Lunch {uuid4()}"
        people = [person("Hungry") for _ in range(THREADS)]
        entered = at_once([partial(rooms.enter, person=one, name=name) for one in people])
        assert len({one.room.pk for one in entered}) == 1
        assert [one.created for one in entered].count(True) == 1
        room = Room.objects.get(pk=entered[0].room.pk)
        assert Membership.objects.filter(room=room, state=Membership.State.JOINED).count() == THREADS
        check_room(room.pk)


def test_one_person_for_the_same_guest_at_once() -> None:
    for _ in range(5):
        guest = Guest(UUID(int=Random(uuid4().hex).getrandbits(128)), "Ada")
        people = at_once([partial(person_of_guest, guest=guest) for _ in range(THREADS)])
        assert len({one.pk for one in people}) == 1


def test_guests_of_one_name_get_handles_of_their_own() -> None:
    name = f"Ada{uuid4().hex[:8]}"
    people = at_once([partial(person, name) for _ in range(THREADS)])
    assert len({one.handle for one in people}) == THREADS


def test_a_name_goes_to_one_of_who_makes_and_who_renames() -> None:
    for _ in range(15):
        owner = person("Owner")
        Person.objects.filter(pk=owner.pk).update(kind=Person.Kind.USER)
        owner.refresh_from_db()
        old = rooms.create(person=owner, name=f"Old {uuid4()}")
        name = f"New {uuid4()}"

        def rename(owner: Person = owner, old: Room = old, name: str = name) -> Room | None:
            try:
                return rooms.rename(person=owner, room_id=old.pk, name=name)
            except NameTaken:
                return None

        renamed, entered = at_once([rename, partial(rooms.enter, person=person("Guest"), name=name)])
        holder = RoomName.objects.get(key=name.casefold()).room_id
        assert entered.room.pk == holder
        assert holder == (old.pk if renamed is not None else entered.room.pk)
        assert entered.created == (renamed is None)


def test_two_devices_read_at_once_and_the_mark_only_rises() -> None:
    owner, reader = person("Owner"), person("Reader")
    room = rooms.create(person=owner, name=f"Read {uuid4()}")
    rooms.join(person=reader, room_id=room.pk)
    messages.post([Post(room.pk, owner, "words", uuid4().hex) for _ in range(50)])
    with Ranges() as ranges:
        before = Person.objects.get(pk=reader.pk).seq

        def read(worker: int) -> None:
            random = Random(worker)
            for _ in range(10):
                memberships.read(person=reader, room_id=room.pk, number=random.randint(1, 50))
            memberships.read(person=reader, room_id=room.pk, number=50)

        at_once([partial(read, worker) for worker in range(4)])
        reader.refresh_from_db()
        membership = Membership.objects.get(room=room, person=reader)
        assert membership.last_read_number == 50
        assert membership.person_seq == reader.seq
        spans = sorted(ranges._ranges[("me", reader.pk)])
        assert [since for since, _ in spans] == list(range(before, reader.seq))


def test_one_device_reads_while_the_other_answers() -> None:
    """What the post has seen never takes back what was read meanwhile, and nobody waits in a circle."""
    owner, reader = person("Owner"), person("Reader")
    places = [rooms.create(person=owner, name=f"Answer {uuid4()}") for _ in range(2)]
    for place in places:
        rooms.join(person=reader, room_id=place.pk)
        messages.post([Post(place.pk, owner, "words", uuid4().hex) for _ in range(50)])
    with Ranges() as ranges:
        before = Person.objects.get(pk=reader.pk).seq

        def read(worker: int) -> None:
            random = Random(worker)
            for _ in range(10):
                memberships.read(person=reader, room_id=random.choice(places).pk, number=random.randint(1, 50))
            for place in places:
                memberships.read(person=reader, room_id=place.pk, number=50)

        def answer(worker: int) -> None:
            random = Random(worker)
            for _ in range(10):
                mixed = random.sample(places, 2)
                posts = [Post(place.pk, reader, "mine", uuid4().hex, random.randint(1, 50)) for place in mixed]
                assert all(isinstance(one, Posted) for one in messages.post(posts))

        at_once([partial(work, worker) for worker in range(2) for work in (read, answer)])
        reader.refresh_from_db()
        for place in places:
            membership = Membership.objects.get(room=place, person=reader)
            assert membership.last_read_number >= 50
            behind = Message.objects.filter(room=place, number__gt=membership.last_read_number)
            assert not behind.exclude(author=reader).exists()
            known = uncounted_of(Room.objects.get(pk=place.pk), membership)
            assert sum(high - low + 1 for low, high in known) == behind.count()
        spans = sorted(ranges._ranges[("me", reader.pk)])
        assert [since for since, _ in spans] == [before, *(to for _, to in spans)][:-1]
        assert spans[-1][1] == reader.seq


def test_a_later_action_waits_for_the_rooms_lock() -> None:
    """A seq is visible only together with everything before it: whoever reads `room.seq` misses nothing."""
    room = rooms.create(person=person("Owner"), name=f"Slow {uuid4()}")
    holds, goes = threading.Event(), threading.Event()

    def slow() -> int:
        with changing_room(room.pk) as change:
            change.changed_info()
            holds.set()
            goes.wait(DEADLINE_SECONDS)
            return change.room.seq

    def quick() -> Posted | ChatError:
        assert holds.wait(DEADLINE_SECONDS)
        threading.Timer(0.3, goes.set).start()
        return messages.post([Post(room.pk, person("Quick"), "behind", uuid4().hex)])[0]

    first, posted = at_once([slow, quick])
    assert isinstance(posted, Posted)
    assert posted.seq > first
    check_room(room.pk)


_TWO_PROCESSES = """
import sys, uuid
from groupchat.actions import messages, rooms
from groupchat.actions.messages import Post
from groupchat.actions.people import Guest, person_of_guest
print("ready", flush=True)
sys.stdin.readline()
for index in range(20):
    guest = Guest(uuid.UUID(int=int(sys.argv[1]) + index), "Twice")
    room = rooms.enter(person=person_of_guest(guest=guest), name=f"{sys.argv[2]} {index}").room
    answer = messages.post([Post(room.pk, guest, "once", f"id-{index}")])[0]
    print(room.pk, answer.author_id, answer.number, flush=True)
"""


def test_two_processes_make_the_same_guests_rooms_and_messages() -> None:
    from django.conf import settings
    from tests.server.served import environment

    database = connection.settings_dict
    if connection.vendor == "postgresql":
        where = f"postgresql://{database['USER']}:{database['PASSWORD']}@{database['HOST']}:{database['PORT']}"
        url = f"{where}/{database['NAME']}"
    else:
        url = f"sqlite:///{database['NAME']}"
    first, name = str(uuid4().int >> 2), uuid4().hex
    code = "import django; django.setup()\n" + _TWO_PROCESSES
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", code, first, name],
            env=environment(
                DATABASE_URL=url,
                DJANGO_SETTINGS_MODULE="groupchat.server.settings",
                GROUPCHAT_SECRET_KEY=settings.SECRET_KEY,
                GROUPCHAT_DATA=str(settings.ENVIRONMENT.data),
            ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("\n")
            process.stdin.flush()
        said = [process.communicate(timeout=DEADLINE_SECONDS)[0].splitlines() for process in processes]
        assert [process.returncode for process in processes] == [0, 0]
    finally:
        for process in processes:
            process.kill()
            process.wait()
    assert len(said[0]) == 20
    assert said[0] == said[1]
    assert len(set(said[0])) == 20


@pytest.fixture(autouse=True)
def _no_limits() -> Any:
    with override_settings(GROUPCHAT={"GUESTS": True}):
        yield
