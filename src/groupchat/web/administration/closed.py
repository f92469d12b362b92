"""Closed rooms on these pages: who looks after the site from outside learns their number, and nothing else of them."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from groupchat.actions.finding import find_room
from groupchat.characters import shown
from groupchat.errors import NotFound
from groupchat.models import AuditEntry, Membership, Person, Room
from groupchat.permissions import can_read


def may_see(person: Person, room: Room, mine: Membership | None) -> bool:
    """Whether what the room is called is theirs to know; `mine` is their membership."""
    return room.is_open or can_read(person, room, mine)


def name_of(person: Person, room: Room, mine: Membership | None) -> str:
    """Its name, or else its number."""
    return shown(room.name) if may_see(person, room, mine) else _number(room.pk)


def find_room_for(person: Person, text: str) -> Room:
    """As `find_room`; raises the same NotFound where there is none as where it is not theirs to see."""
    nowhere = NotFound(_("There is no such room."), field="room")
    try:
        room = find_room(text)
    except NotFound:
        raise nowhere from None
    if not may_see(person, room, Membership.objects.filter(room=room, person=person).first()):
        raise nowhere
    return room


class Curtain:
    """Before what the audit log says of rooms that this person may not see."""

    def __init__(self, person: Person) -> None:
        self._person = person
        self._numbered = _("Room %(id)s")  # in their language: a table is written later, in any

    def draw(self, entries: Sequence[AuditEntry]) -> None:
        """Take names, and what was there before and after, out of these entries; they are not saved. Of a conversation
        it is nobody else's to know who is in it.
        """
        rooms = Room.objects.in_bulk({one.room_id for one in entries if one.room_id is not None})
        own = {one.room_id: one for one in Membership.objects.filter(person=self._person, room__in=rooms.keys())}
        for entry in entries:
            if entry.room_id is None:
                continue
            room = rooms.get(entry.room_id)
            if room is not None and may_see(self._person, room, own.get(room.pk)):
                continue
            entry.room_name = self._numbered % {"id": entry.room_id}
            entry.before = entry.after = {}
            if room is None or room.is_conversation:
                entry.person_id, entry.person_name = None, ""


def _number(room_id: int) -> str:
    return _("Room %(id)s") % {"id": room_id}
