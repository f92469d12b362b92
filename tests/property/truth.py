"""What is true: the database, read without any of the code that the server sends frames with but the resources."""

from __future__ import annotations

from typing import Any

from tests.client import Json
from tests.property.device import Device
from tests.property.world import World

from groupchat.models import Membership, Message, Notice, Person, Room
from groupchat.parts import message_resources
from groupchat.reading import ahead_of
from groupchat.resources import (
    member_resource,
    membership_resource,
    notice_resource,
    person_resource,
    room_resource,
)


class Truth:
    """All rooms of a world, as they stand in the database."""

    def __init__(self, world: World) -> None:
        self.rooms: dict[int, Json] = {}
        for room in Room.objects.filter(pk__in=world.rooms):
            memberships = list(Membership.objects.filter(room=room).order_by("person_id"))
            self.rooms[room.pk] = {
                "seq": room.seq,
                "last_number": room.last_number,
                "info": dict(room_resource(room)),
                "messages": {one["number"]: one for one in message_resources(Message.objects.filter(room=room))},
                "notices": [notice_resource(one) for one in Notice.objects.filter(room=room).order_by("after", "kind")],
                "members": {one.person_id: member_resource(one) for one in memberships},
                "mine": {one.person_id: membership_resource(one) for one in memberships},
                "unread": {one.person_id: _unread(one) for one in memberships},
            }
        people = Person.objects.filter(guest_id__in=[someone.guest.id for someone in world.people])
        self.people = {one.pk: person_resource(one) for one in people}
        self.person_of = {one.guest_id: one for one in people}

    def check_rooms(self, world: World) -> None:
        """Dense numbers, one entity a seq, and every message that was sent there once."""
        for room in self.rooms.values():
            assert sorted(room["messages"]) == list(range(1, room["last_number"] + 1))
            seqs = [
                entity["seq"] for entity in (*room["messages"].values(), *room["notices"], *room["members"].values())
            ]
            assert len({*seqs, room["info"]["seq"]}) == len(seqs) + 1
            assert max(*seqs, room["info"]["seq"]) == room["seq"]
        stored = [
            (message["client_message_id"], room)
            for room, known in self.rooms.items()
            for message in known["messages"].values()
        ]
        assert len(set(stored)) == len(stored)
        there = dict(stored)
        for once, (_, room, _) in world.sent.items():
            assert (there.get(once) == room) == (once not in world.refused), (
                f"{once} was sent to {room}: {there.get(once)}"
            )
        for once, number in world.acknowledged.items():
            assert self.rooms[there[once]]["messages"][number]["client_message_id"] == once

    def check_marks(self, world: World) -> None:
        """Nothing is read that was never on a screen: a mark is where a device looked, or where its person came in, or
        behind their own messages that follow there.
        """
        for someone in world.people:
            me = self.person_of.get(someone.guest.id)
            for room, known in self.rooms.items() if me is not None else ():
                if me.pk not in known["mine"]:
                    continue
                most = max(world.most_read.get((someone.index, room), 0), world.came_in.get((me.pk, room), 0))
                ahead = world.read_ahead[someone.index, room]
                while most < known["last_number"] and (
                    known["messages"][most + 1]["author"] == me.pk or most + 1 in ahead
                ):
                    most += 1
                mine = known["mine"][me.pk]
                assert mine["last_read_number"] <= most
                told = {number for low, high in mine.get("read_ahead", ()) for number in range(low, high + 1)}
                assert all(number > mine["last_read_number"] + 1 for number in told)
                assert told <= ahead

    def check(self, device: Device) -> None:
        """This device shows what a fresh snapshot would."""
        me = self.person_of.get(device.who.guest.id)
        joined = {
            room
            for room, known in self.rooms.items()
            if me is not None and known["members"].get(me.pk, {}).get("state") == "joined"
        }
        assert joined == {room for room, view in device.state.rooms.items() if view.me is not None}
        assert device.state.me == (dict(person_resource(me)) if me is not None else None)
        for room, view in device.state.rooms.items():
            known = self.rooms[room]
            shown = [message["number"] for message in view.shown()]
            expected = {
                "info": known["info"],
                "last_number": known["last_number"],
                "me": known["mine"][me.pk] if me is not None and room in joined else None,
                "messages": [known["messages"][number] for number in shown],
                "notices": [notice for notice in known["notices"] if self._is_shown(notice, view.windows)],
                "members": [one for one in known["members"].values() if one["state"] == "joined"]
                if view.has_all_members
                else None,
            }
            picture = view.picture()
            if room in joined:
                assert me is not None
                assert (view.unread, view.first_unread) == known["unread"][me.pk]
                # One's own message behind the mark moves it in the database, and a device need not know.
                picture["me"] = with_mark_of(picture["me"], known["mine"][me.pk])
            assert picture == expected
            if room in joined:
                assert me is not None
                assert all(number >= known["mine"][me.pk]["floor"] for number in shown)
            for low, high in device.state.loaded.get(room, []):
                assert set(range(max(low, view.floor), high + 1)) <= set(shown)
            for number in shown:
                author = known["messages"][number]["author"]
                assert device.state.people[author] == self.people[author]

    @staticmethod
    def _is_shown(notice: Any, windows: list[tuple[int, int]]) -> bool:
        after = notice["after"]
        return any(low <= after <= high or (after == 0 and low <= 1) for low, high in windows)


def with_mark_of(membership: Json, other: Json) -> Json:
    """With the mark of another state of it, and so what is read beyond that."""
    rest = {name: one for name, one in membership.items() if name not in ("last_read_number", "read_ahead")}
    return rest | {name: other[name] for name in ("last_read_number", "read_ahead") if name in other}


def _unread(membership: Membership) -> tuple[int, int | None]:
    """How many there are, and which is the first: counted, not reckoned."""
    behind = Message.objects.filter(
        room_id=membership.room_id, number__gt=membership.last_read_number, deleted_at=None
    ).exclude(author_id=membership.person_id)
    for ahead in ahead_of(membership):
        behind = behind.exclude(number__range=ahead)
    numbers = list(behind.order_by("number").values_list("number", flat=True))
    return len(numbers), numbers[0] if numbers else None


def expected_of_store(device: Device, truth: Truth) -> Json:
    """What the page's store must hold after the same trace, by room; `loaded` is what it must show at least."""
    return {
        str(room): {
            "position": view.position,
            "me": device.state.me["id"] if device.state.me is not None else None,
            "membership": view.me,
            "unread": [view.unread, view.first_unread],
            "truth": truth.rooms[room],
            "loaded": [(max(low, view.floor), high) for low, high in device.state.loaded.get(room, [])],
            "members_complete": view.has_all_members,
        }
        for room, view in device.state.rooms.items()
    }
