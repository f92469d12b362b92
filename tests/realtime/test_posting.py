"""Group commit: fair, bounded, and true where the database fails."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from tests.accounts import new_person

from groupchat.actions import rooms
from groupchat.actions.messages import Post, Posted
from groupchat.errors import ChatError, Forbidden, Invalid, NotFound, Unavailable
from groupchat.models import Membership, Message, Person, Room
from groupchat.realtime.writing.database import Database
from groupchat.realtime.writing.write_queue import WriteQueue

Answers = dict[str, Posted | ChatError]

sqlite_only = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the fault is made in SQLite's own words")


@pytest.fixture
def alice(transactional_db: None) -> Person:
    return new_person("alice")


@pytest.fixture
def bob(transactional_db: None) -> Person:
    return new_person("bob")


@pytest.fixture
def lobby(alice: Person) -> Room:
    return rooms.create(person=alice, name="Lobby")


class Poster:
    """A queue on a loop of its own; what is submitted together comes while one batch runs."""

    def __init__(self, runner: asyncio.Runner, database: Database) -> None:
        self._runner = runner
        self._database = database
        self.order: list[str] = []  # the bodies, as they were answered
        self.writes: WriteQueue

    def opens(self, *, max_batch: int, max_waiting: int = 0) -> None:
        self.writes = WriteQueue(database=self._database, max_batch=max_batch, max_waiting=max_waiting)

    def posts(self, *posts: tuple[str, Post], deaf: bool = False) -> Answers:
        """The answers by body."""
        return self._runner.run(self._post(posts, deaf))

    async def _post(self, posts: tuple[tuple[str, Post], ...], deaf: bool) -> Answers:
        found: Answers = {}

        def submit(sender: str, post: Post) -> None:
            def answer(result: Posted | ChatError) -> None:
                self.order.append(post.body)
                found[post.body] = result
                if deaf:
                    raise RuntimeError("deaf")

            self.writes.submit(sender, post, answer)

        for sender, post in posts:
            submit(sender, post)
        await self.writes.flush()
        return found


@pytest.fixture
def poster(transactional_db: None) -> Iterator[Poster]:
    with asyncio.Runner() as runner:
        database = Database()
        yield Poster(runner, database)
        database.stop()


def numbers(answers: Answers) -> dict[str, int]:
    return {body: one.number for body, one in answers.items() if isinstance(one, Posted)}


def test_what_comes_while_a_batch_runs_is_the_next(poster: Poster, alice: Person, lobby: Room) -> None:
    poster.opens(max_batch=256)
    found = poster.posts(*(("alice", Post(lobby.pk, alice, str(index), f"i{index}")) for index in range(100)))
    assert numbers(found) == {str(index): index + 1 for index in range(100)}
    assert poster.order == [str(index) for index in range(100)]
    assert poster.writes.stats.posts == 100
    assert poster.writes.waiting == 0


def test_who_says_much_does_not_hold_up_who_says_little(
    poster: Poster, alice: Person, bob: Person, lobby: Room
) -> None:
    poster.opens(max_batch=10)
    much = [("alice", Post(lobby.pk, alice, f"alice {index}", f"a{index}")) for index in range(200)]
    little = [("bob", Post(lobby.pk, bob, f"bob {index}", f"b{index}")) for index in range(3)]
    poster.posts(*much, *little)
    assert max(poster.order.index(f"bob {index}") for index in range(3)) < 20
    assert [body for body in poster.order if body.startswith("alice")] == [post.body for _, post in much]
    assert poster.writes.stats.largest_batch == 10


def test_too_much_is_refused_and_the_rest_is_taken(poster: Poster, alice: Person, lobby: Room) -> None:
    poster.opens(max_batch=10, max_waiting=25)
    found = poster.posts(*(("alice", Post(lobby.pk, alice, str(index), f"i{index}")) for index in range(60)))
    refused = [body for body, one in found.items() if isinstance(one, Unavailable)]
    assert refused == [str(index) for index in range(25, 60)]
    assert len(numbers(found)) == Message.objects.count() == 25


def test_refusals_are_per_post(poster: Poster, alice: Person, bob: Person, lobby: Room) -> None:
    Membership.objects.create(room=lobby, person=bob, state=Membership.State.BANNED)
    poster.opens(max_batch=10)
    found = poster.posts(
        ("alice", Post(lobby.pk, alice, "good", "a")),
        ("bob", Post(lobby.pk, bob, "banned", "b")),
        ("carol", Post(10**9, alice, "nowhere", "c")),
        ("dave", Post(lobby.pk, alice, " ", "d")),
        ("eve", Post(lobby.pk, alice, "good too", "e")),
    )
    assert {body: type(one) for body, one in found.items()} == {
        "good": Posted,
        "banned": Forbidden,
        "nowhere": NotFound,
        " ": Invalid,
        "good too": Posted,
    }
    assert poster.writes.stats.refused == 3


def test_an_answer_that_fails_harms_nobody(poster: Poster, alice: Person, lobby: Room) -> None:
    poster.opens(max_batch=2)
    found = poster.posts(*(("alice", Post(lobby.pk, alice, str(index), f"i{index}")) for index in range(5)), deaf=True)
    assert len(numbers(found)) == 5


@contextmanager
def poisoned(body: str) -> Iterator[None]:
    """The database refuses every statement that stores this body."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER poison BEFORE INSERT ON groupchat_message "
            f"WHEN NEW.body = '{body}' BEGIN SELECT RAISE(ABORT, 'poison'); END"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER poison")


@contextmanager
def without_messages() -> Iterator[None]:
    """The database can store no message at all."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA legacy_alter_table = ON")
        cursor.execute("ALTER TABLE groupchat_message RENAME TO away")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE away RENAME TO groupchat_message")
        cursor.execute("PRAGMA legacy_alter_table = OFF")


@sqlite_only
def test_one_post_that_the_database_refuses_does_not_spoil_the_others(
    poster: Poster, alice: Person, bob: Person, lobby: Room
) -> None:
    poster.opens(max_batch=10)
    with poisoned("poison"):
        found = poster.posts(
            *((body, Post(lobby.pk, (alice, bob)[index % 2], body, body)) for index, body in enumerate(SAYINGS))
        )
    assert numbers(found) == {"one": 1, "two": 2, "three": 3}
    assert type(found["poison"]) is Unavailable
    lobby.refresh_from_db()
    assert lobby.last_number == 3
    assert numbers(poster.posts(("bob", Post(lobby.pk, bob, "poison", "poison")))) == {"poison": 4}


SAYINGS = ["one", "poison", "two", "three"]


@sqlite_only
def test_what_failed_altogether_is_unknown_and_may_be_sent_again(poster: Poster, alice: Person, lobby: Room) -> None:
    poster.opens(max_batch=10)
    posts = [("alice", Post(lobby.pk, alice, str(index), f"i{index}")) for index in range(5)]
    with without_messages():
        found = poster.posts(*posts)
    assert {type(one) for one in found.values()} == {Unavailable}
    assert all(one.retry_after for one in found.values() if isinstance(one, Unavailable))
    assert poster.writes.stats.retried_batches >= 2
    lobby.refresh_from_db()
    assert lobby.last_number == 0
    assert numbers(poster.posts(*posts)) == {str(index): index + 1 for index in range(5)}
