"""Actions inside the site's own transactions: nothing is published before the outermost commit."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from bookclub.models import Reader
from django.db import transaction

from groupchat.actions import rooms
from groupchat.actions.messages import Post, Posted, post
from groupchat.actions.people import person_of_user
from groupchat.models import Message, Person, Room
from groupchat.publication import MyChanges, RoomChanges, published

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def heard() -> Iterator[list[RoomChanges | MyChanges]]:
    """What was published since the test began."""
    heard: list[RoomChanges | MyChanges] = []

    def listen(*, changes: RoomChanges | MyChanges, **_: object) -> None:
        heard.append(changes)

    published.connect(listen)
    yield heard
    published.disconnect(listen)


@pytest.fixture
def ada() -> Person:
    return person_of_user(user=Reader.objects.create_user("ada@example.org", name="Ada"))


@pytest.fixture
def room(ada: Person) -> Room:
    return rooms.create(person=ada, name="General")


def bodies(heard: list[RoomChanges | MyChanges]) -> list[str]:
    return [
        message["body"]
        for changes in heard
        if isinstance(changes, RoomChanges)
        for message in changes.frame.get("messages", ())
    ]


def test_published_after_the_outermost_commit(ada: Person, room: Room, heard: list[RoomChanges | MyChanges]) -> None:
    with transaction.atomic():
        Reader.objects.create_user("grace@example.org")
        with transaction.atomic():
            (posted,) = post([Post(room.pk, ada, "Grace has joined the club", "one")])
        assert isinstance(posted, Posted)
        assert bodies(heard) == []
    assert bodies(heard) == ["Grace has joined the club"]


def test_what_the_site_undoes_never_was(ada: Person, room: Room, heard: list[RoomChanges | MyChanges]) -> None:
    before = Room.objects.values().get(pk=room.pk)
    with transaction.atomic():
        post([Post(room.pk, ada, "never said", "one")])
        transaction.set_rollback(True)
    assert bodies(heard) == []
    assert not Message.objects.exists()
    assert Room.objects.values().get(pk=room.pk) == before
    post([Post(room.pk, ada, "said", "two")])
    assert bodies(heard) == ["said"]
    assert Message.objects.get().number == 1, "no number is lost by what was undone"


def test_an_inner_part_that_is_undone_takes_only_its_own_along(
    ada: Person, room: Room, heard: list[RoomChanges | MyChanges]
) -> None:
    with transaction.atomic():
        post([Post(room.pk, ada, "first", "one")])
        with transaction.atomic():
            post([Post(room.pk, ada, "never said", "two")])
            transaction.set_rollback(True)
        post([Post(room.pk, ada, "second", "three")])
    assert bodies(heard) == ["first", "second"]
    said = [changes.frame for changes in heard if isinstance(changes, RoomChanges) and "messages" in changes.frame]
    assert said[0]["to"] == said[1]["since"], "the ranges join without a hole"


def test_several_actions_in_one_transaction_are_published_in_order(
    ada: Person, room: Room, heard: list[RoomChanges | MyChanges]
) -> None:
    heard.clear()
    with transaction.atomic():
        rooms.rename(person=ada, room_id=room.pk, name="Middlemarch")
        post([Post(room.pk, ada, "A new name for a new month", "one")])
        rooms.set_topic(person=ada, room_id=room.pk, topic="Chapters 1 to 10")
    ranges = [(one.frame["since"], one.frame["to"]) for one in heard if isinstance(one, RoomChanges)]
    assert len(ranges) == 3
    assert all(first[1] == second[0] for first, second in pairwise(ranges))


def test_a_listener_that_fails_harms_nobody(ada: Person, room: Room, heard: list[RoomChanges | MyChanges]) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("a listener of the site is wrong")

    published.connect(fail)
    try:
        (posted,) = post([Post(room.pk, ada, "said", "one")])
    finally:
        published.disconnect(fail)
    assert isinstance(posted, Posted)
    assert Message.objects.get().body == "said"
