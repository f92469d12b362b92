"""The kinds of topics: what has a counter that the hub follows. Synchronous; runs in a reading thread.

Repair and sweep go by this table. Another kind is a row here, and a class of `Changes` with its frame.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connections, router

from groupchat import timeline
from groupchat.kinds import hearers
from groupchat.models import Person, Room
from groupchat.publication import MyChanges, RoomChanges
from groupchat.realtime.delivery.publish import as_publication
from groupchat.realtime.fanout.topics import Publication, Reset, TopicKey


@dataclass(frozen=True, slots=True)
class TopicKind:
    """`model` has the row with the counter, `seq`. `changes(id, since)` reads what came after a position, None where
    that cannot be told; `reset(id, since)` then says where the topic stands, and what nobody reads now.
    """

    model: type[Room] | type[Person]
    changes: Callable[[int, int], RoomChanges | MyChanges | None]
    reset: Callable[[int, int], Reset]


def _reset_room(room_id: int, since: int) -> Reset:
    room = Room.objects.filter(pk=room_id).first()
    if room is None:
        return Reset(since, 0, gone=True)
    # Ahead of the room: this is an older database, and all that it says of the memberships is news.
    told = since if since <= room.seq else 0
    return Reset(
        room.seq,
        room.last_number,
        out=timeline.out(room_id, told),
        only=hearers(room),
        floors=timeline.floors_since(room_id, told),
        history=room.history,
    )


def _reset_person(person_id: int, since: int) -> Reset:
    person = Person.objects.filter(pk=person_id).first()
    return Reset(person.seq, 0, sessions=True) if person else Reset(since, 0, gone=True)


TOPIC_KINDS: Mapping[str, TopicKind] = {
    "room": TopicKind(Room, timeline.changes, _reset_room),
    "me": TopicKind(Person, timeline.my_changes, _reset_person),
}
"""By `TopicKey.kind`, which is also the member that names the topic in its frames."""


def repair(key: TopicKey, since: int) -> Publication | Reset:
    """The changes of a topic since the hub's position, for all its subscribers at once."""
    kind = TOPIC_KINDS[key.kind]
    found = kind.changes(key.id, since)
    return as_publication(found) if found is not None else kind.reset(key.id, since)


def positions(keys: Iterable[TopicKey]) -> dict[TopicKey, int]:
    """The present seq of these topics, with one statement a kind; those that are gone are missing."""
    ids: dict[str, list[int]] = {}
    for key in keys:
        ids.setdefault(key.kind, []).append(key.id)
    return {
        TopicKey(kind, one): seq
        for kind, some in ids.items()
        for one, seq in _seqs(TOPIC_KINDS[kind].model, some).items()
    }


def _seqs(model: type[Room] | type[Person], ids: Sequence[int]) -> dict[int, int]:
    """The present seq of these rooms or people: what the sweep compares with.

    In SQL, with one parameter: each process asks this of everything it listens to, at least once a second.
    """
    if not ids:
        return {}
    connection = connections[router.db_for_read(model)]
    is_sqlite = connection.vendor == "sqlite"
    among = "IN (SELECT value FROM json_each(%s))" if is_sqlite else "= ANY(%s)"
    with connection.cursor() as cursor:
        wanted = json.dumps(ids) if is_sqlite else list(ids)
        cursor.execute(f"SELECT id, seq FROM {model._meta.db_table} WHERE id {among}", [wanted])
        return dict(cursor.fetchall())
