"""One's own order of the pinned rooms."""

from __future__ import annotations

import pytest
from tests.domain.conftest import Ear
from tests.domain.says import membership, rows

from groupchat import timeline
from groupchat.actions import memberships, rooms
from groupchat.errors import NotFound
from groupchat.models import Person, Room


def pinned(alice: Person, *names: str) -> list[Room]:
    found = [rooms.create(person=alice, name=name) for name in names]
    for room in found:
        memberships.pin(person=alice, room_id=room.pk, pinned=True)
    return found


def places(alice: Person) -> dict[str, int]:
    return {state["room"]["name"]: state["me"].get("place", 0) for state in timeline.mine(alice).rooms if state["me"]}


def test_pinned_rooms_stand_as_one_puts_them(alice: Person, ear: Ear) -> None:
    one, two, three = pinned(alice, "One", "Two", "Three")
    ear.heard.clear()
    memberships.order(person=alice, room_ids=[three.pk, one.pk, three.pk])
    assert places(alice) == {"One": 2, "Two": 0, "Three": 1}
    (mine,) = ear.of_person(alice.pk)
    assert sorted(each["room"] for each in mine.frame["memberships"]) == [one.pk, three.pk]
    ear.heard.clear()
    memberships.order(person=alice, room_ids=[three.pk, one.pk])
    assert ear.heard == [], "nothing moved"
    memberships.order(person=alice, room_ids=[two.pk, three.pk])
    assert places(alice) == {"One": 0, "Two": 1, "Three": 2}


def test_what_is_pinned_no_more_has_lost_its_place(alice: Person) -> None:
    one, two = pinned(alice, "One", "Two")
    memberships.order(person=alice, room_ids=[two.pk, one.pk])
    for is_pinned in (False, True):
        memberships.pin(person=alice, room_id=two.pk, pinned=is_pinned)
        assert places(alice) == {"One": 2, "Two": 0}


def test_only_pinned_rooms_of_ones_own_have_an_order(alice: Person, bob: Person, lobby: Room) -> None:
    (one,) = pinned(alice, "One")
    rooms.join(person=bob, room_id=one.pk)
    before = rows()
    for person, ids in ((alice, [one.pk, lobby.pk]), (bob, [one.pk]), (alice, [10**9])):
        with pytest.raises(NotFound):
            memberships.order(person=person, room_ids=ids)
    assert rows() == before
    memberships.order(person=alice, room_ids=[one.pk])
    assert membership(bob, one).place == 0
