"""What is written by another process reaches every screen, without a broker: the sweep finds it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from django.db import connection
from tests.accounts import new_person
from tests.play import Stage
from tests.serving import ThreadServer

from groupchat.actions import messages, rooms
from groupchat.actions.people import end_sessions
from groupchat.models import Message, Person, Room
from groupchat.realtime.delivery import publish

pytestmark = pytest.mark.usefixtures("server")


def shell(code: str) -> str:
    """`groupchat shell -c`, on the database of the tests; what it printed."""
    path = connection.settings_dict["NAME"]
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{path}"
    if connection.vendor != "sqlite":
        url = url.rpartition("/")[0] + f"/{path}"
    ended = subprocess.run(
        [sys.executable, "-m", "groupchat.server", "shell", "-c", code],
        env=os.environ | {"DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_a_message_from_a_shell(stage: Stage) -> None:
    alice, bob = stage.guests("alice", "bob")
    alice.enters("lobby")
    bob.enters("lobby")
    bob.enters("attic")
    bob.opens(alice.room)
    shell(
        "from groupchat.actions import messages, rooms\n"
        "author = Person.objects.get(name='alice')\n"
        "room = Room.objects.get(name='lobby')\n"
        "messages.post([messages.Post(room.pk, author, 'from the console', 'c1')])\n"
        "rooms.leave(person=Person.objects.get(name='bob'), room_id=Room.objects.get(name='attic').pk)\n"
    )
    bob.sees("from the console")
    alice.sees("from the console")
    alice.has_unread(0)
    bob.client.wait(lambda: all(view.info["name"] != "attic" for view in bob.state.rooms.values()))
    alice.posts("and on")
    bob.sees("from the console", "and on")
    assert bob.state.holes == 0


@pytest.fixture
def unheard(server: ThreadServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commits of this process are told to nobody, as those of another process without a broker."""
    monkeypatch.setattr(publish, "_listeners", set())


def test_the_last_word_before_silence(stage: Stage, unheard: None) -> None:
    alice, bob = stage.guests("alice", "bob")
    alice.enters("lobby")
    bob.enters("lobby")
    alice.posts("one")
    alice.posts("two")
    bob.sees_only("one", "two")
    alice.sees_only("one", "two")
    alice.sees_members(alice, bob)
    bob.reads()
    phone = bob.on_another_device()
    phone.has_room("lobby")
    phone.has_unread(0)
    alice.posts("three")
    phone.has_unread(1)
    phone.reads(3)
    bob.has_unread(0)


def test_sign_out_elsewhere(stage: Stage, unheard: None) -> None:
    grace = stage.guest("Grace")
    grace.enters("lobby")
    position = grace.state.seq
    end_sessions(person=Person.objects.get(pk=grace.id))
    grace.client.wait(lambda: grace.state.seq > position)


def test_a_burst_elsewhere_is_more_than_one_frame_carries(
    stage: Stage, unheard: None, options: object, server: ThreadServer
) -> None:
    options(max_changes=50)  # type: ignore[operator]
    alice = stage.guest("alice")
    alice.enters("lobby")
    bob = stage.guest("bob")
    bob.looks_into("lobby")
    author, room = Person.objects.get(pk=alice.id), Room.objects.get()
    messages.post([messages.Post(room.pk, author, str(index), f"b{index}") for index in range(60)])
    for one in (alice, bob):
        one.client.wait(lambda one=one: one.state.resets)
        one.client.wait(lambda one=one: one.view.position is not None and one.view.windows)
        one.sees("10", "59")
    alice.posts("on")
    bob.sees("59", "on")


def test_an_older_database(stage: Stage, server: ThreadServer) -> None:
    """The counters went back: everybody takes what there is anew."""
    alice, bob = stage.guests("alice", "bob")
    alice.enters("lobby")
    bob.enters("lobby")
    for index in range(5):
        alice.posts(str(index))
    bob.sees("0", "4")
    Message.objects.filter(number__gt=3).delete()
    Room.objects.update(seq=6, last_number=3)
    bob.client.wait(lambda: bob.state.resets)
    bob.sees_only("0", "1", "2")
    alice.posts("anew")
    bob.sees_only("0", "1", "2", "anew")


def test_a_room_that_is_gone(stage: Stage, server: ThreadServer) -> None:
    alice = new_person("alice")
    room = rooms.create(person=alice, name="lobby")
    looker = stage.guest("looker")
    looker.looks_into("lobby")
    room.delete()
    looker.client.wait(lambda: any(frame["type"] == "reset" for frame in looker.client.frames))
    server.wait(lambda runtime: not runtime.hub.topics)
    looker.is_refused("not_found", "messages", room=room.pk or looker.room)
