"""Changing a room: its name, topic and kind; its archive, its end, and its return."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from groupchat.actions import audit
from groupchat.actions.counters import RoomChange, changed_mine, changing_room, lock_people
from groupchat.actions.effects import record
from groupchat.actions.notices import note
from groupchat.actions.rooms.making import NAMED, Allow, whoever
from groupchat.actions.rooms.names import free_former_names, private_slug, reserve
from groupchat.attempts import ChangingRoom, ask
from groupchat.conf import conf
from groupchat.errors import Invalid, NotFound
from groupchat.events import RoomArchived, RoomDeleted, RoomKindChanged, RoomRenamed, RoomRestored, TopicSet
from groupchat.models import Membership, Notice, Person, Room
from groupchat.permissions import require_active, require_manage, require_restore
from groupchat.text import clean_room_name, clean_topic, fold
from groupchat.timeline import membership_in

_SETTINGS = ("name", "topic", "kind", "history", "guests")

TOO_LATE = timedelta(hours=1)  # before the end of `deleted_room_days`: the clocks of two machines may differ
MEMBERS_AT_ONCE = 50  # who are told in one transaction that a room is back


def rename(*, person: Person, room_id: int, name: str) -> Room:
    """Give a room another name, and with it another address; the old ones stay reserved and lead here."""
    return configure(person=person, room_id=room_id, name=name)


def set_topic(*, person: Person, room_id: int, topic: str) -> Room:
    """Set the topic, or with an empty one take it away."""
    return configure(person=person, room_id=room_id, topic=topic)


def set_history(*, person: Person, room_id: int, history: str) -> Room:
    """Say what those who come in see of what was written before: all of it, or only what comes after them.

    Who is in the room goes on seeing what they could see. Where it shows everything again, it does so to them, too.
    """
    return configure(person=person, room_id=room_id, history=history)


def configure(
    *,
    person: Person,
    room_id: int,
    name: str | None = None,
    topic: str | None = None,
    kind: str | None = None,
    history: str | None = None,
    guests: bool | None = None,
) -> Room:
    """Change what is given, in one commit; what is None stays. Raises NameTaken where an open room's name is another's.

    A room that closes gets a random address; its names stay reserved, lead its members there, and nobody else anywhere.
    Whoever heard it without being a member does so no more. Of names that guests gave, only the last `max_former_names`
    stay reserved.
    """
    return configure_limited(
        person=person,
        room_id=room_id,
        name=name,
        topic=topic,
        kind=kind,
        history=history,
        guests=guests,
        before_renaming=whoever,
    )


def configure_limited(
    *,
    person: Person,
    room_id: int,
    name: str | None = None,
    topic: str | None = None,
    kind: str | None = None,
    history: str | None = None,
    guests: bool | None = None,
    before_renaming: Allow,
) -> Room:
    """The same, for somebody at a door: `before_renaming` raises where the room may have no other name now. It is asked
    when the person has the right to.
    """
    require_active(person)
    name = clean_room_name(name) if name is not None else None
    topic = clean_topic(topic) if topic is not None else None
    if kind is not None and kind not in NAMED:
        raise Invalid(f"kind: one of {', '.join(NAMED)}.", field="kind")
    if history is not None and history not in Room.History.values:
        raise Invalid(f"history: one of {', '.join(Room.History.values)}.", field="history")
    with changing_room(room_id) as change:
        room, was_open = change.room, change.room.is_open
        require_manage(person, room, membership_in(room.pk, person))
        before = _settings_of(room)
        room.name = room.name if name is None else name
        room.topic = room.topic if topic is None else topic
        room.kind = room.kind if kind is None else kind
        room.history = room.history if history is None else history
        room.guests = room.guests if guests is None else guests
        changed = [name for name, new, old in zip(_SETTINGS, _settings_of(room), before, strict=True) if new != old]
        if not changed:
            return room
        ask(ChangingRoom(room, person, changed))
        if room.name != before[0]:
            before_renaming(person)
        if room.is_open and (not was_open or room.name != before[0]):
            reserve(fold(room.name), room, person)
            free_former_names(room)
        elif was_open and not room.is_open:
            room.slug = private_slug()
            change.close()
        change.changed_info()
        _say(change, person, before)
        if room.history == Room.History.ALL != before[3]:
            # Nobody's counter moves: the room's own facts tell every device, and the hubs, that floors are gone.
            room.memberships.filter(state=Membership.State.JOINED, floor__gt=0).update(floor=0)
    return room


def archive(*, person: Person, room_id: int, archived: bool = True, now: datetime | None = None) -> Room:
    """Let nobody write into it any more, or open it again. Said again, it changes nothing."""
    require_active(person)
    with changing_room(room_id) as change:
        room = change.room
        require_manage(person, room, membership_in(room.pk, person))
        if archived == (room.archived_at is not None):
            return room
        room.archived_at = (now or timezone.now()) if archived else None
        ask(ChangingRoom(room, person, ["archived_at"]))
        change.changed_info()
        audit.note("archive" if archived else "unarchive", by=person, room=room)
        record([RoomArchived(room_id, person.pk, archived)])
    return room


def delete(*, person: Person, room_id: int, now: datetime | None = None) -> Room:
    """Take it away from everybody: nobody hears, reads or finds it any more. Its name stays reserved, and `restore`
    brings it back as it was.
    """
    require_active(person)
    with changing_room(room_id) as change:
        room = change.room
        require_manage(person, room, membership_in(room.pk, person))
        room.deleted_at = now or timezone.now()
        ask(ChangingRoom(room, person, ["deleted_at"]))
        change.close()
        change.changed_info()
        audit.note("delete room", by=person, room=room)
        record([RoomDeleted(room_id, person.pk)])
    return room


def restore(*, person: Person, room_id: int) -> Room:
    """Bring a deleted room back, for all its members, some of whom are told at a time. Raises NotFound where it is too
    late.
    """
    room = bring_back(person=person, room_id=room_id)
    behind: int | None = 0
    while behind is not None:
        behind = tell_members(room_id=room_id, behind=behind)
    return room


def bring_back(*, person: Person, room_id: int) -> Room:
    """The first part of `restore`: from here on the room is there, for whoever asks."""
    require_active(person)
    with changing_room(room_id) as change:
        room = change.room
        require_restore(person, room, membership_in(room.pk, person))
        if room.deleted_at is None:
            return room
        if is_too_late(room):
            raise NotFound("This room is being taken away for good.")
        room.deleted_at = None
        ask(ChangingRoom(room, person, ["deleted_at"]))
        change.changed_info()
        audit.note("restore room", by=person, room=room)
        record([RoomRestored(room_id, person.pk)])
    return room


def is_too_late(room: Room) -> bool:
    """Whether a deleted room is, or soon will be, on its way out for good."""
    days = conf().deleted_room_days
    limit = timezone.now() - timedelta(days=days) + TOO_LATE
    return bool(days) and room.deleted_at is not None and room.deleted_at <= limit


def tell_members(*, room_id: int, behind: int) -> int | None:
    """The rest of `restore`: tell some of the members, in order of person id, that the room is theirs. Gives the last
    of them, None where there was none. Where this ends half way, the others find it when they next open the chat.
    """
    with changing_room(room_id) as change:
        joined = Membership.objects.filter(room_id=room_id, state=Membership.State.JOINED, person_id__gt=behind)
        ids = list(joined.order_by("person_id").values_list("person_id", flat=True)[:MEMBERS_AT_ONCE])
        lock_people(ids)
        for membership in joined.filter(person_id__in=ids):
            changed_mine(membership.person_id, [membership], [change.room])
    return ids[-1] if ids else None


def _settings_of(room: Room) -> tuple[str, str, str, str, bool]:
    return room.name, room.topic, room.kind, room.history, room.guests


def _say(change: RoomChange, person: Person, before: tuple[str, str, str, str, bool]) -> None:
    """The quiet lines and the events of what is different."""
    room = change.room
    now, was = (dict(zip(_SETTINGS, map(str, facts), strict=True)) for facts in (_settings_of(room), before))
    changed = {name for name in now if now[name] != was[name]}
    told = [{name: facts[name] for name in changed} for facts in (was, now)]
    audit.note("settings", by=person, room=room, before=told[0], after=told[1])
    if room.name != before[0]:
        note(change, person, Notice.Kind.RENAMED, room.name)
        record([RoomRenamed(room.pk, person.pk)])
    if room.topic != before[1]:
        note(change, person, Notice.Kind.TOPIC, room.topic)
        record([TopicSet(room.pk, person.pk)])
    if room.kind != before[2]:
        record([RoomKindChanged(room.pk, person.pk)])
