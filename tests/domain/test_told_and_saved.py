"""What a frame tells is what the database holds; and who lists it lists all of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from tests.web_core.conftest import STATIC

from groupchat.actions import guests
from groupchat.actions.counters import changed_mine, changing_room
from groupchat.actions.people import Guest
from groupchat.models import Membership, Person, Room
from groupchat.protocol import ChangesFrame, MembershipResource, MessageResource, RoomResource
from groupchat.publication import MyChanges, RoomChanges, published
from groupchat.resources import membership_resource, moment, room_resource

OTHER: dict[str, Any] = {
    "kind": Room.Kind.PRIVATE,
    "name": "Another",
    "slug": "another",
    "topic": "Something else",
    "picture": "r-another",
    "first_number": 7,
    "history": Room.History.JOINED,
    "guests": False,
    "role": Membership.Role.OWNER,
    "state": Membership.State.KICKED,
    "last_read_number": 5,
    "read_ahead": "7-8,10-10",
    "moved_back": 2,
    "follows": "3,-4",
    "notify": Membership.Notify.NOTHING,
    "pinned": True,
    "place": 2,
    "floor": 3,
    "silenced_until": datetime(2036, 1, 2, tzinfo=UTC),
    "banned_until": datetime(2036, 1, 2, tzinfo=UTC),
    "reason": "Spam",
    "draft": "Not yet",
    "archived_at": datetime(2026, 1, 2, tzinfo=UTC),
    "deleted_at": datetime(2026, 1, 2, tzinfo=UTC),
    "slow_mode": 30,
    "locked": True,
    "pins": 2,
    "raid_until": datetime(2036, 1, 2, tzinfo=UTC),
}
# Where the column holds another form of what is told.
TOLD: dict[str, Any] = {"read_ahead": [[7, 8], [10, 10]], "follows": [3, -4]}
# What every message has from the start, and what becomes of one; all else hangs on it.
WORDS = {"number", "seq", "author", "body", "at", "client_message_id", "edited_at", "deleted_at"}


@pytest.fixture
def told() -> Any:
    found: list[RoomChanges | MyChanges] = []

    def hear(changes: Any, **_: Any) -> None:
        found.append(changes)

    published.connect(hear)
    yield found
    published.disconnect(hear)


def test_every_fact_of_a_room_is_listed() -> None:
    # Where one is there for nobody nothing is told; between whom it is, stays as it is.
    told = {"archived" if name == "archived_at" else name for name in Room.FACTS} - {"deleted_at"}
    assert told == set(RoomResource.__annotations__) - {"id", "seq", "created_at", "people"}


def test_everything_that_is_told_of_a_membership_is_listed() -> None:
    assert set(Membership.OWN) == set(MembershipResource.__annotations__) - {"room", "seq"}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("field", Room.FACTS)
def test_a_fact_that_is_told_is_saved(field: str, lobby: Room, told: list[Any]) -> None:
    with changing_room(lobby.pk) as change:
        setattr(change.room, field, OTHER[field])
        change.changed_info()
    (changes,) = told
    if field == "archived_at":
        assert changes.frame["info"]["archived"] is True
    elif field == "deleted_at":
        assert Room.objects.get(pk=lobby.pk).deleted_at == OTHER[field]
    else:
        wanted = OTHER[field]
        assert changes.frame["info"][field] == (moment(wanted) if isinstance(wanted, datetime) else wanted)
    assert changes.frame["info"] == room_resource(Room.objects.get(pk=lobby.pk))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("field", Membership.OWN)
def test_what_a_person_is_told_of_a_membership_is_saved(
    field: str, alice: Person, bob: Person, lobby: Room, told: list[Any]
) -> None:
    membership = Membership.objects.create(room=lobby, person=bob)
    with changing_room(lobby.pk, bob):
        setattr(membership, field, OTHER[field])
        changed_mine(bob.pk, [membership])
    (changes,) = told
    (resource,) = changes.frame["memberships"]
    wanted = TOLD.get(field, OTHER[field])
    assert resource[field] == (moment(wanted) if isinstance(wanted, datetime) else wanted)
    assert resource == membership_resource(Membership.objects.get(pk=membership.pk))


def test_the_client_lists_what_it_understands() -> None:
    """Its copy on the device is for a list like this one: a new kind or part makes it take everything anew, once."""
    text = (STATIC / "groupchat/lib/kinds.js").read_text()

    def listed(name: str) -> set[str]:
        (found,) = re.findall(rf"export const {name} = \[(.*?)\]", text, re.DOTALL)
        return set(re.findall(r'"(\w+)"', found))

    assert listed("KINDS") == set(ChangesFrame.__annotations__) - {"type", "room", "since", "to", "last_number"}
    assert listed("PARTS") == set(MessageResource.__annotations__) - WORDS


@pytest.mark.django_db(transaction=True)
def test_a_guest_whose_first_action_is_about_no_room() -> None:
    guest = Guest(uuid4(), "Grace")
    name, person = guests.act_as_new_guest(guest=guest, action=lambda person: person.name)
    assert (name, person.guest_id) == ("Grace", guest.id)
