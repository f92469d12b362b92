"""What a site says to what somebody is about to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from groupchat import attempts
from groupchat.actions import members, memberships, messages, rooms, sanctions
from groupchat.actions.messages import Post, post
from groupchat.actions.people import Guest
from groupchat.attempts import Attempt
from groupchat.errors import ChatError, Forbidden, Unavailable
from groupchat.models import Membership, Message, Person, Room

from .says import say

Make = Callable[..., Person]


class Site:
    """Hears every attempt; says no to those of these kinds."""

    def __init__(self) -> None:
        self.heard: list[Attempt] = []
        self.refuses: type[Attempt] | None = None
        self.raises: Exception = Forbidden("The site says no.", why="site")

    def hear(self, attempt: Attempt, **_: Any) -> None:
        self.heard.append(attempt)
        if type(attempt) is self.refuses:
            raise self.raises


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    for signal in attempts.ATTEMPTS.values():
        signal.connect(site.hear)
    yield site
    for signal in attempts.ATTEMPTS.values():
        signal.disconnect(site.hear)


def acts(alice: Person, bob: Person, lobby: Room) -> dict[type[Attempt], list[Callable[[], object]]]:
    """What somebody does, by the attempt that it is."""
    here = {"person": alice, "room_id": lobby.pk}
    return {
        attempts.Editing: [lambda: messages.edit(**here, number=1, body="other")],
        attempts.Deleting: [lambda: messages.delete(**here, number=1)],
        attempts.Joining: [
            lambda: rooms.join(person=bob, room_id=lobby.pk),
            lambda: rooms.enter(person=bob, name="Lobby"),
            lambda: members.invite(**here, people=[bob.pk]),
        ],
        attempts.Leaving: [lambda: rooms.leave(**here)],
        attempts.MakingRoom: [
            lambda: rooms.create(person=alice, name="Attic"),
            lambda: rooms.enter(person=alice, name="Attic"),
            lambda: rooms.converse(person=alice, people=[bob.pk]),
        ],
        attempts.ChangingRoom: [
            lambda: rooms.rename(**here, name="Hall"),
            lambda: rooms.archive(**here),
            lambda: rooms.delete(**here),
        ],
    }


def state() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in (Room, Membership, Message)]


def test_what_the_site_refuses_is_not_written(alice: Person, bob: Person, lobby: Room, site: Site) -> None:
    say(alice, lobby, "hi")
    for kind, some in acts(alice, bob, lobby).items():
        for act in some:
            before, site.refuses = state(), kind
            with pytest.raises(Forbidden) as told:
                act()
            assert (told.value.why, state()) == ("site", before), kind
            site.refuses = None
    assert {type(one) for one in site.heard} | {attempts.Posting} == set(attempts.ATTEMPTS)


def test_a_post_is_refused_alone(alice: Person, lobby: Room, site: Site) -> None:
    def hear(attempt: Any, **_: Any) -> None:
        if attempt.body == "casino":
            raise Forbidden("No adverts.")

    attempts.posting.connect(hear)
    guest = Guest(uuid4(), "Grace")
    answers = post([Post(lobby.pk, alice, "hi", "one"), Post(lobby.pk, guest, "casino", "two")])
    attempts.posting.disconnect(hear)
    assert isinstance(answers[1], Forbidden)
    assert not isinstance(answers[0], ChatError)
    assert not Person.objects.filter(guest_id=guest.id).exists()
    posted = [one for one in site.heard if isinstance(one, attempts.Posting)]
    told = [(one.name, one.person, one.body) for one in posted]
    assert told == [(alice.name, alice, "hi"), ("Grace", None, "casino")]


def test_who_writes_comes_in(bob: Person, lobby: Room, site: Site) -> None:
    site.refuses = attempts.Joining
    (answer,) = post([Post(lobby.pk, bob, "hi", "one")])
    assert isinstance(answer, Forbidden)


def test_who_is_sent_out_and_by_whom(alice: Person, bob: Person, lobby: Room, site: Site) -> None:
    memberships.add(room=lobby, people=[bob])
    members.remove(person=alice, room_id=lobby.pk, target_id=bob.pk)
    assert site.heard[-1] == attempts.Leaving(lobby, bob, by=alice)


def test_what_would_be_different(alice: Person, lobby: Room, site: Site) -> None:
    rooms.configure(person=alice, room_id=lobby.pk, name="Hall", topic="")
    (attempt,) = site.heard
    assert isinstance(attempt, attempts.ChangingRoom)
    assert (attempt.room.name, attempt.facts) == ("Hall", ["name"])


def test_a_receiver_that_fails_refuses(alice: Person, lobby: Room, site: Site) -> None:
    site.refuses, site.raises = attempts.Posting, RuntimeError("a fault of the site")
    (answer,) = post([Post(lobby.pk, alice, "hi", "one")])
    assert isinstance(answer, Unavailable)


def test_code_of_the_site_asks_nobody(alice: Person, bob: Person, site: Site) -> None:
    room = rooms.for_object("order 1", name="Order", members=[alice])
    memberships.sync(room=room, people=[bob])
    assert site.heard == []


def test_a_ban_of_a_member_is_asked_and_of_others_is_not(alice: Person, bob: Person, lobby: Room, site: Site) -> None:
    memberships.add(room=lobby, people=[bob])
    site.refuses = attempts.Leaving
    before = state()
    with pytest.raises(Forbidden) as refused:
        sanctions.ban(person=alice, room_id=lobby.pk, target_id=bob.pk)
    assert refused.value.why == "site"
    assert state() == before
    asked = site.heard[-1]
    assert isinstance(asked, attempts.Leaving)
    assert (asked.room.pk, asked.person, asked.by) == (lobby.pk, bob, alice)
    site.refuses = None
    sanctions.ban(person=alice, room_id=lobby.pk, target_id=bob.pk)
    site.heard.clear()
    sanctions.ban(person=alice, room_id=lobby.pk, target_id=bob.pk, seconds=60)
    assert site.heard == [], "who is out already does not leave"
