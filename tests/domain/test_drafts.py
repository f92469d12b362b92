"""A draft goes to all devices of its writer, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.domain.conftest import Ear

from groupchat import timeline
from groupchat.actions import accounts, deleted_people, members, rooms, sanctions
from groupchat.actions.memberships import add, pin, remove, set_draft
from groupchat.actions.merging import take_membership
from groupchat.errors import Forbidden, Invalid, LimitReached, NotFound, TooLong
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


def test_all_of_a_person_together_are_bounded(alice: Person, lobby: Room, cellar: Room, settings: Any) -> None:
    settings.GROUPCHAT = {"MAX_DRAFT_CHARACTERS_IN_ALL": 5}
    set_draft(person=alice, room_id=lobby.pk, text="🌍🌍🌍")
    set_draft(person=alice, room_id=cellar.pk, text="🌍🌍")
    for room, text in ((cellar, "three"), (lobby, "four")):
        with pytest.raises(LimitReached, match=r"5 characters together .* Send or empty one"):
            set_draft(person=alice, room_id=room.pk, text=text)
    assert (draft_of(alice, lobby), draft_of(alice, cellar)) == ("🌍🌍🌍", "🌍🌍")
    set_draft(person=alice, room_id=cellar.pk, text="")
    set_draft(person=alice, room_id=lobby.pk, text="fives")
    settings.GROUPCHAT = {"MAX_DRAFT_CHARACTERS_IN_ALL": 2}
    set_draft(person=alice, room_id=lobby.pk, text="four")
    assert draft_of(alice, lobby) == "four", "what becomes shorter is never refused"
    settings.GROUPCHAT = {"MAX_DRAFT_CHARACTERS_IN_ALL": 0}
    set_draft(person=alice, room_id=cellar.pk, text="any number")


def test_those_of_a_deleted_room_and_of_others_do_not_count(
    alice: Person, bob: Person, lobby: Room, cellar: Room, settings: Any
) -> None:
    settings.GROUPCHAT = {"MAX_DRAFT_CHARACTERS_IN_ALL": 5}
    rooms.join(person=bob, room_id=lobby.pk)
    set_draft(person=bob, room_id=lobby.pk, text="fives")
    set_draft(person=alice, room_id=cellar.pk, text="fives")
    rooms.delete(person=alice, room_id=cellar.pk)
    set_draft(person=alice, room_id=lobby.pk, text="fives")


def test_a_guests_drafts_do_not_lift_the_bound(
    bob: Person, lobby: Room, cellar: Room, guest: Callable[..., Person], settings: Any
) -> None:
    settings.GROUPCHAT = {"MAX_DRAFT_CHARACTERS_IN_ALL": 5}
    grace = guest("Grace")
    add(people=[bob], room=cellar)
    rooms.join(person=grace, room_id=lobby.pk)
    set_draft(person=bob, room_id=cellar.pk, text="one")
    set_draft(person=grace, room_id=lobby.pk, text="three")
    take_membership(room_id=lobby.pk, guest_id=grace.pk, person_id=bob.pk)
    assert (draft_of(bob, cellar), draft_of(bob, lobby)) == ("one", "")


def _leaves(room: Room, alice: Person, bob: Person) -> None:
    rooms.leave(person=bob, room_id=room.pk)


def _is_removed(room: Room, alice: Person, bob: Person) -> None:
    members.remove(person=alice, room_id=room.pk, target_id=bob.pk)


def _is_banned(room: Room, alice: Person, bob: Person) -> None:
    sanctions.ban(person=alice, room_id=room.pk, target_id=bob.pk)


def _is_sent_out_by_the_site(room: Room, alice: Person, bob: Person) -> None:
    remove(people=[bob], room=room)


def _has_no_account_any_more(room: Room, alice: Person, bob: Person) -> None:
    accounts.leave_rooms(person_id=bob.pk)


@pytest.mark.parametrize("goes", [_leaves, _is_removed, _is_banned, _is_sent_out_by_the_site, _has_no_account_any_more])
def test_who_goes_out_of_a_room_leaves_none(
    goes: Callable[..., None], alice: Person, bob: Person, lobby: Room, ear: Ear
) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    set_draft(person=bob, room_id=lobby.pk, text="not yet")
    goes(lobby, alice, bob)
    assert draft_of(bob, lobby) == ""
    assert "draft" not in ear.of_person(bob.pk)[-1].frame["memberships"][0]


def test_who_deleted_themselves_stores_none(bob: Person, lobby: Room) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    as_it_was = Person.objects.get(pk=bob.pk)
    deleted_people.delete_person(person=bob, erases=False)
    with pytest.raises(Forbidden):
        set_draft(person=as_it_was, room_id=lobby.pk, text="left behind")
    with pytest.raises(Forbidden):
        pin(person=as_it_was, room_id=lobby.pk, pinned=True)
    assert draft_of(bob, lobby) == ""


def test_it_costs_few_statements(alice: Person, lobby: Room) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        set_draft(person=alice, room_id=lobby.pk, text="not yet")
    writes = [one["sql"] for one in asked if not one["sql"].startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE"))]
    assert len(writes) <= 7, writes


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
