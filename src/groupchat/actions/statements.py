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

from groupchat.models import Membership, Message, Person, Room

_M = TypeVar("_M", bound=models.Model)

# Without the datetimes, which each database hands out in its own way, and which no post needs.
_ROOM = ["id", "kind", "name", "slug", "topic", "seq", "info_seq", "last_number", "first_number"]
_PERSON = ["id", "kind", "handle", "name", "is_owner", "is_active", "version"]
_MEMBERSHIP = ["id", "room_id", "person_id", "role", "state", "seq", "person_seq", "last_read_number", "notify"]


class Statements:
    """The statements of one transaction, through one cursor: Django spends as long on opening one as on a statement."""

    def __init__(self) -> None:
        self._connection = connections[router.db_for_write(Message)]
        self._cursor = self._connection.cursor()

    def rooms_for_update(self, ids: Collection[int]) -> list[Room]:
        """The rooms with these ids, in order of id, locked until the transaction ends."""
        if not ids:
            return []
        lock = " FOR NO KEY UPDATE" if self._connection.features.has_select_for_no_key_update else ""
        return self._select(Room, _ROOM, f"id IN ({_marks(ids)}) ORDER BY id{lock}", list(ids))

    def people(self, ids: Collection[int]) -> dict[int, Person]:
        if not ids:
            return {}
        return {person.pk: person for person in self._select(Person, _PERSON, f"id IN ({_marks(ids)})", list(ids))}

    def memberships(
        self, pairs: Collection[tuple[int, int]]
    ) -> tuple[dict[tuple[int, int], Membership], dict[int, Person]]:
        """Those of exactly these (room, person) that there are, each found by the unique index; and all the people."""
        if not pairs:
            return {}, {}
        columns = [f"m.{field}" for field in _MEMBERSHIP] + [f"p.{field}" for field in _PERSON]
        rows = self._fetch(
            f"SELECT {', '.join(columns)} FROM {Membership._meta.db_table} m "
            f"JOIN {Person._meta.db_table} p ON p.id = m.person_id WHERE "
            + " OR ".join(["(m.room_id = %s AND m.person_id = %s)"] * len(pairs)),
            [part for pair in pairs for part in pair],
        )
        alias, width = self._connection.alias, len(_MEMBERSHIP)
        found = [Membership.from_db(alias, _MEMBERSHIP, row[:width]) for row in rows]
        people = {row[width]: Person.from_db(alias, _PERSON, row[width:]) for row in rows}
        people |= self.people({person_id for _, person_id in pairs} - people.keys())
        return {(membership.room_id, membership.person_id): membership for membership in found}, people

    def stored(self, client_message_ids: Collection[str]) -> list[tuple[Any, ...]]:
        """`(client_message_id, author, room, primary key)` of the messages that are there already."""
        if not client_message_ids:
            return []
        return self._fetch(
            f"SELECT client_message_id, author_id, room_id, id FROM {Message._meta.db_table} "
            f"WHERE client_message_id IN ({_marks(client_message_ids)})",
            list(client_message_ids),
        )

    def insert_messages(self, rows: Sequence[tuple[int, int, int, int, str, str]], at: datetime) -> None:
        """Each row is `(room, number, seq, author, body, client_message_id)`."""
        when = self._connection.ops.adapt_datetimefield_value(at)
        insert = (
            f"INSERT INTO {Message._meta.db_table} "
            "(room_id, number, seq, author_id, body, client_message_id, at) VALUES "
        )
        self._execute_rows(insert + "(%s, %s, %s, %s, %s, %s, %s)", insert + "{rows}", [(*row, when) for row in rows])

    def set_counters(self, rooms: Iterable[Room], last_message_at: datetime | None) -> None:
        """Write what every change of a room moves; where the last message's time is given, what every post moves,
        too.
        """
        if last_message_at is None:
            self._update_rows(Room, ["seq"], ["id"], [(room.seq, room.pk) for room in rooms])
        else:
            when = self._connection.ops.adapt_datetimefield_value(last_message_at)
            values = [(room.seq, room.last_number, when, room.pk) for room in rooms]
            self._update_rows(Room, ["seq", "last_number", "last_message_at"], ["id"], values)

    def mark_read(self, marks: dict[tuple[int, int], int]) -> None:
        """Posting reads up to one's own message; by (room, person)."""
        rows = [(number, room_id, person_id) for (room_id, person_id), number in sorted(marks.items())]
        self._update_rows(Membership, ["last_read_number"], ["room_id", "person_id"], rows)

    def _fetch(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        self._cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = self._cursor.fetchall()
        return rows

    def _select(self, model: type[_M], fields: list[str], where: str, parameters: Sequence[Any]) -> list[_M]:
        alias = self._connection.alias
        rows = self._fetch(f"SELECT {', '.join(fields)} FROM {model._meta.db_table} WHERE {where}", parameters)
        return [model.from_db(alias, fields, row) for row in rows]

    def _update_rows(
        self, model: type[models.Model], columns: list[str], keys: list[str], rows: Sequence[tuple[Any, ...]]
    ) -> None:
        """Each row holds the values of `columns`, then of `keys`."""
        update = f"UPDATE {model._meta.db_table} SET "
        one = ", ".join(f"{column} = %s" for column in columns) + " WHERE "
        one += " AND ".join(f"{key} = %s" for key in keys)
        places = {name: f"new.column{place}" for place, name in enumerate([*columns, *keys], 1)}
        all_at_once = (
            ", ".join(f"{column} = {places[column]}" for column in columns)
            + " FROM (VALUES {rows}) AS new WHERE "
            + " AND ".join(f"{key} = {places[key]}" for key in keys)
        )
        self._execute_rows(update + one, update + all_at_once, rows)

    def _execute_rows(self, one: str, all_at_once: str, rows: Sequence[tuple[Any, ...]]) -> None:
        """A prepared statement for each row where the database lives in our process; where a server must parse and
        answer each, one statement for all `{rows}`.
        """
        if self._connection.vendor == "postgresql":
            every = ", ".join([f"({_marks(rows[0])})"] * len(rows))
            self._cursor.execute(all_at_once.format(rows=every), [value for row in rows for value in row])
        else:
            self._cursor.executemany(one, rows)


def _marks(values: Collection[Any]) -> str:
    return ", ".join(["%s"] * len(values))
