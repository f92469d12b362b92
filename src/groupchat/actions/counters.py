"""The counters, and what was changed under them.

Locks are always taken in one order: rooms by id, then people by id, then the rows behind them. So no two actions wait
for each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any

from django.db import models, transaction

from groupchat.actions.bulk_sql import BulkSql
from groupchat.agendas import agendas_of
from groupchat.errors import NotFound
from groupchat.keeping import has_order, orders_of
from groupchat.kinds import KIND_OF, MESSAGES, ROOM_KINDS, departures, floors, hearers
from groupchat.models import Membership, Message, Notice, Person, Room
from groupchat.permissions import require_active
from groupchat.protocol import ChangesFrame, MessageResource, MyChangesFrame
from groupchat.publication import MyChanges, RoomChanges, published
from groupchat.resources import membership_resource, people_resources, room_resource, room_state


class RoomChange:
    """Gathers what one transaction changes in one locked room, hands out its seqs, and publishes it after the
    commit.
    """

    __slots__ = (
        "_only",
        "_people",
        "_rows",
        "_since",
        "_written",
        "info_changed",
        "last_message_at",
        "room",
        "statements",
    )

    def __init__(self, room: Room, statements: BulkSql) -> None:
        self.room = room
        self.statements = statements
        self._begin()

    def _begin(self) -> None:
        self._since = self.room.seq
        self.info_changed = False
        self._rows: dict[str, dict[Hashable, Any]] = {}  # by kind, each in order of seq
        self._written: list[MessageResource] = []
        self._people: dict[int, Person] = {}
        self._only: frozenset[int] | None = None
        self.last_message_at: datetime | None = None

    def next_seq(self) -> int:
        self.room.seq += 1
        return self.room.seq

    def next_number(self) -> int:
        self.room.last_number += 1
        return self.room.last_number

    def changed_info(self) -> None:
        self.room.info_seq = self.next_seq()
        self.info_changed = True

    def close(self) -> None:
        """From this change on only its members hear the room, or where it is deleted, nobody. The caller changes its
        info.
        """
        self._only = hearers(self.room)

    def changed(self, row: Membership | Message | Notice, person: Person) -> None:
        """Give the row, of one of `ROOM_KINDS`, its new seq; the caller saves it. `person` is the one whom it names."""
        row.seq = self.next_seq()
        kind = KIND_OF[type(row)]
        of_kind = self._rows.setdefault(kind.name, {})
        of_kind.pop(kind.key(row), None)  # the later state stands behind what came between
        of_kind[kind.key(row)] = row
        self._people[person.pk] = person

    def wrote(self, message: MessageResource, author: Person, at: datetime) -> None:
        """A message is new; it has its number and its seq from here. No row is made of it: posts are many."""
        self._written.append(message)
        self._people[author.pk] = author
        self.last_message_at = self.room.last_message_at = at

    def save(self) -> None:
        """Write the room's counters and publish on commit what changed since the last call, if anything."""
        save_changes([self], self.statements)

    @property
    def is_changed(self) -> bool:
        """Whether there is something to save."""
        return self.room.seq != self._since

    def count_kinds(self) -> None:
        """Say in the room, before its counters are saved, which kinds moved."""
        room = self.room
        for kind in ROOM_KINDS:
            if kind.name in self._rows or (kind is MESSAGES and self._written):
                setattr(room, kind.seq_field, room.seq)
            elif room.kinds_seq != self._since:  # an older version has written since: of what kind, nobody knows
                setattr(room, kind.seq_field, self._since)
        room.kinds_seq = room.seq

    def publish(self) -> None:
        """Publish on commit what was saved."""
        changes = self._changes()
        transaction.on_commit(partial(published.send_robust, sender=RoomChange, changes=changes), robust=True)
        self._begin()

    def _changes(self) -> RoomChanges:
        frame: ChangesFrame = {
            "type": "changes",
            "room": self.room.pk,
            "since": self._since,
            "to": self.room.seq,
            "last_number": self.room.last_number,
        }
        if self.info_changed:
            frame["info"] = room_resource(self.room)
        named: set[int] = set()
        for kind in ROOM_KINDS:
            rows = self._rows.get(kind.name)
            if rows:
                resources = kind.resources(list(rows.values()))
                frame[kind.name] = resources  # type: ignore[literal-required]
                named.update(one for resource in resources for one in kind.names(resource))
        if self._written:
            changed = frame.get("messages", [])
            frame["messages"] = _with_written(changed, self._written) if changed else self._written
        members = self._rows.get("members", {}).values()
        if others := named - self._people.keys():  # whom nobody had to read for the change: who reacted before
            self._people |= self.statements.people(others)
        people = people_resources(self._people.values())
        return RoomChanges(frame, people, departures(members), self._only, floors(members))


def _with_written(changed: Sequence[MessageResource], written: Sequence[MessageResource]) -> list[MessageResource]:
    """In order of seq; of what was written and then changed, the later state."""
    later = {message["number"] for message in changed}
    return sorted([*changed, *(one for one in written if one["number"] not in later)], key=_seq_of)


def _seq_of(message: MessageResource) -> int:
    return message["seq"]


def save_changes(changes: Iterable[RoomChange], statements: BulkSql) -> None:
    """As `save` for each, with one statement for the counters of all whose last message came at the same time."""
    changed = [change for change in changes if change.is_changed]
    by_time: dict[datetime | None, list[Room]] = defaultdict(list)
    for change in changed:
        if change.info_changed:
            change.room.save(update_fields=["info_seq", *Room.FACTS])
        change.count_kinds()
        by_time[change.last_message_at].append(change.room)
    for last_message_at, rooms in by_time.items():
        statements.set_counters(rooms, last_message_at)
    for change in changed:
        change.publish()


def lock_rooms(ids: Iterable[int], statements: BulkSql | None = None) -> dict[int, RoomChange]:
    """The rooms with these ids, locked in order of id; an id without a room is missing in the answer."""
    statements = statements or BulkSql()
    return {room.pk: RoomChange(room, statements) for room in statements.rooms_for_update(set(ids))}


def lock_room(room_id: int) -> RoomChange:
    """One room, locked. Call it inside a transaction; raises NotFound."""
    change = lock_rooms([room_id]).get(room_id)
    if change is None:
        raise NotFound("There is no such room.")
    return change


def lock_people(ids: Iterable[int]) -> dict[int, Person]:
    """The people with these ids, locked in order of id.

    The lock lets foreign keys be checked: somebody who posts here and joins there would else wait in a circle with
    somebody who does the reverse.
    """
    people = Person.objects.select_for_update(no_key=True).filter(pk__in=set(ids)).order_by("pk")
    return {person.pk: person for person in people}


@contextmanager
def changing_room(room_id: int, *people: Person, comes_in: bool = False) -> Iterator[RoomChange]:
    """A transaction that changes one room, and the counters of these people; raises NotFound.

    Whoever `comes_in` must still be let in, asked behind the lock: a guest who signs out at this very moment would
    stay a member. Raises Forbidden.
    """
    with transaction.atomic():
        change = lock_room(room_id)
        if people:
            for locked in lock_people(person.pk for person in people).values():
                if comes_in:
                    require_active(locked)
        yield change
        change.save()


def changed_mine(
    person_id: int,
    memberships: Sequence[Membership],
    rooms: Sequence[Room] = (),
    *,
    uncounted: Mapping[tuple[int, int], Sequence[tuple[int, int]]] | None = None,
) -> None:
    """Give these memberships of one person their new `person_seq`, save it and all that is told, and publish on commit.

    `rooms` are the rooms of those that are joined, where their devices may not know them yet; `uncounted`, as
    `groupchat.unread` finds it, what is not unread in those whose mark is not at the end. Call it inside a
    transaction that holds the lock of the person, under which the memberships were read or made, after everything that
    was done to the room.
    """
    Person.objects.filter(pk=person_id).update(seq=models.F("seq") + len(memberships))
    to = Person.objects.values_list("seq", flat=True).get(pk=person_id)
    since = to - len(memberships)
    for seq, membership in enumerate(memberships, since + 1):
        membership.person_seq = seq
        membership.save(update_fields=["person_seq", *Membership.OWN])
    publish_mine(person_id, since, to, memberships, rooms, uncounted or {})


def changed_ours(
    memberships: Sequence[Membership], locked: Mapping[int, Person], *, rooms: Sequence[Room] = ()
) -> None:
    """As `changed_mine`, of many people with one membership each, in a few statements; new ones are made.

    Their rows are `locked`, as they stand since then; the memberships have their seq in the room already.
    """
    for membership in memberships:
        person = locked[membership.person_id]
        person.seq += 1
        membership.person_seq = person.seq
    Membership.objects.bulk_create([one for one in memberships if one.pk is None])
    Membership.objects.bulk_update(
        [one for one in memberships if one.pk is not None], ["seq", "person_seq", *Membership.OWN]
    )
    ids = [membership.person_id for membership in memberships]
    if ids:
        Person.objects.filter(pk__in=ids).update(seq=models.F("seq") + 1)
    for membership in memberships:
        publish_mine(membership.person_id, membership.person_seq - 1, membership.person_seq, [membership], rooms)


def publish_mine(
    person_id: int,
    since: int,
    to: int,
    memberships: Sequence[Membership],
    rooms: Sequence[Room] = (),
    uncounted: Mapping[tuple[int, int], Sequence[tuple[int, int]]] = MappingProxyType({}),
) -> MyChanges:
    """Publish on commit what was saved of one person's own counter."""
    frame: MyChangesFrame = {
        "type": "changes",
        "me": person_id,
        "since": since,
        "to": to,
        "memberships": [membership_resource(membership) for membership in memberships],
    }
    by_room = {membership.room_id: membership for membership in memberships}
    if rooms:
        frame["rooms"] = [room_state(room, by_room[room.pk], uncounted.get((person_id, room.pk), ())) for room in rooms]
        if among := [one for room in rooms for one in room.people_ids]:
            frame["people"] = people_resources(Person.objects.filter(pk__in=among))
    changes = MyChanges(frame)
    transaction.on_commit(partial(published.send_robust, sender=Person, changes=changes), robust=True)
    return changes


def save_member(change: RoomChange, membership: Membership, person: Person) -> None:
    """Save what is different about a member, and say it in the room and in their own counter. Both are locked."""
    change.changed(membership, person)
    membership.save()
    change.save()
    changed_mine(person.pk, [membership])
    recount(change, person)


def changed_in_some(memberships: models.QuerySet[Membership], person_id: int, *, behind: int, most: int) -> int | None:
    """Say in some rooms, in order of id, that this person is another by now; `memberships` are theirs. Call it inside a
    transaction. Gives the last of these rooms, behind which to go on; None where there was none.
    """
    mine = memberships.order_by("room_id")
    room_ids = list(mine.filter(room_id__gt=behind).values_list("room_id", flat=True)[:most])
    if not room_ids:
        return None
    statements = BulkSql()
    changes = lock_rooms(room_ids, statements)
    person = lock_people([person_id])[person_id]
    for membership in mine.filter(room_id__in=room_ids):
        changes[membership.room_id].changed(membership, person)
        membership.save(update_fields=["seq"])
    save_changes(changes.values(), statements)
    return room_ids[-1]


def recount(change: RoomChange, person: Person) -> None:
    """Who stands otherwise in a room, or is out of it, may keep more or fewer reports. They are locked."""
    if has_order(change.room, [person]):
        changed_order([person.pk])


def changed_order(person_ids: Iterable[int]) -> None:
    """Say in the counters of these people what is new about keeping order, and publish it on commit, in as many
    statements for many as for one. Call it inside a transaction that holds their locks, after everything that was done
    to rooms.
    """
    ids = sorted(set(person_ids))
    Person.objects.filter(pk__in=ids).update(seq=models.F("seq") + 1, order_seq=models.F("seq") + 1)
    seqs = dict(Person.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "seq"))
    orders = orders_of(seqs)
    for person_id, seq in seqs.items():
        order = orders[person_id]
        frame: MyChangesFrame = {"type": "changes", "me": person_id, "since": seq - 1, "to": seq, "order": order}
        transaction.on_commit(partial(published.send_robust, sender=Person, changes=MyChanges(frame)), robust=True)


def changed_blocks(person_id: int, blocks: Sequence[int]) -> None:
    """Say in the person's counter whom they block from here on, and publish it on commit. Call it inside a transaction
    that holds the lock of the person.
    """
    Person.objects.filter(pk=person_id).update(seq=models.F("seq") + 1, blocks_seq=models.F("seq") + 1)
    to = Person.objects.values_list("seq", flat=True).get(pk=person_id)
    frame: MyChangesFrame = {"type": "changes", "me": person_id, "since": to - 1, "to": to, "blocks": list(blocks)}
    transaction.on_commit(partial(published.send_robust, sender=Person, changes=MyChanges(frame)), robust=True)


def changed_agenda(person_ids: Iterable[int]) -> dict[int, int]:
    """Say in the counters of these people what they set aside from here on, and publish it on commit. Call it inside a
    transaction that holds their locks. Gives the seq of each.
    """
    ids = sorted(set(person_ids))
    Person.objects.filter(pk__in=ids).update(seq=models.F("seq") + 1, agenda_seq=models.F("seq") + 1)
    seqs = dict(Person.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "seq"))
    for person_id, agenda in agendas_of(seqs).items():
        to = agenda["seq"]
        frame: MyChangesFrame = {"type": "changes", "me": person_id, "since": to - 1, "to": to, "agenda": agenda}
        transaction.on_commit(partial(published.send_robust, sender=Person, changes=MyChanges(frame)), robust=True)
    return seqs


def changed_sessions(person_id: int) -> None:
    """Say in the person's counter that their sessions changed, and publish it on commit. Call it inside a
    transaction.
    """
    Person.objects.filter(pk=person_id).update(seq=models.F("seq") + 1, sessions_seq=models.F("seq") + 1)
    to = Person.objects.values_list("seq", flat=True).get(pk=person_id)
    frame: MyChangesFrame = {"type": "changes", "me": person_id, "since": to - 1, "to": to}
    transaction.on_commit(
        partial(published.send_robust, sender=Person, changes=MyChanges(frame, sessions=True)), robust=True
    )
