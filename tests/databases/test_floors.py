"""What newcomers see, on both databases, and while many come at once."""

from __future__ import annotations

from functools import partial
from uuid import uuid4

import pytest
from tests.databases.test_races import at_once, person

from groupchat import timeline
from groupchat.actions import messages, rooms
from groupchat.actions.messages import Post
from groupchat.models import Membership, Room
from groupchat.permissions import floor_of

pytestmark = pytest.mark.usefixtures("database")


def test_a_floor_comes_and_goes() -> None:
    owner, bob, carol = person("owner"), person("bob"), person("carol")
    room = rooms.create(person=owner, name=f"Hall {uuid4()}")
    messages.post([Post(room.pk, owner, "before", uuid4().hex)])
    rooms.set_history(person=owner, room_id=room.pk, history="joined")
    rooms.join(person=bob, room_id=room.pk)
    messages.post([Post(room.pk, carol, "joins by it", uuid4().hex), Post(room.pk, owner, "after", uuid4().hex)])
    told = {one.pk: timeline.mine(one).rooms[0] for one in (owner, bob, carol)}
    assert [told[one.pk]["me"]["floor"] for one in (owner, bob, carol)] == [0, 2, 2]  # type: ignore[index]
    assert {state["room"]["history"] for state in told.values()} == {"joined"}
    rooms.set_history(person=owner, room_id=room.pk, history="all")
    assert set(Membership.objects.filter(room=room).values_list("floor", flat=True)) == {0}


def test_who_comes_in_while_it_changes_what_newcomers_see() -> None:
    """Whatever the order, nobody waits in a circle, and everyone's floor is one that the room's history gave."""
    owner = person("owner")
    room = rooms.create(person=owner, name=f"Hall {uuid4()}")
    newcomers = [person(f"new{index}") for index in range(4)]

    def comes(index: int) -> None:
        for _ in range(2):
            if index % 2:
                rooms.join(person=newcomers[index], room_id=room.pk)
            else:
                messages.post([Post(room.pk, newcomers[index], "hi", uuid4().hex)])
            rooms.leave(person=newcomers[index], room_id=room.pk)
        rooms.join(person=newcomers[index], room_id=room.pk)

    def changes() -> None:
        for turn in range(6):
            rooms.set_history(person=owner, room_id=room.pk, history=("joined", "all")[turn % 2])
            messages.post([Post(room.pk, owner, "and", uuid4().hex)])

    at_once([changes, *(partial(comes, index) for index in range(4))])
    there = Room.objects.get(pk=room.pk)
    assert there.history == Room.History.ALL
    joined = Membership.objects.filter(room=room, state=Membership.State.JOINED)
    assert joined.count() == 5
    assert {floor_of(there, membership) for membership in joined} == {0}
