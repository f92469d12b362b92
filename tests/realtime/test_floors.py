"""Newcomers of a room that shows them nothing older: whatever they ask, whatever happens, no word of it is theirs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from tests.play import Actor, Stage
from tests.serving import ThreadServer

from groupchat.actions import messages, rooms
from groupchat.models import Membership, Person, Room
from groupchat.realtime.delivery import publish
from groupchat.realtime.fanout.topics import TopicKey

pytestmark = pytest.mark.usefixtures("server")

CANARY = "canary"
HIDDEN = 5


def heard(actor: Actor) -> str:
    """Everything that this socket ever received."""
    actor.client.drain()
    return json.dumps(actor.client.frames)


@pytest.fixture
def alice(stage: Stage) -> Actor:
    """Owns a room with a past, whose newcomers see nothing of it; Hank, who wrote in it, has left."""
    alice, hank = stage.guests("alice", "Hank the hidden")
    alice.enters("lobby")
    hank.enters("lobby")
    alice.posts(f"{CANARY} 1")
    hank.posts(f"{CANARY} 2")
    alice.posts(f"{CANARY} 3")
    alice.edits(f"{CANARY} 3", f"{CANARY} 3, again")
    alice.posts(f"{CANARY} 4")
    alice.sets_the_topic(f"{CANARY} topic")
    alice.sets_the_topic("A topic of today")
    alice.posts(f"{CANARY} 5")
    hank.leaves()
    alice.shows_newcomers("joined")
    return alice


def test_a_newcomer_sees_what_comes_and_nothing_older(alice: Actor, stage: Stage) -> None:
    bob = stage.guest("bob")
    state = bob.enters("lobby")
    assert state["me"]["floor"] == HIDDEN + 1
    alice.posts("welcome")
    bob.sees_only("welcome")
    alice.edits(f"{CANARY} 1", f"{CANARY} 1, edited")
    alice.deletes(f"{CANARY} 4")
    alice.posts("go on")
    bob.sees_only("welcome", "go on")
    alice.sees(f"{CANARY} 1, edited", "go on")
    bob.has_unread(2)
    assert CANARY not in heard(bob)
    assert "Hank" not in heard(bob), "nobody is introduced for what is hidden"
    assert bob.state.holes == 0


def test_the_range_of_what_is_hidden_reaches_a_newcomer(alice: Actor, stage: Stage) -> None:
    bob = stage.guest("bob")
    bob.enters("lobby")
    alice.edits(f"{CANARY} 1", "something else")
    seq = Room.objects.get(pk=alice.room).seq
    bob.client.wait(lambda: bob.view.position == seq)
    last = bob.client.frames[-1]
    assert last == {"type": "changes", "room": bob.room, "since": seq - 1, "to": seq, "last_number": HIDDEN}


def test_a_canary(alice: Actor, stage: Stage, server: ThreadServer) -> None:
    """All commands, with all numbers, on a new device, after a loss, and as one who only looks in."""
    bob, looker = stage.guests("bob", "looker")
    bob.enters("lobby")
    looker.looks_into("lobby")
    alice.posts("welcome")
    for actor in (bob, looker):
        actor.sees_only("welcome")
        asks_for_everything(actor)
        actor.goes_offline()
    alice.edits(f"{CANARY} 1", f"{CANARY} 1, edited while they were away")
    alice.deletes(f"{CANARY} 2")
    for actor in (bob, looker):
        actor.comes_back()
        actor.client.call("ping")
        asks_for_everything(actor)
    phone = bob.on_another_device()
    phone.has_room("lobby")
    asks_for_everything(phone)
    bob.leaves()
    alice.posts(f"{CANARY} while bob is out")
    bob.enters("lobby")
    alice.edits(f"{CANARY} while bob is out", f"{CANARY} and it is edited")
    alice.posts("welcome back")
    bob.sees_only("welcome back")
    asks_for_everything(bob)
    for actor in (bob, phone):
        assert CANARY not in heard(actor), actor.name
    # Who looks in hears what passes, and that message did; before it they are told nothing.
    frames = [frame for frame in looker.client.frames if CANARY in json.dumps(frame)]
    assert all("while bob is out" in text or "it is edited" in text for text in words(frames))


def words(frames: list[Any]) -> list[str]:
    return [one["body"] for frame in frames for one in frame.get("messages", ())]


def asks(actor: Actor, type_: str, **members: Any) -> None:
    """Whatever the answer: an error is one, and a frame without `result`, too."""
    ref = actor.client.start(type_, **members)
    actor.client.wait(lambda: any(frame.get("ref") == ref for frame in actor.client.frames))


def asks_for_everything(actor: Actor) -> None:
    """Whatever is refused is refused; what matters is what the answers hold."""
    room = actor.room
    numbers = range(1, HIDDEN + 4)
    for number in numbers:
        for where in ("before", "after", "around"):
            for limit in (1, 50):
                asks(actor, "messages", room=room, limit=limit, **{where: number})
        asks(actor, "message.versions", room=room, number=number)
        asks(actor, "message.reactions", room=room, number=number, emoji="🎉")
        asks(actor, "thread", room=room, root=number)
        asks(actor, "thread", room=room, root=HIDDEN + 1, after=0)
        asks(actor, "message.react", room=room, number=number, emoji="🎉", on=True)
        asks(actor, "message.pin", room=room, number=number, on=True)
        asks(actor, "message.edit", room=room, number=number, body="mine now")
        asks(actor, "message.delete", room=room, number=number)
    asks(actor, "pins", room=room)
    asks(actor, "messages", room=room)
    asks(actor, "members", room=room)
    for since in range(Room.objects.get(pk=room).seq + 2):
        asks(actor, "changes", room=room, since=since)
    asks(actor, "changes", since=0)
    asks(actor, "subscribe", room=room)
    asks(actor, "messages", room=room)


def test_an_answer_to_what_is_hidden_tells_its_number_alone(alice: Actor, stage: Stage) -> None:
    bob = stage.guest("bob")
    bob.enters("lobby")
    alice.client.call("message.post", room=alice.room, body="as I said", client_message_id="q", reply_to=2)
    bob.sees("as I said")
    assert bob.view.shown()[0]["reply_to"] == 2
    bob.client.call("messages", room=bob.room, around=2, limit=1)
    assert CANARY not in heard(bob)


def test_those_who_were_there_go_on_seeing_everything(stage: Stage) -> None:
    alice, bob = stage.guests("alice", "bob")
    alice.enters("lobby")
    bob.enters("lobby")
    alice.posts("before")
    alice.shows_newcomers("joined")
    alice.edits("before", "before, edited")
    alice.posts("after")
    bob.sees_only("before, edited", "after")
    bob.goes_offline()
    bob.comes_back()
    bob.sees_only("before, edited", "after")


def test_a_room_that_shows_everything_again(alice: Actor, stage: Stage) -> None:
    bob = stage.guest("bob")
    bob.enters("lobby")
    alice.posts("welcome")
    alice.shows_newcomers("all")
    bob.client.wait(lambda: bob.view.me is not None and bob.view.me["floor"] == 0)
    bob.scrolls_up()
    bob.sees_only(
        *(f"{CANARY} {number}" for number in (1, 2)), f"{CANARY} 3, again", f"{CANARY} 4", f"{CANARY} 5", "welcome"
    )
    alice.edits(f"{CANARY} 1", "edited")
    bob.sees("edited", "welcome")
    assert bob.state.holes == 0


def test_who_looks_in_while_a_room_begins_to_hide_must_take_it_anew(stage: Stage) -> None:
    alice, looker = stage.guests("alice", "looker")
    alice.enters("lobby")
    alice.posts("one")
    looker.looks_into("lobby")
    looker.sees_only("one")
    alice.shows_newcomers("joined")
    looker.client.wait(lambda: looker.state.resets == 1)
    looker.client.wait(lambda: looker.view.position is not None and looker.view.floor == 2)
    alice.edits("one", f"{CANARY}")
    alice.posts("two")
    looker.sees_only("two")
    assert CANARY not in heard(looker)


def test_who_looks_in_and_joins_sees_from_their_joining_on(alice: Actor, stage: Stage) -> None:
    bob = stage.guest("bob")
    bob.looks_into("lobby")
    alice.posts("while bob looks in")
    bob.sees_only("while bob looks in")
    bob.joins()
    alice.posts("welcome")
    bob.sees_only("welcome")
    assert bob.view.floor == HIDDEN + 2


@pytest.fixture
def unheard(server: ThreadServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commits of this process are told to nobody, as those of another process without a broker: repair tells them."""
    monkeypatch.setattr(publish, "_listeners", set())


def test_what_another_process_did_is_told_by_the_same_rule(alice: Actor, stage: Stage, unheard: None) -> None:
    bob = stage.guest("bob")
    bob.enters("lobby")
    alice.edits(f"{CANARY} 1", f"{CANARY} 1, edited elsewhere")
    alice.posts("welcome")
    bob.sees_only("welcome")
    alice.sees(f"{CANARY} 1, edited elsewhere", "welcome")
    assert CANARY not in heard(bob)


def test_a_return_that_nobody_heard_of_raises_the_floor(
    stage: Stage, server: ThreadServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Out and in again before any look at the database: nothing ends the subscription, and it must not tell what was
    said between.
    """
    alice, bob = stage.guests("alice", "bob")
    alice.enters("lobby")
    bob.enters("lobby")
    alice.posts("before")
    bob.sees("before")
    alice.shows_newcomers("joined")
    monkeypatch.setattr(publish, "_listeners", set())
    owner, person = Person.objects.get(pk=alice.id), Person.objects.get(pk=bob.id)
    with transaction.atomic():  # one commit: no look can come between
        rooms.leave(person=person, room_id=alice.room)
        messages.post([messages.Post(alice.room, owner, f"{CANARY} between", "c")])
        rooms.join(person=person, room_id=alice.room)
        messages.post([messages.Post(alice.room, owner, "after", "d")])
    alice.sees("before", f"{CANARY} between", "after")
    bob.sees("after")
    assert CANARY not in heard(bob)
    key = TopicKey("room", alice.room)
    floors = server.ask(
        lambda runtime: sorted(map(runtime.hub.topics[key].floors.of, runtime.hub.topics[key].connections()))
    )
    assert floors == [0, 3]


def test_a_reset_raises_the_floor_too(
    stage: Stage, options: Callable[..., None], server: ThreadServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    options(max_changes=3)
    alice, bob = stage.guests("alice", "bob")
    alice.enters("lobby")
    bob.enters("lobby")
    alice.shows_newcomers("joined")
    monkeypatch.setattr(publish, "_listeners", set())
    owner, person = Person.objects.get(pk=alice.id), Person.objects.get(pk=bob.id)
    with transaction.atomic():
        rooms.leave(person=person, room_id=alice.room)
        for number in range(5):
            messages.post([messages.Post(alice.room, owner, f"{CANARY} {number}", f"c{number}")])
        rooms.join(person=person, room_id=alice.room)
    bob.client.wait(lambda: bob.state.resets)
    messages.edit(person=owner, room_id=alice.room, number=1, body=f"{CANARY} edited")
    messages.post([messages.Post(alice.room, owner, "after", "d")])
    bob.sees("after")
    assert CANARY not in heard(bob)


def test_at_the_tutorials_address_nothing_older_comes(alice: Actor, stage: Stage) -> None:
    bob = stage.guest("bob")
    bob.enters("lobby")
    alice.posts("welcome")
    membership = Membership.objects.get(room_id=alice.room, person_id=bob.id)
    assert (membership.floor, membership.last_read_number) == (HIDDEN + 1, HIDDEN)
