"""The statements of a post, in SQL.

Every post runs them, and the ORM spends far more on building and compiling such a statement than the database on
carrying it out. They are plain enough to be the same on SQLite and PostgreSQL; all other reading and writing goes by
the ORM.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper

from groupchat.models import Membership, Message, Person, Room

_M = TypeVar("_M", bound=models.Model)

# Without the datetimes, which each database hands out in its own way, and which no post needs.
_ROOM = ["id", "kind", "name", "slug", "topic", "seq", "info_seq", "last_number", "first_number"]
_PERSON = ["id", "kind", "handle", "name", "is_owner", "is_active", "version"]
_MEMBERSHIP = ["id", "room_id", "person_id", "role", "state", "seq", "person_seq", "last_read_number", "notify"]


def _connection() -> BaseDatabaseWrapper:
    return connections[router.db_for_write(Message)]


def _fetch(sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with _connection().cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _select(model: type[_M], fields: list[str], where: str, parameters: Sequence[Any]) -> list[_M]:
    alias = _connection().alias
    rows = _fetch(f"SELECT {', '.join(fields)} FROM {model._meta.db_table} WHERE {where}", parameters)
    return [model.from_db(alias, fields, row) for row in rows]


def _marks(values: Collection[Any]) -> str:
    return ", ".join(["%s"] * len(values))


def rooms_for_update(ids: Collection[int]) -> list[Room]:
    """The rooms with these ids, in order of id, locked until the transaction ends."""
    if not ids:
        return []
    lock = " FOR NO KEY UPDATE" if _connection().features.has_select_for_no_key_update else ""
    return _select(Room, _ROOM, f"id IN ({_marks(ids)}) ORDER BY id{lock}", list(ids))


def people(ids: Collection[int]) -> dict[int, Person]:
    if not ids:
        return {}
    return {person.pk: person for person in _select(Person, _PERSON, f"id IN ({_marks(ids)})", list(ids))}


def memberships(pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], Membership]:
    """By (room, person): exactly these pairs, each found by the unique index."""
    if not pairs:
        return {}
    wanted = " OR ".join(["(room_id = %s AND person_id = %s)"] * len(pairs))
    found = _select(Membership, _MEMBERSHIP, wanted, [part for pair in pairs for part in pair])
    return {(membership.room_id, membership.person_id): membership for membership in found}


def stored(client_message_ids: Collection[str]) -> list[tuple[Any, ...]]:
    """`(client_message_id, author, room, primary key)` of the messages that are there already."""
    if not client_message_ids:
        return []
    return _fetch(
        f"SELECT client_message_id, author_id, room_id, id FROM {Message._meta.db_table} "
        f"WHERE client_message_id IN ({_marks(client_message_ids)})",
        list(client_message_ids),
    )


def insert_messages(rows: Sequence[tuple[int, int, int, int, str, str]], at: datetime) -> None:
    """Each row is `(room, number, seq, author, body, client_message_id)`."""
    when = _connection().ops.adapt_datetimefield_value(at)
    insert = (
        f"INSERT INTO {Message._meta.db_table} (room_id, number, seq, author_id, body, client_message_id, at) VALUES "
    )
    _execute_rows(insert + "(%s, %s, %s, %s, %s, %s, %s)", insert + "{rows}", [(*row, when) for row in rows])


def set_counters(rooms: Iterable[Room], last_message_at: datetime | None) -> None:
    """Write what every change of a room moves; where the last message's time is given, what every post moves, too."""
    if last_message_at is None:
        _update_rows(Room, ["seq"], ["id"], [(room.seq, room.pk) for room in rooms])
    else:
        when = _connection().ops.adapt_datetimefield_value(last_message_at)
        values = [(room.seq, room.last_number, when, room.pk) for room in rooms]
        _update_rows(Room, ["seq", "last_number", "last_message_at"], ["id"], values)


def mark_read(marks: dict[tuple[int, int], int]) -> None:
    """Posting reads up to one's own message; by (room, person)."""
    rows = [(number, room_id, person_id) for (room_id, person_id), number in sorted(marks.items())]
    _update_rows(Membership, ["last_read_number"], ["room_id", "person_id"], rows)


def _update_rows(
    model: type[models.Model], columns: list[str], keys: list[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Each row holds the values of `columns`, then of `keys`."""
    update = f"UPDATE {model._meta.db_table} SET "
    one = ", ".join(f"{column} = %s" for column in columns) + " WHERE " + " AND ".join(f"{key} = %s" for key in keys)
    places = {name: f"new.column{place}" for place, name in enumerate([*columns, *keys], 1)}
    all_at_once = (
        ", ".join(f"{column} = {places[column]}" for column in columns)
        + " FROM (VALUES {rows}) AS new WHERE "
        + " AND ".join(f"{key} = {places[key]}" for key in keys)
    )
    _execute_rows(update + one, update + all_at_once, rows)


def _execute_rows(one: str, all_at_once: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """A prepared statement for each row where the database lives in our process; where a server must parse and answer
    each, one statement for all `{rows}`.
    """
    connection = _connection()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            marks = f"({_marks(rows[0])})"
            cursor.execute(
                all_at_once.format(rows=", ".join([marks] * len(rows))), [value for row in rows for value in row]
            )
        else:
            cursor.executemany(one, rows)
