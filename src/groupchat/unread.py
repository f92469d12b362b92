"""What lies behind a read mark and is not unread: messages of one's own, and deleted ones.

Numbers are dense, so unread is arithmetic: `last_number - last_read_number`, less these. Nobody keeps them for a
reader: messages that were deleted, and those that their author's mark did not follow, stand in two small indexes.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import connections, router

from groupchat.conf import conf
from groupchat.models import Membership, Message, Room

Ranges = list[tuple[int, int]]

_NO_LIMIT = 2**31


def uncounted(person_ids: Collection[int], *, room_id: int | None = None) -> dict[tuple[int, int], Ranges]:
    """By (person, room), for the rooms that each is in, or for one: ranges of such numbers, both ends in it.

    At most `max_uncounted` numbers of each person: of a room the lowest, which one comes to first. In one statement.
    """
    most = conf().max_uncounted or _NO_LIMIT
    connection = connections[router.db_for_read(Message)]
    is_sqlite = connection.vendor == "sqlite"
    among = "IN (SELECT value FROM json_each(%s))" if is_sqlite else "= ANY(%s)"
    gathered = "json_group_array(number)" if is_sqlite else "json_agg(number)::text"

    def numbers(which: str) -> str:
        return (
            f"(SELECT {gathered} FROM (SELECT x.number FROM {Message._meta.db_table} x WHERE x.room_id = m.room_id "
            f"AND x.number > m.last_read_number AND {which} ORDER BY x.number LIMIT %s) AS found)"
        )

    deleted = numbers("x.deleted_at IS NOT NULL")
    own = numbers("x.author_id = m.person_id AND x.ahead IS NOT NULL")
    statement = (
        f"SELECT m.person_id, m.room_id, {deleted}, {own} "
        f"FROM {Membership._meta.db_table} m JOIN {Room._meta.db_table} r ON r.id = m.room_id "
        f"WHERE m.person_id {among} AND m.state = %s AND r.last_number > m.last_read_number"
    )
    people = json.dumps(list(person_ids)) if is_sqlite else list(person_ids)
    parameters = [most, most, people, Membership.State.JOINED.value]
    if room_id is not None:
        statement += " AND m.room_id = %s"
        parameters.append(room_id)
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows = cursor.fetchall()
    found = [(row[0], row[1], set(json.loads(row[2] or "[]")) | set(json.loads(row[3] or "[]"))) for row in rows]
    left = dict.fromkeys(person_ids, most)
    ranges = {}
    found.sort(key=lambda one: len(one[2]))  # a long list leaves the short ones whole
    for person_id, room, all_of_them in found:
        lowest = sorted(all_of_them)[: left[person_id]]
        left[person_id] -= len(lowest)
        if lowest:
            ranges[person_id, room] = ranges_of(lowest)
    return ranges


def uncounted_of(places: Iterable[tuple[Room, Membership]]) -> dict[tuple[int, int], Ranges]:
    """The same for these memberships, each as it was just read with its room; in one statement for each room in which
    somebody is behind.
    """
    behind: dict[int, list[int]] = defaultdict(list)
    for room, membership in places:
        if is_behind(room, membership):
            behind[room.pk].append(membership.person_id)
    found: dict[tuple[int, int], Ranges] = {}
    for room_id, people in behind.items():
        found |= uncounted(people, room_id=room_id)
    return found


def is_behind(room: Room, membership: Membership) -> bool:
    """Whether there is anything behind the mark."""
    return room.last_number > membership.last_read_number


def ranges_of(numbers: Iterable[int]) -> Ranges:
    """Numbers in order as ranges without holes."""
    ranges: Ranges = []
    for number in numbers:
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1] = (ranges[-1][0], number)
        else:
            ranges.append((number, number))
    return ranges
