"""A draft goes to all devices of its writer, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.domain.conftest import Ear

from groupchat import timeline
from groupchat.actions import deleted_people, rooms
from groupchat.actions.memberships import set_draft
from groupchat.actions.merging import take_membership
from groupchat.errors import Invalid, NotFound, TooLong
from groupchat.models import Membership, Person, Room


def draft_of(person: Person, room: Room) -> str:
    return Membership.objects.get(person=person, room=room).draft


def test_all_devices_are_told_and_a_snapshot_has_it(alice: Person, bob: Person, lobby: Room, ear: Ear) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    before = Person.objects.get(pk=alice.pk).seq
    ear.heard.clear()
    set_draft(person=alice, room_id=lobby.pk, text="not yet")
    (changes,) = ear.heard
    (mine,) = changes.frame["memberships"]  # type: ignore[typeddict-item]
    assert (changes.frame["me"], mine["room"], mine["draft"]) == (alice.pk, lobby.pk, "not yet")  # type: ignore[typeddict-item]
    resumed = timeline.my_changes(alice.pk, before)
    assert resumed is not None
    assert resumed.frame["memberships"][0]["draft"] == "not yet"
    assert timeline.mine(alice).rooms[0]["me"]["draft"] == "not yet"  # type: ignore[index,typeddict-item]
    assert "not yet" not in str(timeline.mine(bob))
    set_draft(person=alice, room_id=lobby.pk, text="not yet")
    assert len(ear.heard) == 1, "said again, it changes nothing"
    set_draft(person=alice, room_id=lobby.pk, text="")
    assert "draft" not in ear.heard[-1].frame["memberships"][0]  # type: ignore[typeddict-item]


def test_it_is_bounded_and_a_members(alice: Person, bob: Person, lobby: Room, settings: Any) -> None:
    settings.GROUPCHAT = {"MAX_DRAFT_CHARACTERS": 3}
    with pytest.raises(TooLong):
        set_draft(person=alice, room_id=lobby.pk, text="four")
    with pytest.raises(Invalid):
        set_draft(person=alice, room_id=lobby.pk, text="a\0")
    with pytest.raises(NotFound):
        set_draft(person=bob, room_id=lobby.pk, text="one")
    set_draft(person=alice, room_id=lobby.pk, text="one")


def test_it_costs_few_statements(alice: Person, lobby: Room) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        set_draft(person=alice, room_id=lobby.pk, text="not yet")
    writes = [one["sql"] for one in asked if not one["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    assert len(writes) <= 6, writes


def test_it_goes_with_who_leaves_or_deletes_themselves_and_with_a_guest_into_an_account(
    alice: Person, bob: Person, lobby: Room, person: Callable[..., Person], guest: Callable[..., Person]
) -> None:
    carol, grace = person("carol"), guest("Grace")
    for one in (bob, carol, grace):
        rooms.join(person=one, room_id=lobby.pk)
        set_draft(person=one, room_id=lobby.pk, text=f"of {one.name}")
    rooms.leave(person=bob, room_id=lobby.pk)
    assert draft_of(bob, lobby) == ""
    take_membership(room_id=lobby.pk, guest_id=grace.pk, person_id=bob.pk)
    assert (draft_of(grace, lobby), draft_of(bob, lobby)) == ("", "of Grace")
    deleted_people.delete_person(person=carol, erases=False)
    assert draft_of(carol, lobby) == ""
