"""Who looks after the site, and what they do to its people."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from tests.accounts import cookies_of

from groupchat.actions import members, memberships, messages, rooms, sanctions, tokens
from groupchat.actions.administration import make_admin, sign_out_everywhere, suspend
from groupchat.errors import ChatError, Forbidden, NotFound
from groupchat.models import AuditEntry, Person, Room

from .conftest import Ear
from .says import say

Make = Callable[..., Person]


@pytest.fixture
def root(person: Make) -> Person:
    return person("root", is_owner=True)


@pytest.fixture
def warden(person: Make) -> Person:
    return person("warden", is_admin=True)


def refuses(kind: type[ChatError], act: Callable[..., object], **arguments: object) -> None:
    before = AuditEntry.objects.count()
    with pytest.raises(kind):
        act(**arguments)
    assert AuditEntry.objects.count() == before


def test_owners_alone_say_who_administers(root: Person, warden: Person, alice: Person, guest: Make) -> None:
    refuses(NotFound, make_admin, person=alice, by=alice)
    refuses(Forbidden, make_admin, person=alice, by=warden)
    refuses(Forbidden, make_admin, person=guest("grace"), by=root)
    refuses(Forbidden, make_admin, person=root, by=root)
    assert make_admin(person=alice, by=root).is_admin
    entry = AuditEntry.objects.order_by("-pk")[0]
    assert (entry.act, entry.by_id, entry.person_id) == ("make admin", root.pk, alice.pk)
    assert not make_admin(person=alice, is_admin=False, by=root).is_admin
    assert AuditEntry.objects.order_by("-pk")[0].act == "unmake admin"


def test_it_is_said_once_and_live_sockets_learn_of_it(alice: Person, ear: Ear) -> None:
    make_admin(person=alice)
    make_admin(person=alice)
    assert [one.sessions for one in ear.of_person(alice.pk)] == [True]
    assert AuditEntry.objects.filter(act="make admin", person_id=alice.pk).count() == 1


def test_an_administrator_moderates_open_rooms(
    warden: Person, lobby: Room, cellar: Room, alice: Person, bob: Person
) -> None:
    memberships.add(room=lobby, people=[bob])
    say(bob, lobby, "spam")
    messages.delete(person=warden, room_id=lobby.pk, number=1)
    sanctions.silence(person=warden, room_id=lobby.pk, target_id=alice.pk, seconds=60)
    members.remove(person=warden, room_id=lobby.pk, target_id=bob.pk)
    rooms.archive(person=warden, room_id=lobby.pk)
    for act in (rooms.archive, rooms.delete):
        refuses(NotFound, act, person=warden, room_id=cellar.pk)


def test_nobody_sends_out_who_ranks_above(warden: Person, root: Person, lobby: Room) -> None:
    memberships.add(room=lobby, people=[root, warden])
    refuses(Forbidden, members.remove, person=warden, room_id=lobby.pk, target_id=root.pk)
    members.remove(person=root, room_id=lobby.pk, target_id=warden.pk)


def test_suspending(root: Person, warden: Person, alice: Person, person: Make, ear: Ear) -> None:
    for target in (root, warden, person("another", is_admin=True)):
        refuses(Forbidden, suspend, person=target, by=warden)
    refuses(NotFound, suspend, person=warden, by=alice)
    assert not suspend(person=alice, by=warden).is_admitted
    assert ear.of_person(alice.pk)[-1].sessions
    assert suspend(person=alice, suspended=False, by=warden).is_admitted
    assert not suspend(person=warden, by=root).is_admitted
    refuses(NotFound, suspend, person=alice, by=warden)  # who is suspended looks after nothing


def test_signing_out_everywhere(warden: Person, root: Person, alice: Person, bob: Person) -> None:
    mine = {cookies_of(alice).popitem()[1] for _ in range(2)}
    other = cookies_of(bob).popitem()[1]
    secret = tokens.issue(person=alice, name="terminal")
    refuses(Forbidden, sign_out_everywhere, person=root, by=warden)
    sign_out_everywhere(person=alice, by=warden)
    left = set(Session.objects.values_list("session_key", flat=True))
    assert other in left
    assert not mine & left
    assert tokens.people_of(secrets=[secret]) == {}
    assert Person.objects.get(pk=alice.pk).is_admitted


def test_a_guest_administers_nothing(guest: Make, lobby: Room) -> None:
    grace = guest("grace")
    Person.objects.filter(pk=grace.pk).update(is_admin=True)
    grace.refresh_from_db()
    refuses(Forbidden, rooms.archive, person=grace, room_id=lobby.pk)
