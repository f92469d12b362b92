"""What a connection reads: on opening and on subscribing. Synchronous; runs in a reading thread.

Always after the subscription began: what the read covers is dropped from what was kept meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from groupchat import timeline
from groupchat.conf import conf
from groupchat.errors import Forbidden, NotFound
from groupchat.floors import above, floor_behind
from groupchat.models import Membership, Person, Room
from groupchat.parts import with_mine
from groupchat.permissions import floor_of, require_read
from groupchat.protocol import AgendaResource, OrderResource, PersonResource, RoomState
from groupchat.publication import MyChanges, RoomChanges

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
    active = set(Person.objects.filter(pk__in=ids, is_active=True, account_active=True).values_list("pk", flat=True))
    rooms: dict[int, list[int]] = {person_id: [] for person_id in ids}
    joined = Membership.objects.filter(state=Membership.State.JOINED, room__deleted_at=None)
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
class ResumeRequest:
    """Somebody who says hello: who it is, and where their client stands."""

    person: Person
    positions: Mapping[int, int]
    same_epoch: bool


@dataclass(frozen=True, slots=True)
class ResumeResult:
    """What `hello` is answered with: one's own position and rooms, for each room asked for its changes or None (reset),
    the people of one's conversations, and the ids of those whom one blocks.
    """

    seq: int
    person: Person | None
    rooms: Sequence[RoomState]
    changes: Mapping[int, RoomChanges | None]
    people: Sequence[PersonResource] = ()
    order: OrderResource | None = None
    blocks: Sequence[int] = ()
    agenda: AgendaResource | None = None


NOTHING_YET = ResumeResult(0, None, (), {})
"""For a guest who has not written anything."""


def resume(requests: Sequence[ResumeRequest]) -> list[ResumeResult | Exception]:
    """For each: their rooms, and what changed since their positions in those of which their client has pages loaded."""
    ids = {one.person.pk for one in requests}
    people = Person.objects.in_bulk(ids)
    mine = timeline.mine_of(ids)
    known: dict[tuple[int, int], RoomChanges | None] = {}  # many who come back together stand at the same position
    gone = NotFound("There is no such person any more.")
    return [
        _resume(one, people[one.person.pk], mine[one.person.pk], known) if one.person.pk in mine else gone
        for one in requests
    ]


def _resume(
    one: ResumeRequest, person: Person, mine: timeline.OwnState, known: dict[tuple[int, int], RoomChanges | None]
) -> ResumeResult:
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
        found = known[room_id, position]
        if found is not None and found.ends(person.pk):
            # They went since their rooms were read. The client asks, and is refused; the subscription, which goes on
            # from where the room stood then, ends with the change that is still to come.
            changes[room_id] = None
            continue
        changes[room_id] = _seen_by(person, found, state["me"]["floor"] if state["me"] else 0)
    return ResumeResult(mine.seq, person, mine.rooms, changes, mine.people, mine.order, mine.blocks, mine.agenda)


def changes(person: Person | None, room_id: int, since: int, heard_from: int | None) -> RoomChanges | None:
    """As they may see it; `heard_from` is as for `permissions.floor_of`."""
    room = Room.objects.filter(pk=room_id).first()
    membership = timeline.membership_in(room_id, person) if room else None
    floor = floor_of(require_read(person, room, membership), membership, heard_from=heard_from)
    found = timeline.changes(room_id, since)
    if found is not None and found.ends(person.pk if person is not None else None):
        # They went, or it was closed to them, while it was read: whether they may have it is asked once more.
        room = Room.objects.filter(pk=room_id).first()
        require_read(person, room, timeline.membership_in(room_id, person) if room else None)
    return _seen_by(person, found, floor)


def _seen_by(person: Person | None, changes: RoomChanges | None, floor: int) -> RoomChanges | None:
    """What was read after their floor was."""
    if changes is None:
        return None
    person_id = person.pk if person is not None else None
    shown = above(changes, floor_behind(changes, person_id, floor))
    messages = shown.frame.get("messages", ())
    mine = with_mine(shown.frame["room"], messages, person_id)
    return shown if mine is messages else replace(shown, frame={**shown.frame, "messages": list(mine)})


def my_changes(person_id: int, since: int) -> MyChanges | None:
    return timeline.my_changes(person_id, since)
