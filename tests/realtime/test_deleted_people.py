"""Who deletes themselves is out of every socket at once, and everybody sees it."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from tests.accounts import cookies_of, new_person
from tests.play import Stage
from tests.sockets import DEADLINE_SECONDS

from groupchat.actions.deleted_people import delete_person
from groupchat.actions.tokens import issue
from groupchat.errors import Close
from groupchat.models import Membership, Message, Person

pytestmark = pytest.mark.usefixtures("server")


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_sockets_end_and_messages_go(stage: Stage) -> None:
    bob = new_person("bob")
    gone, alice = stage.user("bob", cookies_of(bob)), stage.user("alice", cookies_of(new_person("alice")))
    program = stage.client(token=issue(person=bob, name="a program")).open()
    gone.enters("lobby")
    alice.enters("lobby")
    gone.posts("hello")
    alice.sees("hello")
    for client in (gone.client, program):
        client.drain()
    delete_person(person=bob, erases=True)
    assert gone.client.closed_with() == Close.SIGNED_OUT
    assert program.closed_with() == Close.SIGNED_OUT
    until(lambda: not Message.objects.filter(author=bob, deleted_at=None).exists())
    until(lambda: not Membership.objects.filter(person=bob, state=Membership.State.JOINED).exists())
    alice.does_not_see("hello")
    assert Person.objects.get(pk=bob.pk).name == "Deleted person"
