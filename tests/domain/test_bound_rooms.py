"""Rooms for something of the site's, and members as the site says them."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.contrib.auth.models import Group
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from tests.accounts import new_user

from groupchat.actions import bots, memberships, rooms, sanctions
from groupchat.actions.people import person_of_user, set_active
from groupchat.errors import Invalid, NameTaken, NotFound
from groupchat.models import AuditEntry, Membership, Person, Room
from groupchat.models.rooms import key_of

from .conftest import Ear

Make = Callable[..., Person]


def members(room: Room) -> dict[int, str]:
    joined = Membership.objects.filter(room=room, state=Membership.State.JOINED)
    return dict(joined.values_list("person_id", "role"))


@pytest.fixture
def project() -> Group:
    """Something of the site's, of a model that every site has."""
    return Group.objects.create(name="Bridge")


def test_an_object_has_one_room(project: Group, alice: Person) -> None:
    room = rooms.for_object(project, name="The bridge", topic="steel", members=[alice])
    again = rooms.for_object(project, name="Another name")
    assert (again.pk, again.name, again.kind, again.topic) == (room.pk, "The bridge", "private", "steel")
    assert members(room) == {alice.pk: "member"}
    assert room.bound_object == project == again.bound_object
    assert rooms.find_for_object(project) == room
    assert AuditEntry.objects.get(act="make room").after == {"for": f"auth.group:{project.pk}"}


def test_a_text_names_a_thing_too() -> None:
    room = rooms.for_object("order 4711", name="Order", kind="public")
    assert rooms.for_object("order 4711", name="Order") == room != rooms.for_object("order 4712", name="Other")
    assert room.bound_object is None
    with pytest.raises(NameTaken):
        rooms.for_object("order 4713", name="Order", kind="public")
    with pytest.raises(Invalid):
        rooms.for_object("order 4713", name="Order", kind="direct")


def test_what_has_no_key_has_no_room() -> None:
    for thing in (Group(name="not saved"), "", "x" * 256):
        with pytest.raises(ValueError, match="has a key"):
            key_of(thing)


def test_what_is_for_nothing_costs_no_question(lobby: Room) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert lobby.bound_object is None
    assert not queries


def test_many_ask_at_once(project: Group) -> None:
    found: list[int] = []
    start = threading.Barrier(4)

    def ask() -> None:
        start.wait(30)
        try:
            found.append(rooms.for_object(project, name="Bridge").pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 4
    assert len(set(found)) == 1


@pytest.mark.parametrize("then", ["archive", "delete", "keep"])
def test_an_object_goes(then: str, project: Group, alice: Person) -> None:
    room = rooms.for_object(project, name="Bridge", members=[alice])
    assert rooms.release(project, then=then) == room
    room.refresh_from_db()
    assert (room.archived_at is not None, room.deleted_at is not None) == (then == "archive", then == "delete")
    assert room.object_key is None
    assert rooms.release(project) is None
    assert rooms.for_object(project, name="Bridge") != room


def test_the_room_of_a_deleted_object_is_archived(project: Group) -> None:
    rooms.when_deleted(Group)
    room = rooms.for_object(project, name="Bridge")
    project.delete()
    room.refresh_from_db()
    assert room.archived_at is not None


def test_a_room_that_was_deleted_comes_back(project: Group, alice: Person, person: Make) -> None:
    room = rooms.for_object(project, name="Bridge", members={alice: "owner"})
    rooms.delete(person=alice, room_id=room.pk)
    assert rooms.find_for_object(project) is None
    back = rooms.for_object(project, name="Bridge")
    assert (back.pk, back.deleted_at) == (room.pk, None)
    assert members(back) == {alice.pk: "owner"}


def test_members_are_those_that_the_site_says(project: Group, alice: Person, bob: Person, ear: Ear) -> None:
    user = new_user("carol")
    carol = person_of_user(user=user)
    room = rooms.for_object(project, name="Bridge", members=[alice, bob])
    done = memberships.sync(room=room, people=[bob, user])
    assert (done.added, done.removed, done.changed) == ([carol.pk], [alice.pk], [])
    assert members(room) == {bob.pk: "member", carol.pk: "member"}
    (last,) = ear.of_room(room.pk)[-1:]
    assert set(last.out) == {alice.pk}
    mine = ear.of_person(carol.pk)[-1].frame
    assert [one["room"]["id"] for one in mine["rooms"]] == [room.pk]
    assert mine["to"] == Person.objects.get(pk=carol.pk).seq == mine["since"] + 1
    heard = len(ear.heard)
    assert memberships.sync(room=room, people=[bob, user]) == memberships.Synced([], [], [])
    assert len(ear.heard) == heard


def test_roles_are_those_that_the_site_says(project: Group, alice: Person, bob: Person) -> None:
    room = rooms.for_object(project, name="Bridge", members=[alice])
    done = memberships.sync(room=room, people={alice: "moderator", bob: "reader"})
    assert (done.added, done.changed) == ([bob.pk], [alice.pk])
    assert members(room) == {alice.pk: "moderator", bob.pk: "reader"}
    memberships.sync(room=room, people=[alice, bob])
    assert members(room) == {alice.pk: "moderator", bob.pk: "reader"}
    with pytest.raises(Invalid):
        memberships.add(room=room, people={alice: "king"})


def test_who_is_banned_or_switched_off_is_not_brought_in(lobby: Room, alice: Person, bob: Person, person: Make) -> None:
    off = person("off")
    set_active(person=off, is_active=False)
    sanctions.ban(person=alice, room_id=lobby.pk, target_id=bob.pk)
    assert memberships.add(room=lobby, people=[bob, off]).added == []


def test_bots_stay(lobby: Room, alice: Person) -> None:
    bot = bots.make(name="Bot")
    memberships.add(room=lobby, people=[bot])
    memberships.sync(room=lobby, people=[alice])
    assert set(members(lobby)) == {bot.pk, alice.pk}
    assert memberships.remove(room=lobby, people=[bot]).removed == [bot.pk]


def test_a_room_goes_on_to_the_next_in_line(lobby: Room, alice: Person, bob: Person) -> None:
    memberships.add(room=lobby, people=[bob])
    memberships.remove(room=lobby, people=[alice])
    assert members(lobby) == {bob.pk: "owner"}


def test_a_room_is_made_with_members(alice: Person, bob: Person) -> None:
    room = rooms.create(person=alice, name="Attic", kind="private", members=[bob])
    assert members(room) == {alice.pk: "owner", bob.pk: "member"}


def test_nobody_is_brought_into_a_room_that_is_gone(lobby: Room, alice: Person, bob: Person) -> None:
    rooms.delete(person=alice, room_id=lobby.pk)
    with pytest.raises(NotFound):
        memberships.add(room=lobby, people=[bob])


def test_more_people_are_not_more_statements(lobby: Room, person: Make) -> None:
    people = [person("some") for _ in range(40)]
    counts = []
    for some in (people[:5], people[5:]):
        with CaptureQueriesContext(connection) as queries:
            memberships.add(room=lobby, people=some)
        with CaptureQueriesContext(connection) as more:
            memberships.remove(room=lobby, people=some)
        counts.append((len(queries), len(more)))
    assert counts[1][0] <= counts[0][0] + 2, counts
    assert counts[1][1] <= counts[0][1] + 2, counts  # SQLite takes so many values at once
