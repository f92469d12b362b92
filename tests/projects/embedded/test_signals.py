"""The signals of `groupchat.signals`, as a site hears them: after the commit, from the worker of its own server."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from bookclub.models import Reader
from django.db import connection, transaction
from tests.serving import PLAIN, ThreadServer

from groupchat import signals
from groupchat.actions import messages, rooms
from groupchat.actions.messages import Post
from groupchat.actions.people import person_of_user
from groupchat.events import Event, MemberJoined, MemberLeft, MessageDeleted, MessageEdited, MessagePosted, RoomCreated
from groupchat.models import Effect, Message, Person

SECONDS = 60.0

pytestmark = pytest.mark.django_db(transaction=True)


class Hears:
    """A receiver; it raises as often as it is told to."""

    def __init__(self) -> None:
        self.heard: list[tuple[int, Event]] = []
        self.raises = 0
        self.seen: list[int] = []  # messages that its own connection to the database found each time
        self._changed = threading.Condition()

    def hear(self, sender: type[Event], event: Event, effect_id: int, **_: Any) -> None:
        assert sender is type(event)
        assert not connection.in_atomic_block
        with self._changed:
            self.heard.append((effect_id, event))
            self.seen.append(Message.objects.count())
            self._changed.notify_all()
            if self.raises:
                self.raises -= 1
                raise RuntimeError("the site's mail server is away")

    def wait(self, count: int) -> list[Event]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.heard) >= count, SECONDS), self.heard
        return [event for _, event in self.heard]


@pytest.fixture
def hears() -> Iterator[Hears]:
    """Connected to all signals."""
    hears = Hears()
    for signal in signals.SIGNALS.values():
        signal.connect(hears.hear)
    yield hears
    for signal in signals.SIGNALS.values():
        signal.disconnect(hears.hear)


@pytest.fixture
def server(settings: Any) -> Iterator[ThreadServer]:
    """The site's own, with the worker in it."""
    settings.GROUPCHAT = {"EFFECT_PAUSE_SECONDS": 0}
    server = ThreadServer(PLAIN).start()
    yield server
    server.stop()


@pytest.fixture
def ada(transactional_db: None) -> Person:
    return person_of_user(user=Reader.objects.create_user("ada@example.org", name="Ada"))


def test_a_site_hears_what_happened(ada: Person, hears: Hears, server: ThreadServer) -> None:
    room = rooms.create(person=ada, name="General")
    messages.post([Post(room.pk, ada, "hi", "one")])
    messages.edit(person=ada, room_id=room.pk, number=1, body="hello")
    messages.delete(person=ada, room_id=room.pk, number=1)
    rooms.leave(person=ada, room_id=room.pk)
    assert hears.wait(6) == [
        RoomCreated(room.pk, ada.pk),
        MemberJoined(room.pk, ada.pk),
        MessagePosted(room.pk, 1, ada.pk),
        MessageEdited(room.pk, 1, ada.pk),
        MessageDeleted(room.pk, 1, ada.pk, ada.pk),
        MemberLeft(room.pk, ada.pk),
    ]


def test_after_the_outermost_commit(ada: Person, hears: Hears, server: ThreadServer) -> None:
    room = rooms.create(person=ada, name="General")
    hears.wait(2)
    with transaction.atomic():
        messages.post([Post(room.pk, ada, "never said", "one")])
        transaction.set_rollback(True)
    with transaction.atomic():
        messages.post([Post(room.pk, ada, "said", "two")])
        messages.post([Post(room.pk, ada, "said, too", "three")])
    assert hears.wait(4)[2:] == [MessagePosted(room.pk, 1, ada.pk), MessagePosted(room.pk, 2, ada.pk)]
    assert hears.seen[2] == 2  # what else the transaction did is there as well


def test_a_receiver_that_raises_hears_it_again(ada: Person, hears: Hears, server: ThreadServer) -> None:
    """Under the same id, before anything later of that room. Others hear it each time, too."""
    others: list[int] = []

    def other(effect_id: int, **_: Any) -> None:
        others.append(effect_id)

    signals.message_posted.connect(other)
    room = rooms.create(person=ada, name="General")
    hears.wait(2)
    hears.raises = 2
    server.wait(lambda runtime: runtime.effects.stats.done == 2)
    messages.post([Post(room.pk, ada, "hi", "one"), Post(room.pk, ada, "hello", "two")])
    first, second = MessagePosted(room.pk, 1, ada.pk), MessagePosted(room.pk, 2, ada.pk)
    assert hears.wait(6)[2:] == [first, first, first, second]
    ids = [effect_id for effect_id, _ in hears.heard[2:]]
    assert len(set(ids[:3])) == 1
    server.wait(lambda runtime: runtime.effects.stats.done == 4)
    assert others == ids
    signals.message_posted.disconnect(other)


def test_nobody_connected_nothing_written(ada: Person) -> None:
    room = rooms.create(person=ada, name="General")
    messages.post([Post(room.pk, ada, "hi", "one")])
    assert not Effect.objects.exists()
