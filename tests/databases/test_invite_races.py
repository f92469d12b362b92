"""A link with few uses left, and many who want them at the same moment."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest
from tests.databases.test_races import at_once, check_room, person
from tests.databases.test_room_races import attempt

from groupchat.actions import invites, rooms
from groupchat.actions.people import Guest
from groupchat.models import InviteLink, Membership, Person

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize("left", [1, 3])
def test_a_link_lets_in_exactly_as_many_as_it_has_uses(left: int) -> None:
    owner = person("Ada")
    room = rooms.create(person=owner, name=f"Room {uuid4()}", kind="private")
    made = invites.make(person=owner, room_id=room.pk, uses=left)
    guests = [Guest(uuid4(), f"G{index}") for index in range(8)]
    came = at_once([partial(attempt, partial(invites.accept_as_guest, guest=one, token=made.token)) for one in guests])
    assert sum(came) == left
    assert Membership.objects.filter(room=room).count() == 1 + left
    assert Person.objects.filter(guest_id__in=[one.id for one in guests]).count() == left
    assert InviteLink.objects.get(pk=made.link.pk).uses == left
    check_room(room.pk)


def test_a_link_to_the_site_does_so_too() -> None:
    owner = person("Ada")
    Person.objects.filter(pk=owner.pk).update(is_owner=True, kind=Person.Kind.USER)
    owner.refresh_from_db()
    made = invites.make(person=owner, uses=1)
    people = [person(f"P{index}") for index in range(8)]
    came = at_once([partial(attempt, partial(invites.accept, person=one, token=made.token)) for one in people])
    assert sum(came) == 1
    assert InviteLink.objects.get(pk=made.link.pk).uses == 1
