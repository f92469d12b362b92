"""Who may come in: anyone, or only who was invited; guests of one room; rooms without guests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.test import override_settings
from tests.domain.says import answer, membership, rows, say

from groupchat import directory
from groupchat.access import access
from groupchat.actions import invites, members, rooms
from groupchat.actions.guests import act_as_new_guest
from groupchat.actions.messages import Posted
from groupchat.actions.people import Guest
from groupchat.actions.site import set_access
from groupchat.errors import ChatError, Forbidden, Invalid, NotFound
from groupchat.models import AuditEntry, Membership, Person, Room


@pytest.fixture
def root(person: Callable[..., Person]) -> Person:
    return person("root", is_owner=True)


@pytest.fixture
def invited() -> Iterator[None]:
    """The operator's choice, as long as no owner chose."""
    with override_settings(GROUPCHAT={"GUESTS": True, "ACCESS": "invited"}):
        yield


def somebody(name: str = "Grace") -> Guest:
    return Guest(uuid4(), name)


def comes_by_link(alice: Person, room: Room) -> Person:
    _, person = invites.accept_as_guest(guest=somebody(), token=invites.make(person=alice, room_id=room.pk).token)
    return Person.objects.get(pk=person.pk)


def test_an_owner_of_the_site_chooses(alice: Person, root: Person, invited: None) -> None:
    assert (access().invited, access().strangers_see_rooms) == (True, True)
    with pytest.raises(Forbidden):
        set_access(person=alice, access_to="open", strangers_see_rooms=True)
    with pytest.raises(Invalid):
        set_access(person=root, access_to="closed", strangers_see_rooms=True)
    set_access(person=root, access_to="open", strangers_see_rooms=False)
    assert (access().invited, access().strangers_see_rooms) == (False, False)
    assert AuditEntry.objects.get(act="access").before["access"] == "invited"


def test_nobody_new_comes_into_a_site_for_the_invited(alice: Person, lobby: Room, guest: Callable[..., Person]) -> None:
    known = guest("Known")
    with override_settings(GROUPCHAT={"GUESTS": True, "ACCESS": "invited"}):
        before = rows()
        refused = answer(somebody(), lobby)
        assert isinstance(refused, Forbidden)
        assert refused.why == "invited"
        for action, arguments in ((rooms.join, {"room_id": lobby.pk}), (rooms.enter, {"name": "New"})):
            with pytest.raises(Forbidden):
                act_as_new_guest(guest=somebody(), action=action, **arguments)
        assert rows() == before
        say(known, lobby)
        assert known.guest_id is not None
        assert isinstance(answer(Guest(known.guest_id, "Known"), lobby), Posted)
        rooms.enter(person=known, name="Theirs")


def test_a_guest_who_was_invited_into_a_room_is_in_that_room(
    alice: Person, bob: Person, lobby: Room, cellar: Room, invited: None
) -> None:
    grace = comes_by_link(alice, lobby)
    assert grace.is_confined
    say(grace, lobby)
    other = rooms.create(person=alice, name="Other")
    for room in (other, cellar):
        assert isinstance(answer(grace, room), NotFound)
        with pytest.raises(NotFound):
            rooms.join(person=grace, room_id=room.pk)
    for refused in (
        lambda: rooms.enter(person=grace, name="Other"),  # as if there were none
        lambda: rooms.enter(person=grace, name="New"),
        lambda: rooms.create(person=grace, name="New", kind="private"),
        lambda: rooms.converse(person=grace, people=[alice.pk]),
        lambda: members.invite(person=grace, room_id=lobby.pk, people=[bob.pk]),
        lambda: invites.make(person=grace, room_id=lobby.pk),
    ):
        with pytest.raises(Forbidden) as error:
            refused()
        assert error.value.why == "one_room"
    assert directory.find_rooms(grace).rooms == []
    assert directory.find_people(grace, query="alice") == []
    assert [one["room"]["id"] for one in directory.rooms(grace).rooms] == [lobby.pk]
    members.invite(person=alice, room_id=other.pk, people=[grace.pk])
    say(grace, other)
    members.remove(person=alice, room_id=lobby.pk, target_id=grace.pk)
    rooms.join(person=grace, room_id=lobby.pk)


def test_a_room_that_is_gone_lets_them_into_no_other(alice: Person, lobby: Room, invited: None) -> None:
    grace = comes_by_link(alice, lobby)
    Room.objects.filter(pk=lobby.pk).delete()
    other = rooms.create(person=alice, name="Other")
    assert isinstance(answer(Person.objects.get(pk=grace.pk), other), NotFound)


def test_they_are_let_into_all_by_a_link_to_the_site_or_when_it_is_open(
    alice: Person, root: Person, lobby: Room, invited: None
) -> None:
    one, two = comes_by_link(alice, lobby), comes_by_link(alice, lobby)
    invites.accept(person=one, token=invites.make(person=root).token)
    assert not Person.objects.get(pk=one.pk).is_confined
    assert Person.objects.get(pk=two.pk).is_confined
    set_access(person=root, access_to="open", strangers_see_rooms=True)
    assert not Person.objects.get(pk=two.pk).is_confined
    assert not comes_by_link(alice, lobby).is_confined


def test_strangers_see_which_rooms_there_are_or_not(alice: Person, lobby: Room) -> None:
    assert len(directory.find_rooms(None).rooms) == 1
    with override_settings(GROUPCHAT={"STRANGERS_SEE_ROOMS": False}):
        assert directory.find_rooms(None).rooms == []
        assert len(directory.find_rooms(alice).rooms) == 1


def test_into_a_room_without_guests_none_comes(
    alice: Person, bob: Person, lobby: Room, cellar: Room, guest: Callable[..., Person]
) -> None:
    inside, outside = guest("Inside"), guest("Outside")
    rooms.join(person=inside, room_id=lobby.pk)
    for room in (lobby, cellar):
        rooms.configure(person=alice, room_id=room.pk, guests=False)
    assert AuditEntry.objects.filter(act="settings").latest("pk").after == {"guests": "False"}
    made = invites.make(person=alice, room_id=cellar.pk)
    tries: tuple[Callable[[], object], ...] = (
        lambda: rooms.join(person=outside, room_id=lobby.pk),
        lambda: act_as_new_guest(guest=somebody(), action=rooms.join, room_id=lobby.pk),
        lambda: members.invite(person=alice, room_id=cellar.pk, people=[bob.pk, outside.pk]),
        lambda: invites.accept(person=outside, token=made.token),
        lambda: invites.accept_as_guest(guest=somebody(), token=made.token),
    )
    before = rows()
    for attempt in tries:
        with pytest.raises(ChatError) as refused:
            attempt()
        assert refused.value.why == "no_guests"
    for author in (outside, somebody()):
        assert getattr(answer(author, lobby), "why", None) == "no_guests"
    assert rows() == before
    say(inside, lobby)
    rooms.join(person=bob, room_id=lobby.pk)
    invites.accept(person=bob, token=made.token)
    rooms.configure(person=alice, room_id=lobby.pk, guests=True)
    rooms.join(person=outside, room_id=lobby.pk)
    assert membership(outside, lobby).state == Membership.State.JOINED
