"""How often the database is asked, and that it answers by an index: whatever grows, these numbers stay."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.domain.says import say

from groupchat import timeline
from groupchat.actions import messages, rooms
from groupchat.actions.messages import Post
from groupchat.models import Membership, Message, Person, Room
from groupchat.realtime import resume

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
    assert [line for line in lines if line.startswith("SCAN") and "json_each" not in line] == []


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
            page = resume.page(alice, huge.pk, asked.get("before"), asked.get("after"), asked.get("around"), 50)
        assert len(page.messages) == (29 if asked.get("before") == 30 else 50)
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
        resume.members(alice, huge.pk, 0, 50)
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
        (found,) = resume.resume([resume.Return(bob, {}, True)])
    assert not isinstance(ids, Exception)
    assert not isinstance(found, Exception)
    assert set(ids) == {room.pk for room in fifty}
    assert [state["last_number"] for state in found.rooms] == [1] * 50
    assert len(sent) <= 6, sent
    assert_by_index(sent)


def test_opening_with_many_people_asks_no_more(fifty: list[Room], alice: Person, bob: Person) -> None:
    counts = []
    for people in ([bob], [alice, bob]):
        with statements() as sent:
            resume.rooms_of(people)
            resume.resume([resume.Return(one, {}, True) for one in people])
        counts.append(len(sent))
    assert counts[0] == counts[1]


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
        page = resume.members(alice, lobby.pk, made[500].pk, 100)
    assert (len(page.members), page.count) == (100, 1001)
    assert len(sent) == 4, sent
    assert_by_index(sent)


def test_what_a_sweep_asks(fifty: list[Room], alice: Person, bob: Person) -> None:
    with statements() as sent:
        seqs, mine = timeline.positions([room.pk for room in fifty], [alice.pk, bob.pk])
    assert len(seqs) == 50
    assert len(mine) == 2
    assert len(sent) == 2
    assert_by_index(sent)


def test_the_home_page(fifty: list[Room]) -> None:
    with statements() as sent:
        found = timeline.lively_rooms(limit=12)
    assert len(found) == 12
    assert_by_index_of(sent, "groupchat_lively")


def assert_by_index_of(sent: list[str], index: str) -> None:
    if connection.vendor == "sqlite":
        lines: list[Any] = plans(sent)
        assert any(index in line for line in lines), lines
