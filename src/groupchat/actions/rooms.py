"""Rooms: make or join by name, leave, rename, set the topic."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from groupchat.actions.counters import RoomChange, changed_mine, changing_room
from groupchat.actions.effects import record
from groupchat.conf import conf
from groupchat.errors import Invalid, NameTaken, NotFound
from groupchat.events import MemberJoined, MemberLeft, RoomCreated, RoomRenamed, TopicSet
from groupchat.models import Membership, Notice, Person, Room, RoomName
from groupchat.permissions import is_joined, require_active, require_join, require_manage
from groupchat.text import LONGEST_KEY, clean_room_name, clean_topic, fold

PRIVATE_SLUG_BYTES = 12  # of chance; a guess is as good as hopeless

Allow = Callable[[Person], None]

_PRIVATE_SLUG = re.compile(r"[A-Za-z0-9_-]{1,64}\Z")


@dataclass(frozen=True, slots=True)
class Entered:
    """A room that was entered, and whether it was made for it."""

    room: Room
    membership: Membership
    created: bool


def enter(*, person: Person, name: str) -> Entered:
    """Join the public room of this name, or of this former name; make it where there is none."""
    return enter_limited(person=person, name=name, before_making=_whoever)


def enter_limited(*, person: Person, name: str, before_making: Allow) -> Entered:
    """The same, for somebody at a door: `before_making` raises where this person may make no room now."""
    require_active(person)
    while True:
        room_id = id_of(name=name)
        if room_id is not None:
            room, membership = join(person=person, room_id=room_id)
            return Entered(room, membership, created=False)
        before_making(person)
        try:
            room = create(person=person, name=name)
        except NameTaken:
            # Somebody made it at the same moment: join theirs. Or another room happens to have this address.
            if id_of(name=name) is None:
                raise
            continue
        return Entered(room, Membership.objects.get(room=room, person=person), created=True)


def create(*, person: Person, name: str, kind: str = Room.Kind.PUBLIC, slug: str | None = None) -> Room:
    """Make a room with the person in it as its owner; raises NameTaken where another has its name or address.

    A public room has its name as its address. Any other has a random one, or the one that is given; no name can ever
    be that, so it takes none away from the public rooms.
    """
    require_active(person)
    name = clean_room_name(name)
    key = fold(name)
    if kind != Room.Kind.PUBLIC:
        slug = _private_slug() if slug is None else _clean_private_slug(slug)
    with transaction.atomic():
        room = Room(name=name, slug=slug or key, kind=kind, created_by=person, last_message_at=timezone.now())
        try:
            with transaction.atomic():
                room.save(force_insert=True)
                if kind == Room.Kind.PUBLIC:
                    RoomName.objects.create(key=key, room=room, by_guest_at=_by_guest(person))
        except IntegrityError:
            raise _taken() from None
        with changing_room(room.pk, person, comes_in=True) as change:
            change.changed_info()
            membership = Membership(room=room, person=person, role=Membership.Role.OWNER)
            change.changed(membership, person)
            membership.save()
            change.save()
            changed_mine(person.pk, [membership], [change.room])
            record([RoomCreated(room.pk, person.pk), MemberJoined(room.pk, person.pk)])
    return change.room


def join(*, person: Person, room_id: int) -> tuple[Room, Membership]:
    """Be a member of a public room; one who is already stays so, and nothing is written."""
    require_active(person)
    membership = Membership.objects.filter(room_id=room_id, person=person).select_related("room").first()
    if membership is not None and is_joined(membership):
        return membership.room, membership
    with changing_room(room_id, person, comes_in=True) as change:
        membership = Membership.objects.filter(room_id=room_id, person=person).first()
        require_join(change.room, membership)
        if membership is not None and is_joined(membership):
            return change.room, membership  # on another device, at the same moment
        membership = admit(change, person, membership)
        membership.save()
        change.save()
        changed_mine(person.pk, [membership], [change.room])
        record([MemberJoined(room_id, person.pk)])
    return change.room, membership


def admit(change: RoomChange, person: Person, membership: Membership | None) -> Membership:
    """The membership of a person who comes in, new or come back; the caller saves it. What was said before is read.

    Who left by themselves finds the room theirs as it was; who was sent out has lost what they were in it.
    """
    if membership is None:
        membership = Membership(room=change.room, person=person)
    elif membership.state != Membership.State.LEFT:
        membership.role = Membership.Role.MEMBER
    membership.state = Membership.State.JOINED
    membership.last_read_number = max(membership.last_read_number, change.room.last_number)
    change.changed(membership, person)
    return membership


def leave(*, person: Person, room_id: int) -> None:
    """Be a member no more. Leaving a room that one is not in changes nothing."""
    with changing_room(room_id, person) as change:
        membership = Membership.objects.filter(room_id=room_id, person=person).first()
        if membership is None or not is_joined(membership):
            return
        membership.state = Membership.State.LEFT
        change.changed(membership, person)
        membership.save()
        change.save()
        changed_mine(person.pk, [membership])
        record([MemberLeft(room_id, person.pk)])


def rename(*, person: Person, room_id: int, name: str) -> Room:
    """Give a room another name, and with it another address; the old ones stay reserved and lead here. Of those that
    guests gave, only the last `max_former_names` do.
    """
    return rename_limited(person=person, room_id=room_id, name=name, before_renaming=_whoever)


def rename_limited(*, person: Person, room_id: int, name: str, before_renaming: Allow) -> Room:
    """The same, for somebody at a door: `before_renaming` raises where it may have no other name now. It is asked when
    the person has the right to.
    """
    require_active(person)
    name = clean_room_name(name)
    key = fold(name)
    with changing_room(room_id) as change:
        room = change.room
        require_manage(room, person, Membership.objects.filter(room=room, person=person).first())
        if name == room.name:
            return room
        before_renaming(person)
        if room.kind == Room.Kind.PUBLIC:
            _reserve(key, room, person)
            room.slug = key
            _free_former_names(room)
        room.name = name
        change.changed_info()
        _note(change, person, Notice.Kind.RENAMED, name)
        record([RoomRenamed(room_id, person.pk)])
    return room


def set_topic(*, person: Person, room_id: int, topic: str) -> Room:
    """Set the topic, or with an empty one take it away."""
    require_active(person)
    topic = clean_topic(topic)
    with changing_room(room_id) as change:
        room = change.room
        require_manage(room, person, Membership.objects.filter(room=room, person=person).first())
        if topic == room.topic:
            return room
        room.topic = topic
        change.changed_info()
        _note(change, person, Notice.Kind.TOPIC, topic)
        record([TopicSet(room_id, person.pk)])
    return room


def find(*, name: str) -> Room:
    """The public room of this name or former name; raises NotFound."""
    known = RoomName.objects.filter(key=fold(name)).select_related("room").first()
    if known is None:
        raise NotFound("There is no such room.")
    return known.room


def id_of(*, name: str) -> int | None:
    """The public room that `enter` would join; None where it would make one. Raises Invalid or TooLong."""
    key = fold(name) if len(name) <= LONGEST_KEY and "\0" not in name else ""
    known = _room_of(key) if key else None
    if known is not None:
        return known  # by a name, perhaps, that no room gets any more
    clean = fold(clean_room_name(name))
    return _room_of(clean) if clean != key else None


def _room_of(key: str) -> int | None:
    return RoomName.objects.filter(key=key).values_list("room_id", flat=True).first()


def _private_slug() -> str:
    """A random address with an upper-case letter: whatever somebody types as a name is folded, and never this."""
    while fold(slug := secrets.token_urlsafe(PRIVATE_SLUG_BYTES)) == slug:
        pass
    return slug


def _clean_private_slug(slug: str) -> str:
    if not _PRIVATE_SLUG.match(slug):
        raise Invalid(
            "The address of a private room has 1 to 64 letters, digits, hyphens or underscores.", field="slug"
        )
    if fold(slug) == slug:
        raise Invalid("The address of a private room needs an upper-case letter, so that no name is it.", field="slug")
    return slug


def _whoever(person: Person) -> None:
    """Code that decides by itself is not limited."""


def _taken() -> NameTaken:
    return NameTaken("Another room has or had this name. Choose a different one.", field="name")


def _by_guest(person: Person) -> datetime | None:
    return timezone.now() if person.kind == Person.Kind.GUEST else None


def _free_former_names(room: Room) -> None:
    """A guest costs nothing, and a name that is reserved is one less for all others."""
    most = conf().max_former_names
    former = RoomName.objects.filter(room=room).exclude(key=room.slug)
    by_guests = former.exclude(by_guest_at=None).order_by("-by_guest_at", "-key").values_list("key", flat=True)
    freed = list(by_guests[most:]) if most else []
    if freed:
        RoomName.objects.filter(key__in=freed).delete()


def _reserve(key: str, room: Room, person: Person) -> None:
    known = RoomName.objects.filter(key=key).first()
    if known is not None:
        if known.room_id != room.pk:
            raise _taken()
        return
    if Room.objects.filter(slug=key).exists():
        raise _taken()  # the address of a private room
    try:
        with transaction.atomic():
            # The address first, as where a room is made: two who want the same name don't wait for each other.
            Room.objects.filter(pk=room.pk).update(slug=key)
            RoomName.objects.create(key=key, room=room, by_guest_at=_by_guest(person))
    except IntegrityError:
        raise _taken() from None


def _note(change: RoomChange, actor: Person, kind: Notice.Kind, text: str) -> None:
    """The quiet line of this kind at the room's end: one, however often it happens before the next message."""
    after = change.room.last_number
    notice = Notice.objects.filter(room=change.room, after=after, kind=kind).first()
    if notice is None:
        notice = Notice(room=change.room, after=after, kind=kind)
    notice.actor = actor
    notice.text = text
    notice.at = timezone.now()
    change.changed(notice, actor)
    notice.save()
