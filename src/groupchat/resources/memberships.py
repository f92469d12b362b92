"""Memberships on the wire: as everyone in the room sees them, and as their own person does."""

from __future__ import annotations

from typing import cast

from groupchat.models import Membership
from groupchat.protocol import MemberResource, MembershipResource


def member_resource(membership: Membership) -> MemberResource:
    return cast(
        MemberResource,
        {
            "person": membership.person_id,
            "seq": membership.seq,
            "role": str(membership.role),
            "state": str(membership.state),
        },
    )


def membership_resource(membership: Membership) -> MembershipResource:
    return own_membership(
        room=membership.room_id,
        seq=membership.person_seq,
        role=membership.role,
        state=membership.state,
        last_read_number=membership.last_read_number,
        notify=membership.notify,
        pinned=membership.pinned,
        floor=membership.floor,
    )


def own_membership(
    *, room: int, seq: int, role: str, state: str, last_read_number: int, notify: str, pinned: bool, floor: int
) -> MembershipResource:
    """The same of a row that is no model."""
    return cast(
        MembershipResource,
        {
            "room": room,
            "seq": seq,
            "role": str(role),
            "state": str(state),
            "last_read_number": last_read_number,
            "notify": str(notify),
            "pinned": bool(pinned),
            "floor": floor,
        },
    )
