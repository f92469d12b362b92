"""How often the database is asked, and that it answers by an index: whatever grows, these numbers stay."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.domain.says import members, page, say

from groupchat import directory, moderation, timeline
from groupchat.actions import messages, rooms, sanctions
from groupchat.actions.members import invite
from groupchat.actions.messages import Post
from groupchat.actions.people import Guest
from groupchat.models import Membership, Message, Person, Room
from groupchat.realtime.delivery import opening, resume
from groupchat.realtime.delivery.opening import Asked, Range, Roll
from groupchat.realtime.delivery.topic_kinds import positions
from groupchat.realtime.fanout.topics import TopicKey

MANY = 100_000  # messages


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that were sent meanwhile, without those that begin and end a transaction."""
    sent: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield sent
    # One that is sent for many rows has its marks instead of values.
    plain = (
        re.sub(r"%s", "1", sql.partition(" times: ")[2]) if re.match(r"\d+ times: ", sql) else sql
        for sql in (query["sql"] for query in captured.captured_queries)
    )
    sent += [sql for sql in plain if not re.match(r"BEGIN|COMMIT|SAVEPOINT|RELEASE", sql)]


def plans(sent: list[str]) -> list[str]:
    """How the database finds the rows of each statement: one line a table."""
    lines = []
    with connection.cursor() as cursor:
        for sql in sent:
            if connection.vendor == "sqlite":
                cursor.execute("EXPLAIN QUERY PLAN " + sql.replace("%", "%%"))
                lines += [str(row[3]) for row in cursor.fetchall()]
            else:
                cursor.execute("EXPLAIN " + sql.replace("%", "%%"))
                lines += [str(row[0]) for row in cursor.fetchall()]
    return lines


def assert_by_index(sent: list[str]) -> None:
    """No statement walks through a whole table, or sorts what it found in one."""
    if connection.vendor != "sqlite":
        return  # PostgreSQL rightly scans small tables; which index serves is the same on both
    lines = plans([sql for sql in sent if "INSERT INTO" not in sql])
    # What a part of the statement has found by an index: `found`, or what it counts over windows of.
    by_index = re.compile(r"json_each|found|\(subquery|qualify")
    assert [line for line in lines if line.startswith("SCAN") and not by_index.search(line)] == []


@pytest.fixture
def huge(alice: Person, lobby: Room) -> Room:
    """A room of a hundred thousand messages, with another one of as many beside it."""
    other = rooms.create(person=alice, name="Other")
    numbers = f"WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {MANY})"
    with connection.cursor() as cursor:
        for room in (lobby, other):
            cursor.execute(
                "INSERT INTO groupchat_message (room_id, number, seq, author_id, body, client_message_id, at) "
                f"{numbers} SELECT {room.pk}, n, n + 2, {alice.pk}, 'hi', n, '2026-01-01 00:00:00+00:00' FROM n"
            )
        cursor.execute(
            "INSERT INTO groupchat_notice (room_id, after, kind, seq, actor_id, text, at) "
            f"{numbers} SELECT {lobby.pk}, n, 'topic', n + 2, {alice.pk}, 'x', '2026-01-01 00:00:00+00:00' FROM n "
            "WHERE n % 50 = 0"
        )
    Room.objects.update(last_number=MANY, seq=MANY + 2)
    lobby.refresh_from_db()
    return lobby


def test_a_room_of_a_hundred_thousand_messages(huge: Room, alice: Person, bob: Person) -> None:
    """All in one test: it takes a while to fill."""
    for asked in ({}, {"before": MANY // 2}, {"after": MANY // 2}, {"around": MANY // 2}, {"before": 30}):
        with statements() as sent:
            found = page(alice, huge.pk, **asked)
        assert len(found.messages) == (29 if asked.get("before") == 30 else 50)
        assert len(sent) == 5, sent  # room, membership, messages, notices, people
        assert_by_index(sent)
    with statements() as sent:
        changes = timeline.changes(huge.pk, huge.seq - 10)
    assert changes is not None
    assert len(changes.frame["messages"]) == 10
    assert len(sent) == 5, sent
    assert_by_index(sent)
    with statements() as sent:
        assert timeline.changes(huge.pk, 5) is None  # far too much: known after the first thousand
    assert_by_index(sent)
    with statements() as sent:
        say(bob, huge)
    assert_by_index(sent)
    with statements() as sent:
        messages.edit(person=alice, room_id=huge.pk, number=MANY // 2, body="new")
    assert_by_index(sent)
    with statements() as sent:
        members(alice, huge.pk, 0, 50)
    assert_by_index(sent)


@pytest.fixture
def fifty(alice: Person, bob: Person) -> list[Room]:
    """Fifty rooms of both, each with something unread."""
    entered = [rooms.enter(person=alice, name=f"room {index}").room for index in range(50)]
    for room in entered:
        rooms.join(person=bob, room_id=room.pk)
    messages.post([Post(room.pk, alice, "hi", "x") for room in entered])
    return entered


def test_opening_with_fifty_rooms(fifty: list[Room], bob: Person) -> None:
    with statements() as sent:
        (ids,) = resume.rooms_of([bob])
        (found,) = resume.resume([resume.ResumeRequest(bob, {}, True)])
    assert not isinstance(ids, Exception)
    assert not isinstance(found, Exception)
    assert set(ids) == {room.pk for room in fifty}
    assert [state["last_number"] for state in found.rooms] == [1] * 50
    assert len(sent) <= 7, sent
    assert_by_index(sent)


def test_opening_with_two_hundred_rooms_of_all_kinds(alice: Person, bob: Person, person: Callable[..., Person]) -> None:
    """One statement more than with public rooms alone: who the people of one's conversations are."""
    for index in range(40):
        others = [person("other") for _ in range(2)]
        for kind in ("public", "announcement", "private"):
            room = rooms.create(person=alice, name=f"room {index} {kind}", kind=kind)
            invite(person=alice, room_id=room.pk, people=[bob.pk])
        rooms.converse(person=bob, people=[others[0].pk])
        rooms.converse(person=bob, people=[one.pk for one in others])
    with statements() as sent:
        (ids,) = resume.rooms_of([bob])
        (found,) = resume.resume([resume.ResumeRequest(bob, {}, True)])
    assert not isinstance(ids, Exception)
    assert not isinstance(found, Exception)
    assert (len(ids), len(found.rooms), len(found.people)) == (200, 200, 81)
    assert len(sent) <= 8, sent
    assert_by_index(sent)


def test_finding_rooms_and_people_and_those_under_a_sanction(fifty: list[Room], alice: Person, bob: Person) -> None:
    sanctions.silence(person=alice, room_id=fifty[0].pk, target_id=bob.pk, seconds=60)
    for ask, most in (
        (lambda: directory.find_rooms(bob, query="room", limit=10).rooms, 4),
        (lambda: directory.find_people(alice, query="b"), 3),
        (lambda: moderation.sanctions(alice, fifty[0].pk).sanctions, 4),
    ):
        with statements() as sent:
            assert ask()
        assert len(sent) <= most, sent
        assert_by_index(sent)


def test_opening_with_many_people_asks_no_more(fifty: list[Room], alice: Person, bob: Person) -> None:
    counts = []
    for people in ([bob], [alice, bob]):
        with statements() as sent:
            resume.rooms_of(people)
            resume.resume([resume.ResumeRequest(one, {}, True) for one in people])
        counts.append(len(sent))
    assert counts[0] == counts[1]


def test_many_who_come_into_one_room(person: Callable[..., Person], lobby: Room, alice: Person) -> None:
    """What they are told is read once for all of them: a link that is sent around."""
    say(alice, lobby)
    counts = []
    for people in ([person("one")], [person(f"p{index}") for index in range(20)]):
        for one in people:
            rooms.join(person=one, room_id=lobby.pk)
        with statements() as sent:
            found = opening.rooms([Asked(one, slug=lobby.slug) for one in people])
            pages = opening.pages([Range(one, lobby.pk, None, None, None, 50) for one in people])
            rolls = opening.members([Roll(one, lobby.pk, 0, 100) for one in people])
        assert all(not isinstance(answer, Exception) for answer in (*found, *pages, *rolls))
        assert all(state["me"] is not None for state in found if not isinstance(state, Exception))
        assert_by_index(sent)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 12


def posting(author: Person, room: Room, count: int) -> list[str]:
    first = Message.objects.count()
    posts = [Post(room.pk, author, "hi", f"n{first + index}") for index in range(count)]
    with statements() as sent:
        messages.post(posts)
    assert Message.objects.count() == first + count
    return sent


def test_posting_one_and_a_hundred(alice: Person, lobby: Room) -> None:
    one = posting(alice, lobby, 1)
    hundred = posting(alice, lobby, 100)
    assert len(one) <= 7, one
    assert len(hundred) == len(one), hundred
    assert_by_index(one)


def test_the_first_posts_of_guests(lobby: Room) -> None:
    """Each makes a person and a membership; all else is done for all of them at once."""
    one, many = ([Guest(uuid4(), f"guest-{count}-{index}") for index in range(count)] for count in (1, 20))
    counts = []
    for guests in (one, many):
        with statements() as sent:
            answers = messages.post([Post(lobby.pk, guest, "hi", guest.name) for guest in guests])
        assert not [answer for answer in answers if isinstance(answer, Exception)]
        assert_by_index(sent)
        counts.append(len(sent) - len(guests))  # one INSERT INTO groupchat_person each
    assert counts[0] == counts[1] <= 9
    assert Membership.objects.filter(room=lobby, person__kind=Person.Kind.GUEST, person_seq=1).count() == 21


def test_guests_of_one_name_have_handles_of_their_own(lobby: Room) -> None:
    guests = [Guest(uuid4(), "Ada") for _ in range(30)]
    messages.post([Post(lobby.pk, guest, "hi", f"{guest.id}") for guest in guests])
    handles = set(Person.objects.filter(guest_id__in=[one.id for one in guests]).values_list("handle", flat=True))
    assert handles == {"ada", *(f"ada{number}" for number in range(2, 31))}


def test_a_batch_of_many_people_in_many_rooms(person: Callable[..., Person], alice: Person) -> None:
    people = [person(f"p{index}") for index in range(10)]
    entered = [rooms.enter(person=alice, name=f"room {index}").room for index in range(10)]
    for room in entered:
        for one in people:
            rooms.join(person=one, room_id=room.pk)
    posts = [Post(room.pk, one, "hi", "x") for room in entered for one in people]
    with statements() as sent:
        messages.post(posts)
    assert Message.objects.count() == 100
    # For each room what is its own: the memberships, and the row of its counters.
    assert len(sent) <= 6 + 2 * len(entered), sent
    assert_by_index(sent)


def test_a_thousand_members_are_read_in_a_page(person: Callable[..., Person], alice: Person, lobby: Room) -> None:
    made = Person.objects.bulk_create(Person(handle=f"h{index}", name="x", guest_id=None) for index in range(1000))
    Membership.objects.bulk_create(Membership(room=lobby, person=one, seq=3) for one in made)
    with statements() as sent:
        roll = members(alice, lobby.pk, made[500].pk, 100)
    assert (len(roll.members), roll.count) == (100, 1001)
    assert len(sent) == 4, sent
    assert_by_index(sent)


def test_a_page_of_rooms(fifty: list[Room], bob: Person) -> None:
    rooms.create(person=bob, name="Cellar", kind=Room.Kind.PRIVATE)
    with statements() as sent:
        page = directory.rooms(bob, after=fifty[20].pk, limit=100)
    assert len(page.rooms) == 30
    assert len(sent) == 2, sent
    assert_by_index(sent)


def test_what_a_sweep_asks(fifty: list[Room], alice: Person, bob: Person) -> None:
    with statements() as sent:
        found = positions(
            [*(TopicKey("room", room.pk) for room in fifty), TopicKey("me", alice.pk), TopicKey("me", bob.pk)]
        )
    assert len(found) == 52
    assert found[TopicKey("me", bob.pk)] == Person.objects.get(pk=bob.pk).seq
    assert len(sent) == 2
    assert_by_index(sent)


def test_the_home_page(fifty: list[Room]) -> None:
    with statements() as sent:
        found = directory.recently_active_rooms(limit=12)
    assert len(found) == 12
    assert_by_index_of(sent, "groupchat_lively")


def assert_by_index_of(sent: list[str], index: str) -> None:
    if connection.vendor == "sqlite":
        lines: list[Any] = plans(sent)
        assert any(index in line for line in lines), lines
