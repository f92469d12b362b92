"""The order in a room: slow, locked, shut to newcomers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from groupchat.actions import audit
from groupchat.actions.counters import changing_room
from groupchat.attempts import ChangingRoom, ask
from groupchat.conf import conf
from groupchat.errors import Invalid
from groupchat.models import Person, Room
from groupchat.permissions import require_active, require_keep_order
from groupchat.resources import moment
from groupchat.timeline import membership_in


def keep_order(
    *,
    person: Person,
    room_id: int,
    slow_mode: int | None = None,
    locked: bool | None = None,
    raid: int | None = None,
    now: datetime | None = None,
) -> Room:
    """Change what is given, in one commit; what is None stays. All of it can be read by everybody who reads the room.

    `slow_mode`: seconds between two messages of one person, 0 for none. `locked`: only those who keep the room write.
    `raid`: for so many seconds from now nobody new comes in, 0 lets them in again; it ends by itself.
    """
    require_active(person)
    _require_at_most("slow_mode", slow_mode, conf().max_slow_mode_seconds)
    _require_at_most("raid", raid, conf().max_raid_seconds)
    now = now or timezone.now()
    with changing_room(room_id) as change:
        room = change.room
        require_keep_order(person, room, membership_in(room.pk, person))
        before = _told(room)
        room.slow_mode = room.slow_mode if slow_mode is None else slow_mode
        room.locked = room.locked if locked is None else locked
        if raid is not None and (raid or room.raid_until is not None):
            room.raid_until = now + timedelta(seconds=raid) if raid else None
        after = _told(room)
        if after != before:
            different = [name for name in after if after[name] != before[name]]
            ask(ChangingRoom(room, person, different))
            change.changed_info()
            told = ({name: facts[name] for name in different} for facts in (before, after))
            audit.note("order", by=person, room=room, before=next(told), after=next(told))
    return room


def _require_at_most(field: str, value: int | None, most: int) -> None:
    if value is not None and (value < 0 or (most and value > most)):
        words = f"from 0 to {most}" if most else "0 or more"
        raise Invalid(f"{field}: {words} seconds.", field=field)


def _told(room: Room) -> dict[str, Any]:
    until = moment(room.raid_until) if room.raid_until is not None else None
    return {"slow_mode": room.slow_mode, "locked": room.locked, "raid_until": until}
