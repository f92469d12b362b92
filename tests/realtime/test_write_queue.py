"""The write queue: one order a sender, one transaction for many, and a failure that is its own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from tests.accounts import new_person

from groupchat.actions import memberships, messages, reactions, rooms
from groupchat.actions.messages import Post
from groupchat.errors import Forbidden, Invalid, NotFound, Unavailable
from groupchat.models import Membership, Message, MessageReaction, Person, Room
from groupchat.publication import RoomChanges, published
from groupchat.realtime.writing.database import Database
from groupchat.realtime.writing.group_commit import Act, Locks
from groupchat.realtime.writing.write_queue import WriteQueue

sqlite_only = pytest.mark.skipif(connection.vendor != "sqlite", reason="a trigger in the dialect of SQLite")


class Writers:
    """A queue on a loop of its own. What is said between two calls of `write` comes in at the same moment."""

    def __init__(self, runner: asyncio.Runner, database: Database) -> None:
        self._runner = runner
        self._database = database
        self._said: list[Callable[[], Any]] = []
        self.opens()

    def opens(self, *, max_waiting: int = 0) -> None:
        self.queue = WriteQueue(database=self._database, max_batch=0, max_waiting=max_waiting)

    def post(self, sender: str, room: Room, author: Person, body: str) -> None:
        def submit() -> asyncio.Future[Any]:
            future = asyncio.get_running_loop().create_future()
            self.queue.submit(sender, Post(room.pk, author, body, body.replace(" ", "-")), future.set_result)
            return future

        self._said.append(submit)

    def act(self, sender: str, action: Callable[..., Any], locks: Locks | None = None, **arguments: Any) -> None:
        self._say(sender, Act(action, arguments, locks))

    def read(self, sender: str, person: Person, room: Room, number: int) -> None:
        where = {"person": person, "room_id": room.pk, "number": number}
        self._say(sender, Act(memberships.read, where, in_bulk=memberships.read_all))

    def react(self, sender: str, person: Person, room: Room, number: int, emoji: str) -> None:
        where = {"person": person, "room_id": room.pk, "number": number, "emoji": emoji, "on": True}
        self._say(sender, Act(reactions.react, where, in_bulk=reactions.react_all))

    def _say(self, sender: str, act: Act) -> None:
        self._said.append(lambda: asyncio.ensure_future(self.queue.act(sender, act)))

    def rename(self, before: str, after: str) -> None:
        self._said.append(lambda: self.queue.rename(before, after))

    def write(self) -> list[Any]:
        """What came of each in the order in which they were said: a result, or an exception."""
        return self._runner.run(self._write())

    async def _write(self) -> list[Any]:
        futures = []
        for say in self._said:
            future = say()
            if future is not None:
                futures.append(future)
                await asyncio.sleep(0)  # what is said later comes later
        self._said.clear()
        return await asyncio.gather(*futures, return_exceptions=True)


@pytest.fixture
def writers(transactional_db: None) -> Iterator[Writers]:
    with asyncio.Runner() as runner:
        database = Database()
        yield Writers(runner, database)
        database.stop()


@pytest.fixture
def alice(transactional_db: None) -> Person:
    return new_person("alice")


@pytest.fixture
def bob(transactional_db: None) -> Person:
    return new_person("bob")


@pytest.fixture
def lobby(alice: Person, bob: Person) -> Room:
    room = rooms.create(person=alice, name="Lobby")
    rooms.join(person=bob, room_id=room.pk)
    return room


def edit(writers: Writers, sender: str, room: Room, person: Person, number: int, body: str) -> None:
    writers.act(sender, messages.edit, Locks.room(room.pk), person=person, room_id=room.pk, number=number, body=body)


def test_posts_and_all_else_of_a_sender_take_effect_in_order(
    writers: Writers, alice: Person, bob: Person, lobby: Room
) -> None:
    writers.post("alice", lobby, alice, "one")
    edit(writers, "alice", lobby, alice, 1, "one, better")
    writers.post("bob", lobby, bob, "two")
    writers.act("alice", rooms.set_topic, person=alice, room_id=lobby.pk, topic="after the edit")
    writers.post("alice", lobby, alice, "three")
    writers.act("bob", rooms.leave, person=bob, room_id=lobby.pk)
    outcomes = writers.write()
    assert not [one for one in outcomes if isinstance(one, BaseException)]
    said = dict(Message.objects.values_list("number", "body"))
    assert said[1] == "one, better"
    by_body = {message.body: message.seq for message in Message.objects.all()}
    lobby.refresh_from_db()
    assert by_body["one, better"] < lobby.info_seq < by_body["three"]
    left = Membership.objects.get(person=bob)
    assert left.state == Membership.State.LEFT
    assert left.seq > by_body["two"]
    assert writers.queue.waiting == 0


def test_many_share_a_transaction_and_a_refusal_is_its_own(
    writers: Writers, alice: Person, bob: Person, lobby: Room
) -> None:
    writers.post("alice", lobby, alice, "hers")
    writers.post("bob", lobby, bob, "his")
    writers.write()
    before = writers.queue.stats.act_batches
    edit(writers, "alice", lobby, alice, 1, "hers, better")
    edit(writers, "mallory", lobby, bob, 1, "not his")
    edit(writers, "bob", lobby, bob, 2, "his, better")
    writers.act("alice's phone", memberships.pin, Locks.person(alice.pk), person=alice, room_id=lobby.pk, pinned=True)
    writers.read("bob's phone", bob, lobby, 2)
    writers.act("bob's watch", memberships.pin, Locks.person(bob.pk), person=bob, room_id=lobby.pk, pinned=True)
    writers.read("bob's car", bob, lobby, 9)
    writers.read("carol", new_person("carol"), lobby, 1)
    outcomes = writers.write()
    assert [type(one) for one in outcomes] == [
        *(Message, Forbidden, Message),
        *(Membership, Membership, Membership, Invalid, NotFound),
    ]
    assert writers.queue.stats.act_batches - before <= 4  # the first may have begun before the others came
    assert list(Message.objects.order_by("number").values_list("body", flat=True)) == ["hers, better", "his, better"]
    own = Membership.objects.get(person=bob)
    assert (own.last_read_number, own.pinned) == (2, True)
    assert Membership.objects.get(person=alice).pinned


@contextmanager
def poisoned(body: str) -> Iterator[None]:
    """The database refuses every statement that changes a message to this body."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER poison BEFORE UPDATE ON groupchat_message "
            f"WHEN NEW.body = '{body}' BEGIN SELECT RAISE(ABORT, 'poison'); END"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER poison")


@sqlite_only
def test_one_that_the_database_refuses_does_not_spoil_the_others(
    writers: Writers, alice: Person, bob: Person, lobby: Room
) -> None:
    for sender, author in (("alice", alice), ("bob", bob), ("carol", alice)):
        writers.post(sender, lobby, author, f"of {sender}")
    writers.write()
    with poisoned("poison"):
        edit(writers, "first", lobby, alice, 1, "the first goes alone")
        edit(writers, "alice", lobby, alice, 1, "better")
        edit(writers, "bob", lobby, bob, 2, "poison")
        edit(writers, "carol", lobby, alice, 3, "good, too")
        outcomes = writers.write()
    assert [isinstance(one, Exception) for one in outcomes] == [False, False, True, False]
    assert list(Message.objects.order_by("number").values_list("body", flat=True)) == ["better", "of bob", "good, too"]


def test_what_is_done_alone_has_a_transaction_of_its_own(writers: Writers, alice: Person, lobby: Room) -> None:
    deep: list[bool] = []

    def look() -> None:
        deep.append(transaction.get_connection().in_atomic_block)

    for sender in "abc":
        writers.act(sender, look)
    writers.write()
    assert deep == [False] * 3


def test_who_has_another_name_keeps_the_order(writers: Writers, alice: Person, lobby: Room) -> None:
    writers.post("guest", lobby, alice, "one")
    writers.act("guest", rooms.set_topic, person=alice, room_id=lobby.pk, topic="first")
    writers.rename("guest", "person")
    writers.act("person", rooms.set_topic, person=alice, room_id=lobby.pk, topic="second")
    writers.post("person", lobby, alice, "two")
    writers.write()
    lobby.refresh_from_db()
    assert lobby.topic == "second"
    assert list(Message.objects.order_by("number").values_list("body", flat=True)) == ["one", "two"]
    assert Message.objects.get(number=1).seq < lobby.info_seq < Message.objects.get(number=2).seq


def test_too_much_is_refused(writers: Writers, alice: Person, lobby: Room) -> None:
    writers.opens(max_waiting=3)
    for topic in range(9):
        writers.act("alice", rooms.set_topic, person=alice, room_id=lobby.pk, topic=f"topic {topic}")
    outcomes = writers.write()
    assert {type(one) for one in outcomes} == {Room, Unavailable}
    assert isinstance(outcomes[0], Room)


def test_who_went_meanwhile_harms_nobody(writers: Writers, alice: Person, lobby: Room) -> None:
    async def cancelled() -> None:
        arguments = {"person": alice, "room_id": lobby.pk, "topic": "of who went"}
        waiting = asyncio.ensure_future(writers.queue.act("alice", Act(rooms.set_topic, arguments)))
        await asyncio.sleep(0)
        waiting.cancel()
        await writers.queue.flush()

    writers._runner.run(cancelled())
    writers.post("alice", lobby, alice, "goes on")
    assert writers.write()[0].number == 1
    lobby.refresh_from_db()
    assert lobby.topic == "of who went"


def test_a_thousand_who_react_to_one_message_are_few_changes_of_it(
    writers: Writers, alice: Person, lobby: Room
) -> None:
    """Each change of a message is a frame to all who hear the room."""
    messages.post([Post(lobby.pk, alice, "party", "party")])
    crowd = Person.objects.bulk_create(
        [Person(handle=f"crowd{index}", name=f"Crowd {index}", kind=Person.Kind.GUEST) for index in range(1_000)]
    )
    Membership.objects.bulk_create([Membership(room=lobby, person=one) for one in crowd])
    heard: list[RoomChanges] = []

    def hear(changes: RoomChanges, **_: Any) -> None:
        heard.append(changes)

    for one in crowd:
        writers.react(str(one.pk), one, lobby, 1, "🎉")
    published.connect(hear)
    try:
        answers = writers.write()
    finally:
        published.disconnect(hear)
    assert len(heard) == writers.queue.stats.act_batches <= 4
    assert set(answers) == {changes.frame["to"] for changes in heard}
    (reaction,) = heard[-1].frame["messages"][0]["reactions"]
    assert (reaction["count"], len(reaction["people"])) == (1_000, 50)
    assert MessageReaction.objects.count() == 1_000
