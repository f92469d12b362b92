"""Who deletes their person, and whose user stays, comes again: what was said of them to keep order holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from tests.domain.conftest import Ear
from tests.domain.says import membership

from groupchat import timeline
from groupchat.actions import effects, limits, members, rooms, sanctions
from groupchat.actions.adoption import adopt_guest
from groupchat.actions.deleted_people import delete_person
from groupchat.actions.people import Guest, make_owner, person_of_guest, person_of_user
from groupchat.errors import Forbidden, RateLimited
from groupchat.models import AuditEntry, Membership, Person, Room


@pytest.fixture(autouse=True)
def _options(settings: Any) -> None:
    settings.GROUPCHAT = {"GUESTS": True, "DELETE_USERS": False}


def gone(person: Person) -> Any:
    """Deletes them; their user."""
    user = person.user
    delete_person(person=person, erases=False)
    assert effects.work_off() >= 1
    return user


def test_a_ban_holds_for_who_comes_again(alice: Person, bob: Person, lobby: Room, ear: Ear) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    sanctions.ban(person=alice, room_id=lobby.pk, target_id=bob.pk, reason="spam")
    user = gone(bob)
    ear.heard.clear()
    again = person_of_user(user=user)
    assert again.pk != bob.pk
    found = membership(again, lobby)
    assert found is not None
    assert (found.state, found.banned_until, found.reason) == ("banned", None, "spam")
    with pytest.raises(Forbidden):
        rooms.join(person=again, room_id=lobby.pk)
    (told,) = ear.of_room(lobby.pk)
    assert [one["person"] for one in told.frame["members"]] == [again.pk]
    assert Room.objects.get(pk=lobby.pk).seq == found.seq
    assert timeline.mine(again).seq == again.seq == found.person_seq == 1
    assert AuditEntry.objects.get(act="come again").person_id == again.pk
    sanctions.unban(person=alice, room_id=lobby.pk, target_id=again.pk)
    third = person_of_user(user=gone(again))
    rooms.join(person=third, room_id=lobby.pk)


def test_twice_over(alice: Person, bob: Person, lobby: Room) -> None:
    sanctions.ban(person=alice, room_id=lobby.pk, target_id=bob.pk)
    again = bob
    for _ in range(2):
        again = person_of_user(user=gone(again))
        found = membership(again, lobby)
        assert found is not None
        assert found.state == "banned"
    assert not Person.objects.exclude(was_user=None).exists()


def test_whatever_else_was_said_holds_too(alice: Person, bob: Person, lobby: Room) -> None:
    out, quiet, reads = lobby, rooms.create(person=alice, name="Quiet"), rooms.create(person=alice, name="Reads")
    for room in (out, quiet, reads):
        rooms.join(person=bob, room_id=room.pk)
    members.remove(person=alice, room_id=out.pk, target_id=bob.pk)
    sanctions.silence(person=alice, room_id=quiet.pk, target_id=bob.pk, seconds=600)
    members.give_role(person=alice, room_id=reads.pk, target_id=bob.pk, role="reader")
    again = person_of_user(user=gone(bob))
    states = {one.room_id: (one.state, one.role) for one in Membership.objects.filter(person=again)}
    assert states == {out.pk: ("kicked", "member"), quiet.pk: ("left", "member"), reads.pk: ("left", "reader")}
    for room in (quiet, reads):
        rooms.join(person=again, room_id=room.pk)
        found = membership(again, room)
        assert found is not None
        assert (found.silenced_until is not None) == (room == quiet)
        assert (found.role == "reader") == (room == reads)


def test_who_comes_before_their_rooms_are_left_comes_as_one_who_left(alice: Person, bob: Person, lobby: Room) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    sanctions.silence(person=alice, room_id=lobby.pk, target_id=bob.pk, seconds=600)
    user = bob.user
    delete_person(person=bob, erases=False)
    found = membership(person_of_user(user=user), lobby)
    assert found is not None
    assert (found.state, found.silenced_until is not None) == ("left", True)


def test_of_who_was_never_told_off_nothing_is_kept(alice: Person, bob: Person, lobby: Room) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    sanctions.ban(
        person=alice, room_id=lobby.pk, target_id=bob.pk, seconds=1, now=timezone.now() - timedelta(seconds=2)
    )
    user = gone(bob)
    assert Person.objects.get(pk=bob.pk).was_user is None
    assert not Membership.objects.filter(person=person_of_user(user=user)).exists()


def test_where_the_user_goes_nothing_is_kept(alice: Person, bob: Person, lobby: Room, settings: Any) -> None:
    settings.GROUPCHAT = {"DELETE_USERS": True}
    sanctions.ban(person=alice, room_id=lobby.pk, target_id=bob.pk)
    gone(bob)
    assert Person.objects.get(pk=bob.pk).was_user is None


def test_a_guest_does_not_become_who_was_banned(alice: Person, bob: Person, lobby: Room) -> None:
    sanctions.ban(person=alice, room_id=lobby.pk, target_id=bob.pk)
    user = gone(bob)
    guest = Guest(uuid4(), "Grace")
    person_of_guest(guest=guest)
    assert adopt_guest(guest=guest, user=user) is None
    found = membership(person_of_user(user=user), lobby)
    assert found is not None
    assert found.state == "banned"


def test_a_user_deletes_who_they_are_once_a_day(bob: Person) -> None:
    limits.forget_refusals()
    user = bob.user
    delete_person(person=bob, erases=False, before_deleting=limits.require_deletion)
    again = person_of_user(user=user)
    with pytest.raises(RateLimited) as refused:
        delete_person(person=again, erases=False, before_deleting=limits.require_deletion)
    assert 0 < (refused.value.retry_after or 0) <= 86_400
    assert Person.objects.get(pk=again.pk).deleted_at is None
    delete_person(person=again, erases=False)  # code does as it likes


def test_what_is_refused_is_not_counted(alice: Person, bob: Person) -> None:
    limits.forget_refusals()
    Person.objects.update(is_owner=False)
    make_owner(person=bob)
    with pytest.raises(Forbidden):
        delete_person(person=bob, erases=False, before_deleting=limits.require_deletion)
    make_owner(person=alice)
    delete_person(person=bob, erases=False, before_deleting=limits.require_deletion)
