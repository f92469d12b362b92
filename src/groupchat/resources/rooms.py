"""Rooms on the wire."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from groupchat.characters import shown
from groupchat.models import Membership, Room
from groupchat.protocol import RoomResource, RoomState
from groupchat.resources.memberships import membership_resource
from groupchat.resources.times import moment


def room_resource(room: Room) -> RoomResource:
    resource: dict[str, Any] = {
        "id": room.pk,
        "seq": room.info_seq,
        "slug": room.slug,
        "name": shown(room.name),
        "kind": str(room.kind),
        "topic": shown(room.topic),
        "first_number": room.first_number,
        "history": str(room.history),
        "created_at": moment(room.created_at),
    }
    if room.picture:
        resource["picture"] = room.picture
    if room.archived_at is not None:
        resource["archived"] = True
    if not room.guests:
        resource["guests"] = False
    if room.slow_mode:
        resource["slow_mode"] = room.slow_mode
    if room.locked:
        resource["locked"] = True
    if room.raid_until is not None:
        resource["raid_until"] = moment(room.raid_until)
    if room.pins:
        resource["pins"] = room.pins
    if room.is_conversation:
        resource["people"] = room.people_ids
    return cast(RoomResource, resource)


def last_message_at(room: Room) -> str | None:
    """When its newest message was written: what a list of rooms is ordered by."""
    return moment(room.last_message_at) if room.last_message_at is not None else None


def room_state(room: Room, membership: Membership | None, uncounted: Sequence[tuple[int, int]] = ()) -> RoomState:
    """`membership` is there where one is in the room; `uncounted` are the ranges that `groupchat.unread` finds."""
    state: RoomState = {
        "room": room_resource(room),
        "seq": room.seq,
        "last_number": room.last_number,
        "last_message_at": last_message_at(room),
        "me": membership_resource(membership) if membership is not None else None,
    }
    if uncounted:
        state["uncounted"] = [list(numbers) for numbers in uncounted]
    if membership is None and room.history == Room.History.JOINED:
        state["floor"] = room.last_number + 1
    return state
