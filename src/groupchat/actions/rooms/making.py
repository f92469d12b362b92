"""Making rooms, and entering by name, which makes one where there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils import timezone

from groupchat.actions.counters import changed_mine, changing_room
from groupchat.actions.effects import record
from groupchat.actions.rooms.coming import join
from groupchat.actions.rooms.names import by_guest, clean_private_slug, id_of, private_slug, taken
from groupchat.actions.rooms.syncing import People, add
from groupchat.attempts import MakingRoom, ask
from groupchat.errors import Invalid, NameTaken, NotFound
from groupchat.events import MemberJoined, RoomCreated
from groupchat.models import Membership, Person, Room, RoomName
from groupchat.permissions import require_active, require_make_room
from groupchat.text import clean_room_name, clean_topic, fold

NAMED = (Room.Kind.PUBLIC, Room.Kind.ANNOUNCEMENT, Room.Kind.PRIVATE)
"""The kinds of rooms that have a name of their own."""


Allow = Callable[[Person], None]
"""Raises where a limit of this person is reached."""


def whoever(person: Person) -> None:
    """Code that decides by itself is not limited."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A room that was entered, and whether it was made for it."""

    room: Room
    membership: Membership
    created: bool


def enter(*, person: Person, name: str) -> Entered:
    """Join the open room of this name, or of this former name; make a public one where there is none.

    Raises NameTaken where the name is that of a room which is closed to this person by now.
    """
    return enter_limited(person=person, name=name, before_making=whoever)


def enter_limited(*, person: Person, name: str, before_making: Allow) -> Entered:
    """The same, for somebody at a door: `before_making` raises where this person may make no room now."""
    require_active(person)
    while True:
        room_id = id_of(name=name)
        if room_id is not None:
            try:
                room, membership = join(person=person, room_id=room_id)
            except NotFound:
                require_make_room(person, Room.Kind.PUBLIC)  # who may make none learns of none by its name
                raise taken() from None
            return Entered(room, membership, created=False)
        try:
            room = create_limited(person=person, name=name, before_making=before_making)
        except NameTaken:
            # Somebody made it at the same moment: join theirs. Or another room happens to have this address.
            if id_of(name=name) is None:
                raise
            continue
        return Entered(room, Membership.objects.get(room=room, person=person), created=True)


def create(
    *,
    person: Person,
    name: str,
    kind: str = "public",
    topic: str = "",
    slug: str | None = None,
    members: People = (),
) -> Room:
    """Make a room with the person in it as its owner; raises NameTaken where another has its name or address.

    An open room has its name as its address. A private one has a random one, or the one that is given; no name can ever
    be that, so it takes none away from the open rooms. `members` are brought in with it.
    """
    with transaction.atomic():
        room = create_limited(person=person, name=name, kind=kind, topic=topic, slug=slug, before_making=whoever)
        if members:
            add(room=room, people=members)
            room.refresh_from_db()
    return room


def create_limited(
    *,
    person: Person,
    name: str,
    kind: str = "public",
    topic: str = "",
    slug: str | None = None,
    before_making: Allow,
) -> Room:
    """The same, for somebody at a door: `before_making` raises where this person may make no room now."""
    require_active(person)
    if kind not in NAMED:
        raise Invalid(f"kind: one of {', '.join(NAMED)}.", field="kind")
    require_make_room(person, kind)
    name, topic = clean_room_name(name), clean_topic(topic)
    room = Room(name=name, topic=topic, kind=kind, created_by=person, last_message_at=timezone.now())
    if room.is_open:
        if slug is not None:
            raise Invalid("slug: an open room has its name as its address.", field="slug")
        room.slug = fold(name)
    else:
        room.slug = private_slug() if slug is None else clean_private_slug(slug)
    ask(MakingRoom(room, person))
    before_making(person)
    with transaction.atomic():
        try:
            with transaction.atomic():
                room.save(force_insert=True)
                if room.is_open:
                    RoomName.objects.create(key=room.slug, room=room, by_guest_at=by_guest(person))
        except IntegrityError:
            raise taken() from None
        return begin(room=room, people=[person], role=Membership.Role.OWNER)


def begin(*, room: Room, people: Sequence[Person], role: str) -> Room:
    """The first change of a room that was just made: these people are in it, the first of whom made it. Call it inside
    the transaction that made it.
    """
    with changing_room(room.pk, *people, comes_in=True) as change:
        change.changed_info()
        memberships = [Membership(room=change.room, person=one, role=role) for one in people]
        for membership in memberships:
            change.changed(membership, membership.person)
            membership.save()
        change.save()
        for membership in memberships:
            changed_mine(membership.person_id, [membership], [change.room])
        record([RoomCreated(room.pk, people[0].pk), *(MemberJoined(room.pk, one.pk) for one in people)])
    return change.room
