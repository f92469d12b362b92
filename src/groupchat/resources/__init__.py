"""Models as they stand on the wire; a module a noun."""

from __future__ import annotations

from groupchat.resources.memberships import member_resource, membership_resource, own_membership
from groupchat.resources.messages import message_resource, new_message, notice_resource, with_parts
from groupchat.resources.people import people_resources, person_resource
from groupchat.resources.rooms import last_message_at, room_resource, room_state
from groupchat.resources.times import moment

__all__ = [
    "last_message_at",
    "member_resource",
    "membership_resource",
    "message_resource",
    "moment",
    "new_message",
    "notice_resource",
    "own_membership",
    "people_resources",
    "person_resource",
    "room_resource",
    "room_state",
    "with_parts",
]
