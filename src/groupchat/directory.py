"""Which rooms there are: for lists, without what was said in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice

from django.db import connections
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from groupchat.access import access
from groupchat.conf import conf
from groupchat.errors import Invalid
from groupchat.lookalikes import skeleton
from groupchat.models import Membership, Person, Room
from groupchat.protocol import PersonResource, RoomState
from groupchat.resources import people_resources, room_state
from groupchat.text import fold
from groupchat.timeline import ALL_OF_THEM

MOST_FOUND_PEOPLE = 50  # at once
LAST_CHARACTER = "\U0010ffff"  # behind all that a handle can go on with


@dataclass(frozen=True, slots=True)
class RoomsPage:
    """Rooms in order of id, each as it is now; `next` is where the next page begins."""

    rooms: Sequence[RoomState]
    next: int | None


def rooms(person: Person, *, after: int = 0, limit: int = 50) -> RoomsPage:
    """A page of the rooms that the person may read (`Rules.read`, as the database asks it)."""
    limit = min(limit, conf().max_page_rooms or ALL_OF_THEM)
    in_sight = Room.OPEN if not person.is_confined else ()
    own = Membership.objects.filter(room=OuterRef("pk"), person=person)
    is_open = Q(kind__in=in_sight) & ~Exists(own.filter(_is_banned()))
    is_mine = Exists(own.filter(state=Membership.State.JOINED))
    readable = Room.objects.filter(is_open | is_mine, deleted_at=None, pk__gt=after)
    found = list(readable.order_by("pk")[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    joined = Membership.objects.filter(person=person, room__in=found, state=Membership.State.JOINED)
    by_room = {membership.room_id: membership for membership in joined}
    return RoomsPage(
        rooms=[room_state(room, by_room.get(room.pk)) for room in found],
        next=found[-1].pk if more else None,
    )


def recently_active_rooms(*, limit: int = 12) -> list[Room]:
    """Open rooms, those with the newest room activity first; for strangers, where they may see them."""
    return list(islice(merge(*_lively(None, "", None, limit), key=_liveliness, reverse=True), limit))


def _is_banned() -> Q:
    """As `permissions.is_banned`."""
    holds = Q(banned_until=None) | Q(banned_until__gt=timezone.now())
    return Q(state=Membership.State.BANNED) & holds


def _liveliness(room: Room) -> tuple[datetime, int]:
    return room.last_message_at or room.created_at, room.pk


@dataclass(frozen=True, slots=True)
class ListedRoom:
    """An open room as it is found, with the number of those who are in it."""

    state: RoomState
    members: int


@dataclass(frozen=True, slots=True)
class FoundRooms:
    """Open rooms, the lively ones first; `next` is where the next page begins."""

    rooms: Sequence[ListedRoom]
    next: str | None


def find_rooms(person: Person | None, *, query: str = "", after: str | None = None, limit: int = 50) -> FoundRooms:
    """A page of the open rooms whose name holds `query`, as somebody may see them who is in none of them.

    It walks along the index of lively rooms until the page is full. Raises Invalid for an `after` that no page gave.
    """
    if not _sees_rooms(person):
        return FoundRooms([], None)
    limit = min(limit, conf().max_page_rooms or ALL_OF_THEM)
    lively = _lively(person, fold(query), after, limit + 1)
    found = list(islice(merge(*lively, key=_liveliness, reverse=True), limit + 1))
    more, found = len(found) > limit, found[:limit]
    counts = dict(
        Membership.objects.filter(room__in=found, state=Membership.State.JOINED)
        .order_by()
        .values_list("room_id")
        .annotate(Count("pk"))
    )
    own = {one.room_id: one for one in _memberships(person, found)}
    listed = [ListedRoom(room_state(room, own.get(room.pk)), counts.get(room.pk, 0)) for room in found]
    return FoundRooms(listed, _cursor(found[-1]) if more else None)


def find_people(person: Person, *, query: str, limit: int = 20) -> list[PersonResource]:
    """Those whose handle begins with `query`, in order of handle, and behind them those whose name does, in order of
    name. A guest finds those with whom they share a room.

    A name is found among those with whom one shares a room; and among all where everybody is here by an account or an
    invitation.
    """
    key = fold(query).removeprefix("@").replace("\0", "")
    if not key or person.is_confined:
        return []
    limit = min(limit, MOST_FOUND_PEOPLE)
    everybody = Person.objects.filter(is_active=True, account_active=True).exclude(pk=person.pk)
    around = everybody.filter(Exists(_shares_a_room(person)))
    is_guest = person.kind == Person.Kind.GUEST
    found = _beginning(around if is_guest else everybody, "handle", key)[:limit]
    by_name = everybody if not is_guest and _know_each_other() else around
    looks = skeleton(key)
    # What only looks so is not meant: an l for an i.
    named = [one for one in _beginning(by_name, "name_skeleton", looks)[: 2 * limit] if fold(one.name).startswith(key)]
    return people_resources(list({one.pk: one for one in (*found, *named)}.values())[:limit])


def _beginning(people: QuerySet[Person], field: str, key: str) -> QuerySet[Person]:
    """Those whose `field` begins so, in its order, along its index."""
    found = people.filter(**{f"{field}__startswith": key})
    if connections[found.db].vendor == "sqlite":  # whose LIKE goes by no index; elsewhere the order is a language's
        found = found.filter(**{f"{field}__gte": key, f"{field}__lt": key + LAST_CHARACTER})
    return found.order_by(field)


def _shares_a_room(person: Person) -> QuerySet[Membership]:
    mine = Membership.objects.filter(person=person, state=Membership.State.JOINED, room__deleted_at=None)
    theirs = Membership.objects.filter(person=OuterRef("pk"), state=Membership.State.JOINED)
    return theirs.filter(room_id__in=mine.values("room_id"))


def _know_each_other() -> bool:
    """Whether no stranger is here: then names are no secret from each other."""
    return not conf().guests or access().invited


def _sees_rooms(person: Person | None) -> bool:
    """Whether the list of open rooms is for somebody who stands there."""
    return access().strangers_see_rooms if person is None else not person.is_confined


def _lively(person: Person | None, key: str, after: str | None, limit: int) -> list[QuerySet[Room]]:
    """The open rooms behind `after`, one question a kind: each is answered along one index."""
    listed = Room.objects.filter(deleted_at=None, archived_at=None).order_by("-last_message_at", "-pk")
    if key:
        listed = listed.filter(slug__contains=key)
    if after is not None:
        at, room_id = _read_cursor(after)
        listed = listed.filter(Q(last_message_at__lt=at) | Q(last_message_at=at, pk__lt=room_id))
    if person is not None:
        own = Membership.objects.filter(room=OuterRef("pk"), person=person)
        listed = listed.exclude(Exists(own.filter(_is_banned())))
    return [listed.filter(kind=kind)[:limit] for kind in Room.OPEN]


def _memberships(person: Person | None, rooms: Sequence[Room]) -> QuerySet[Membership]:
    return Membership.objects.filter(person=person, room__in=rooms, state=Membership.State.JOINED)


def _cursor(room: Room) -> str:
    at, room_id = _liveliness(room)
    return f"{at.isoformat()}/{room_id}"


def _read_cursor(cursor: str) -> tuple[datetime, int]:
    at, _, room_id = cursor.partition("/")
    try:
        moment, number = datetime.fromisoformat(at), int(room_id)
    except ValueError:
        moment, number = None, 0
    if moment is None or moment.tzinfo is None or not 0 <= number < 2**63:
        raise Invalid("after: the `next` of the page before, as it was.", field="after")
    return moment, number
