"""What a connection reads: on opening, on subscribing, and to repair a gap. Synchronous; runs in a reading thread.

Always after the subscription began: what the read covers is dropped from what was kept meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from groupchat import timeline
from groupchat.conf import conf
from groupchat.errors import Forbidden, Invalid, NotFound
from groupchat.models import Membership, Person, Room
from groupchat.permissions import require_read
from groupchat.protocol import RoomState
from groupchat.publication import MyChanges, RoomChanges
from groupchat.realtime.publish import as_publication
from groupchat.realtime.topics import Publication, Reset, TopicKey
from groupchat.resources import room_state

_epoch: str | None = None


def epoch() -> str:
    """The counters' epoch, as this process last read it."""
    global _epoch
    if _epoch is None:
        _epoch = timeline.epoch()
    return _epoch


def refresh_epoch() -> None:
    """Read it again: an operator may have ended the counters' life while this process runs."""
    global _epoch
    _epoch = timeline.epoch()


def known_epoch() -> str | None:
    """The same without asking the database; None before the first question."""
    return _epoch


def rooms_of(people: Sequence[Person]) -> list[list[int] | Exception]:
    """For each person the rooms that a connection subscribes to on opening: the liveliest, if it may not have all."""
    ids = {person.pk for person in people}
    active = set(Person.objects.filter(pk__in=ids, is_active=True).values_list("pk", flat=True))
    rooms: dict[int, list[int]] = {person_id: [] for person_id in ids}
    joined = Membership.objects.filter(state=Membership.State.JOINED)
    for person_id, room_id in joined.filter(person_id__in=ids).values_list("person_id", "room_id"):
        rooms[person_id].append(room_id)
    limit = conf().max_rooms_per_connection
    for person_id, room_ids in rooms.items():
        if limit and len(room_ids) > limit:
            liveliest = joined.filter(person_id=person_id).order_by("-room__last_message_at")
            rooms[person_id] = list(liveliest.values_list("room_id", flat=True)[:limit])
    switched_off = Forbidden("Your account is switched off.")
    return [rooms[person.pk] if person.pk in active else switched_off for person in people]


@dataclass(frozen=True, slots=True)
class Return:
    """Somebody who says hello: who it is, and where their client stands."""

    person: Person
    positions: Mapping[int, int]
    same_epoch: bool


@dataclass(frozen=True, slots=True)
class Resumed:
    """What `hello` is answered with: one's own position and rooms, and for each room asked for its changes or None
    (reset).
    """

    seq: int
    person: Person | None
    rooms: Sequence[RoomState]
    changes: Mapping[int, RoomChanges | None]


NOTHING_YET = Resumed(0, None, (), {})
"""For a guest who has not written anything."""


def resume(returns: Sequence[Return]) -> list[Resumed | Exception]:
    """For each: their rooms, and what changed since their positions in those of which their client has pages loaded."""
    ids = {one.person.pk for one in returns}
    people = Person.objects.in_bulk(ids)
    mine = timeline.mine_of(ids)
    known: dict[tuple[int, int], RoomChanges | None] = {}  # many who come back together stand at the same position
    gone = NotFound("There is no such person any more.")
    return [
        _resume(one, people[one.person.pk], mine[one.person.pk], known) if one.person.pk in mine else gone
        for one in returns
    ]


def _resume(
    one: Return, person: Person, mine: timeline.Mine, known: dict[tuple[int, int], RoomChanges | None]
) -> Resumed:
    limit = conf().max_positions
    changes: dict[int, RoomChanges | None] = {}
    for state in mine.rooms:
        room_id = state["room"]["id"]
        position = one.positions.get(room_id)
        if position is None or (one.same_epoch and position == state["seq"]):
            continue
        if not one.same_epoch or (limit and len(changes) >= limit):
            changes[room_id] = None
            continue
        if (room_id, position) not in known:
            known[room_id, position] = timeline.changes(room_id, position)
        changes[room_id] = known[room_id, position]
    return Resumed(mine.seq, person, mine.rooms, changes)


def find_room(person: Person | None, room_id: int | None, slug: str | None) -> int:
    """The id of a room that this person may read; raises Invalid, NotFound or Forbidden."""
    if room_id is None and slug is None:
        raise Invalid("Name a room, by its id or its slug.", field="room")
    room = Room.objects.filter(pk=room_id).first() if room_id is not None else timeline.room_by_slug(slug or "")
    return require_read(room, timeline.membership_in(room.pk, person) if room else None).pk


def look(person: Person | None, room_id: int) -> RoomState:
    """A room as it is now, with one's membership in it; raises NotFound or Forbidden."""
    room = Room.objects.filter(pk=room_id).first()
    membership = timeline.membership_in(room_id, person)
    room = require_read(room, membership)
    joined = membership if membership is not None and membership.state == Membership.State.JOINED else None
    return room_state(room, joined)


def stand(person: Person | None, slug: str) -> RoomState | None:
    """The room of this name as it is now; None where there is none that this person may read."""
    try:
        return look(person, find_room(person, None, slug))
    except (NotFound, Forbidden):
        return None


def page(
    person: Person | None, room_id: int, before: int | None, after: int | None, around: int | None, limit: int
) -> timeline.Page:
    return timeline.page(_readable(person, room_id), before=before, after=after, around=around, limit=limit)


def members(person: Person | None, room_id: int, after: int, limit: int) -> timeline.MembersPage:
    return timeline.members(_readable(person, room_id), after=after, limit=limit)


def changes(person: Person | None, room_id: int, since: int) -> RoomChanges | None:
    _readable(person, room_id)
    return timeline.changes(room_id, since)


def my_changes(person_id: int, since: int) -> MyChanges | None:
    return timeline.my_changes(person_id, since)


def repair(key: TopicKey, since: int) -> Publication | Reset:
    """The changes of a topic since the hub's position, for all its subscribers at once."""
    found: RoomChanges | MyChanges | None
    if key.kind == "room":
        found = timeline.changes(key.id, since)
        if found is None:
            room = Room.objects.filter(pk=key.id).first()
            if room is None:
                return Reset(since, 0, gone=True)
            # Ahead of the room: this is an older database, and all that it says of the memberships is news.
            return Reset(room.seq, room.last_number, out=timeline.out(key.id, since if since <= room.seq else 0))
    else:
        found = timeline.my_changes(key.id, since)
        if found is None:
            person = Person.objects.filter(pk=key.id).first()
            return Reset(person.seq, 0, sessions=True) if person else Reset(since, 0, gone=True)
    return as_publication(found)


def _readable(person: Person | None, room_id: int) -> Room:
    room = Room.objects.filter(pk=room_id).first()
    return require_read(room, timeline.membership_in(room_id, person) if room else None)
