"""Memberships on the wire: as everyone in the room sees them, and as their own person does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from groupchat.characters import shown
from groupchat.models import Membership
from groupchat.protocol import MemberResource, MembershipResource
from groupchat.reading import ranges_in
from groupchat.resources.times import moment


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
    own = {name: getattr(membership, name) for name in Membership.OWN}
    return own_membership(room=membership.room_id, seq=membership.person_seq, own=own)


def own_membership(*, room: int, seq: int, own: Mapping[str, Any]) -> MembershipResource:
    """The same of a row that is no model; `own` has what `Membership.OWN` names."""
    told: dict[str, Any] = {
        "room": room,
        "seq": seq,
        "role": str(own["role"]),
        "state": str(own["state"]),
        "last_read_number": own["last_read_number"],
        "notify": str(own["notify"]),
        "pinned": bool(own["pinned"]),
        "floor": own["floor"],
    }
    if own["read_ahead"]:
        told["read_ahead"] = [list(numbers) for numbers in ranges_in(own["read_ahead"])]
    if own["moved_back"]:
        told["moved_back"] = own["moved_back"]
    if own["place"]:
        told["place"] = own["place"]
    for name in ("silenced_until", "banned_until"):
        if own[name] is not None:
            told[name] = moment(own[name])
    if own["reason"]:
        told["reason"] = shown(own["reason"])
    if own["draft"]:
        told["draft"] = own["draft"]
    if own["follows"]:
        told["follows"] = [int(root) for root in own["follows"].split(",")]
    return cast(MembershipResource, told)
