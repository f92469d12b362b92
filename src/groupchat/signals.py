"""Django signals for a site: what happened in the chat, after its commit, at least once.

They are sent by the worker of the effects (`realtime/effects.py`), in a thread of its own, with `event` (a dataclass of
`groupchat.events`) and `effect_id`, which is the same where an event comes again. A receiver that raises gets it again.
"""

from __future__ import annotations

from django.dispatch import Signal

from groupchat import events
from groupchat.events import Event

message_posted = Signal()
message_edited = Signal()
message_deleted = Signal()
purge_begun = Signal()
member_joined = Signal()
member_left = Signal()
member_removed = Signal()
member_banned = Signal()
member_silenced = Signal()
role_given = Signal()
room_created = Signal()
room_renamed = Signal()
topic_set = Signal()
room_kind_changed = Signal()
room_archived = Signal()
room_deleted = Signal()
room_restored = Signal()
guest_merged = Signal()
person_deleted = Signal()

SIGNALS: dict[type[Event], Signal] = {
    events.MessagePosted: message_posted,
    events.MessageEdited: message_edited,
    events.MessageDeleted: message_deleted,
    events.PurgeBegun: purge_begun,
    events.MemberJoined: member_joined,
    events.MemberLeft: member_left,
    events.MemberRemoved: member_removed,
    events.MemberBanned: member_banned,
    events.MemberSilenced: member_silenced,
    events.RoleGiven: role_given,
    events.RoomCreated: room_created,
    events.RoomRenamed: room_renamed,
    events.TopicSet: topic_set,
    events.RoomKindChanged: room_kind_changed,
    events.RoomArchived: room_archived,
    events.RoomDeleted: room_deleted,
    events.RoomRestored: room_restored,
    events.GuestMerged: guest_merged,
    events.PersonDeleted: person_deleted,
}


def is_heard(kind: type[Event]) -> bool:
    """Whether anybody in this process is connected to the signal of these events."""
    return SIGNALS[kind].has_listeners()


def send(event: Event, effect_id: int) -> None:
    """Tell every receiver, and then raise what the first of them raised, if one did."""
    answers = SIGNALS[type(event)].send_robust(sender=type(event), event=event, effect_id=effect_id)
    for _, answer in answers:
        if isinstance(answer, Exception):
            raise answer
