"""What to read of a room, and of one's own.

Reading takes no transaction and no lock: first the room's `seq`, as `to`, then the entities with a higher seq than the
position asked for, without an upper bound. An entity may then be newer than `to`, which does no harm; none is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from groupchat.agendas import agendas_of
from groupchat.blocking import blocks_of
from groupchat.conf import conf
from groupchat.errors import NotFound
from groupchat.keeping import orders_of
from groupchat.kinds import MEMBERS, MESSAGES, ROOM_KINDS, Kind, departures, floors, hearers
from groupchat.models import Membership, Message, Notice, Person, Room, ServerState
from groupchat.parts import message_resources
from groupchat.permissions import floor_of, require_read
from groupchat.protocol import (
    AgendaResource,
    ChangesFrame,
    MemberResource,
    MessageResource,
    MyChangesFrame,
    NoticeResource,
    OrderResource,
    PersonResource,
    RoomState,
    encode,
)
from groupchat.publication import MyChanges, RoomChanges
from groupchat.resources import (
    last_message_at,
    member_resource,
    membership_resource,
    notice_resource,
    own_membership,
    people_resources,
    room_resource,
    room_state,
)
from groupchat.text import fold
from groupchat.unread import is_behind, uncounted

ALL_OF_THEM = 2**31  # where there is no limit: no database counts up to what a client may ask for
MOST_BYTES_OF_A_CHARACTER = 6  # in JSON: a control character as \u0007, an emoji as four bytes of UTF-8
OWN_LISTS = ("order_seq", "blocks_seq", "agenda_seq")  # a person's columns: when each was last new
MOST_BYTES_OF_A_REACTION = 100  # without the people whom it names; each of them is far less


def epoch() -> str:
    """The name of the counters' present life; made with the first question."""
    return ServerState.objects.get_or_create(id=ServerState.ONLY)[0].epoch


def people(ids: Iterable[int]) -> list[PersonResource]:
    """The people with these ids, as everyone sees them."""
    wanted = set(ids)
    return people_resources(Person.objects.filter(pk__in=wanted)) if wanted else []


def room_by_slug(slug: str) -> Room:
    """The room at this address, by its present name or an old one; raises NotFound."""
    if "\0" in slug:
        raise NotFound("There is no such room.")  # PostgreSQL would not even look
    room = Room.objects.filter(slug=slug).first()
    if room is None:
        room = Room.objects.filter(names__key=fold(slug)).first()
    if room is None:
        raise NotFound("There is no such room.")
    return room


def membership_in(room_id: int, person: Person | None) -> Membership | None:
    if person is None:
        return None
    return Membership.objects.filter(room_id=room_id, person=person).first()


def message_in(
    room: Room | None, number: int, person: Person | None, *, heard_from: int | None = None
) -> tuple[Message, Membership | None]:
    """A message of a room with its author, and the membership of whoever asks; NotFound and Forbidden where they may
    not read it, NotFound where there is none with this number that they may see. `heard_from` is as for
    `permissions.floor_of`.
    """
    membership = membership_in(room.pk, person) if room is not None else None
    room = require_read(person, room, membership)
    message = Message.objects.filter(room=room, number=number).select_related("author").first()
    if message is None or number < floor_of(room, membership, heard_from=heard_from):
        raise NotFound("There is no such message in this room.")
    return message, membership


def changes(room_id: int, since: int) -> RoomChanges | None:
    """The changes of a room since a position; None means reset: it is ahead of the room, or too much came after it."""
    limit = conf().max_changes
    room = Room.objects.filter(pk=room_id).first()
    if room is None or since > room.seq:
        return None
    frame: ChangesFrame = {
        "type": "changes",
        "room": room_id,
        "since": since,
        "to": room.seq,
        "last_number": room.last_number,
    }
    if since == room.seq:
        return RoomChanges(frame, [])
    found = {
        kind: list(_since(kind, room_id, since, limit)) for kind in ROOM_KINDS if kind.may_have_changed(room, since)
    }
    if limit and sum(map(len, found.values())) > limit:
        return None
    only = None
    if room.info_seq > since:
        frame["info"] = room_resource(room)
        only = hearers(room)
    named: set[int] = set()
    for kind, rows in found.items():
        if rows:
            resources = kind.resources(rows)
            frame[kind.name] = resources  # type: ignore[literal-required]
            named.update(one for resource in resources for one in kind.names(resource))
    members = found.get(MEMBERS, ())
    return RoomChanges(frame, people(named), departures(members), only, floors(members))


def out(room_id: int, since: int) -> dict[int, int]:
    """Those who are in the room no more and went after `since`, each with the seq at which they did."""
    memberships = Membership.objects.filter(room_id=room_id, seq__gt=since).exclude(state=Membership.State.JOINED)
    return dict(memberships.values_list("person_id", "seq"))


def floors_since(room_id: int, since: int) -> dict[int, int]:
    """`kinds.floors` of those whose memberships changed after `since`."""
    return floors(Membership.objects.filter(room_id=room_id, seq__gt=since, floor__gt=0))


def _since(kind: Kind[Any], room_id: int, since: int, limit: int) -> QuerySet[Any]:
    rows: QuerySet[Any] = kind.model._default_manager.filter(room_id=room_id, seq__gt=since).order_by("seq")
    return rows[: limit + 1] if limit else rows


@dataclass(frozen=True, slots=True)
class Page:
    """A page of history: messages in order of number, true at `seq`, the quiet lines between them, and who is named."""

    room: int
    seq: int
    first_number: int
    last_number: int
    messages: Sequence[MessageResource]
    notices: Sequence[NoticeResource]
    people: Sequence[PersonResource]


def page(
    room: Room,
    *,
    before: int | None = None,
    after: int | None = None,
    around: int | None = None,
    limit: int = 50,
    floor: int = 0,
) -> Page:
    """The messages before, after or around a number, or the newest; numbers are dense, so a page is a range of them.

    `room` is as just read: the page is true at its seq. To whoever may not see what is below `floor` the room begins
    there. It is shorter than asked for where its messages are many bytes: the ones furthest from what was asked for are
    left out.
    """
    first_number = max(room.first_number, floor)
    most = conf().max_page_messages
    limit = min(limit, most) if most else limit
    if before is not None:
        high = min(before - 1, room.last_number)
        low = high - limit + 1
    elif after is not None:
        low = max(min(after, room.last_number) + 1, first_number)
        high = low + limit - 1
    elif around is not None:
        low = max(min(around, room.last_number) - limit // 2, first_number)
        high = low + limit - 1
        low = min(low, room.last_number - limit + 1)
    else:
        high = room.last_number
        low = high - limit + 1
    low = max(low, first_number)
    high = min(high, room.last_number)
    messages: Sequence[MessageResource] = ()
    if low <= high:
        found = list(Message.objects.filter(room=room, number__range=(low, high)).order_by("number"))
        nearest = min(max(around, low), high) if around is not None else low if after is not None else high
        messages = as_much_as_fits(message_resources(found), nearest)
        if messages:
            low, high = messages[0]["number"], messages[-1]["number"]
    # What stood before the first message stays with it, until retention has taken that.
    first_notice = 0 if low <= first_number == 1 else low
    notices: list[Notice] = []
    if first_notice <= high:
        notices = list(Notice.objects.filter(room=room, after__range=(first_notice, high)).order_by("after", "kind"))
    named = {notice.actor_id for notice in notices}
    named.update(one for message in messages for one in MESSAGES.names(message))
    return Page(
        room=room.pk,
        seq=room.seq,
        first_number=first_number,
        last_number=room.last_number,
        messages=messages,
        notices=[notice_resource(notice) for notice in notices],
        people=people(named),
    )


def as_much_as_fits(messages: Sequence[MessageResource], nearest: int) -> Sequence[MessageResource]:
    """Those around the number `nearest`, none left out between, that together leave room in the outbox of a connection:
    one page must never be what closes a socket as slow. At least one.
    """
    most = conf().largest_answer_bytes
    if not most or sum(map(most_bytes, messages)) <= most:
        return messages
    first = last = next((place for place, message in enumerate(messages) if message["number"] >= nearest), 0)
    left = most - len(encode(messages[first]))
    while True:
        # The side that is nearer; with `before` and `after` there is only one.
        sides = [place for place in (first - 1, last + 1) if 0 <= place < len(messages)]
        if not sides:
            return messages
        place = min(sides, key=lambda one: abs(messages[one]["number"] - nearest))
        left -= len(encode(messages[place]))
        if left < 0:
            return messages[first : last + 1]
        first, last = min(first, place), max(last, place)


def most_bytes(message: MessageResource) -> int:
    """What grows with what people do, at most as many bytes as this."""
    reacted = sum(MOST_BYTES_OF_A_REACTION * (1 + len(one["people"])) for one in message.get("reactions", ()))
    return MOST_BYTES_OF_A_CHARACTER * (len(message["body"]) + len(message.get("html", ""))) + reacted


@dataclass(frozen=True, slots=True)
class MembersPage:
    """Those who are in a room, in order of person id, true at `seq`; `next` is where the next page begins."""

    room: int
    seq: int
    count: int
    members: Sequence[MemberResource]
    next: int | None
    people: Sequence[PersonResource]


def members(room: Room, *, after: int = 0, limit: int = 100) -> MembersPage:
    """A page of the joined members behind the person with the id `after`."""
    limit = min(limit, conf().max_page_members or ALL_OF_THEM)
    joined = Membership.objects.filter(room=room, state=Membership.State.JOINED)
    found = list(joined.filter(person_id__gt=after).order_by("person_id").select_related("person")[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    return MembersPage(
        room=room.pk,
        seq=room.seq,
        count=joined.count(),
        members=[member_resource(membership) for membership in found],
        next=found[-1].person_id if more else None,
        people=people_resources(membership.person for membership in found),
    )


@dataclass(frozen=True, slots=True)
class OwnState:
    """What a person finds on opening: their position and their rooms, each as it was when the position was read, and
    the people of their conversations, the ids of those whom they block, and what they set aside.
    """

    seq: int
    rooms: Sequence[RoomState]
    people: Sequence[PersonResource] = ()
    order: OrderResource | None = None
    blocks: Sequence[int] = ()
    agenda: AgendaResource | None = None


def mine(person: Person) -> OwnState:
    """All rooms in which the person is a member."""
    return mine_of([person.pk])[person.pk]


def mine_of(person_ids: Iterable[int]) -> dict[int, OwnState]:
    """The same for many people at once, in four statements, and one more where they have conversations, and where they
    block somebody or set something aside: they come back together after a restart.
    """
    ids = set(person_ids)
    counters = list(Person.objects.filter(pk__in=ids).values_list("pk", "seq", *OWN_LISTS))
    seqs = {person_id: seq for person_id, seq, *_ in counters}
    orders = orders_of({person_id: seq for person_id, _, seq, _, _ in counters if seq is not None})
    blocked = blocks_of({person_id for person_id, _, _, seq, _ in counters if seq is not None})
    agendas = agendas_of({person_id: seq for person_id, _, _, _, seq in counters if seq is not None})
    # A room's counters are read in one row with the mark: a message of one's own that took the mark along between two
    # statements would be unread for ever, for it is covered by the seq and has no seq of its own here.
    memberships = list(
        Membership.objects.filter(person_id__in=ids, state=Membership.State.JOINED, room__deleted_at=None)
        .order_by("room_id")
        .values_list(
            *("room__seq", "room__last_number"),
            *("person_id", "room_id", "person_seq", *Membership.OWN),
        )
    )
    found = list(Room.objects.filter(pk__in={row[3] for row in memberships}))
    known = {person["id"]: person for person in people(one for room in found for one in room.people_ids)}
    resources = {room.pk: (room_resource(room), last_message_at(room)) for room in found}
    rooms: dict[int, list[RoomState]] = {person_id: [] for person_id in seqs}
    # Behind the marks: what is deleted or moved meanwhile comes as a change, and may be said twice.
    marked = 5 + Membership.OWN.index("last_read_number")
    behind = {row[2] for row in memberships if row[1] > row[marked]}
    skipped = uncounted(behind) if behind else {}
    for room_seq, last_number, person_id, room_id, seq, *own in memberships:
        if room_id not in resources or person_id not in rooms:
            continue
        me = own_membership(room=room_id, seq=seq, own=dict(zip(Membership.OWN, own, strict=True)))
        room, written_at = resources[room_id]
        whole: RoomState = {
            "room": room,
            "seq": room_seq,
            "last_number": last_number,
            "last_message_at": written_at,
            "me": me,
        }
        if ranges := skipped.get((person_id, room_id)):
            whole["uncounted"] = [list(numbers) for numbers in ranges]
        rooms[person_id].append(whole)
    return {
        one: OwnState(
            seqs[one],
            rooms[one],
            _among(rooms[one], known),
            orders.get(one),
            blocked.get(one, ()),
            agendas.get(one),
        )
        for one in seqs
    }


def _among(rooms: Iterable[RoomState], known: Mapping[int, PersonResource]) -> list[PersonResource]:
    """The people of these conversations, each once."""
    ids = {one for state in rooms for one in state["room"].get("people", ())}
    return [known[one] for one in sorted(ids) if one in known]


def my_changes(person_id: int, since: int) -> MyChanges | None:
    """The changes of a person's own counter since a position; None means reset."""
    limit = conf().max_changes
    counters = Person.objects.filter(pk=person_id).values_list("seq", "sessions_seq", *OWN_LISTS).first()
    if counters is None or since > counters[0]:
        return None
    to, sessions_seq, order_seq, blocks_seq, agenda_seq = counters
    frame: MyChangesFrame = {"type": "changes", "me": person_id, "since": since, "to": to}
    if since == to:
        return MyChanges(frame)
    rows = (
        Membership.objects.filter(person_id=person_id, person_seq__gt=since, room__deleted_at=None)
        .select_related("room")
        .order_by("person_seq")
    )
    memberships = list(rows[: limit + 1] if limit else rows)
    if limit and len(memberships) > limit:
        return None
    if memberships:
        frame["memberships"] = [membership_resource(membership) for membership in memberships]
    if order_seq is not None and order_seq > since:
        frame["order"] = orders_of({person_id: order_seq})[person_id]
    joined = [membership for membership in memberships if membership.state == Membership.State.JOINED]
    if joined:
        states = [(membership.room, membership) for membership in joined]
        skipped = uncounted([person_id]) if any(is_behind(*state) for state in states) else {}
        frame["rooms"] = [room_state(*state, skipped.get((person_id, state[0].pk), ())) for state in states]
        if among := [one for room, _ in states for one in room.people_ids]:
            frame["people"] = people(among)
    if blocks_seq is not None and blocks_seq > since:
        frame["blocks"] = blocks_of([person_id]).get(person_id, [])
    if agenda_seq is not None and agenda_seq > since:
        frame["agenda"] = agendas_of({person_id: agenda_seq})[person_id]
    return MyChanges(frame, sessions=sessions_seq > since)
