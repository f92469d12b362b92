"""How statements in plain SQL are sent, the same to SQLite and PostgreSQL, and how their rows become objects."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import connections, models, router
from django.db.models.base import ModelState
from django.utils.dateparse import parse_datetime

from groupchat.models import Message, Person

_M = TypeVar("_M", bound=models.Model)

PERSON_COLUMNS = [
    *("id", "kind", "handle", "name", "is_owner", "is_admin"),
    *("is_active", "version", "account_active", "merged_into_id", "only_room", "created_at"),
    *("pronouns", "time_zone", "avatar"),
]


class Sql:
    """The statements of one transaction, through one cursor: Django spends as long on opening one as on a statement."""

    def __init__(self) -> None:
        self._connection = connections[router.db_for_write(Message)]
        self._cursor = self._connection.cursor()

    def people(self, ids: Collection[int]) -> dict[int, Person]:
        """These people, by primary key."""
        rows = self._select(Person, PERSON_COLUMNS, f"id IN ({slots(ids)})", list(ids)) if ids else []
        for person in rows:
            self._read_moments(person, ("created_at",))
        return {person.pk: person for person in rows}

    def _row(self, instance: models.Model) -> tuple[list[str], list[Any]]:
        """The columns of a new row and their values, without the primary key."""
        fields = [field for field in instance._meta.concrete_fields if not field.primary_key]
        values = [field.get_db_prep_save(field.pre_save(instance, True), self._connection) for field in fields]
        return [str(field.column) for field in fields], values

    def _read_moments(self, row: models.Model, names: Iterable[str]) -> None:
        for name in names:
            if (value := row.__dict__[name]) is not None:
                row.__dict__[name] = self._moment(value)

    def _moment(self, value: Any) -> datetime:
        """As the ORM would have read it."""
        at = parse_datetime(value) if isinstance(value, str) else value
        assert isinstance(at, datetime)
        return at if at.tzinfo is not None else at.replace(tzinfo=self._connection.timezone)

    def _fetch(self, sql: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
        self._cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = self._cursor.fetchall()
        return rows

    def _select(self, model: type[_M], fields: list[str], where: str, parameters: Sequence[Any]) -> list[_M]:
        rows = self._fetch(f"SELECT {', '.join(fields)} FROM {model._meta.db_table} WHERE {where}", parameters)
        return [self._instance(model, fields, row) for row in rows]

    def _instance(self, model: type[_M], fields: Sequence[str], row: Sequence[Any]) -> _M:
        """As `Model.from_db`, which spends more on an object than the database on its row: it walks over all fields of
        the model, and asks who listens to `pre_init` and `post_init`. What was not read is deferred here, too.
        """
        instance = model.__new__(model)
        instance._state = ModelState()
        instance._state.adding, instance._state.db = False, self._connection.alias
        instance.__dict__.update(zip(fields, row, strict=True))
        return instance

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
            every = ", ".join([f"({slots(rows[0])})"] * len(rows))
            self._cursor.execute(all_at_once.format(rows=every), [value for row in rows for value in row])
        else:
            self._cursor.executemany(one, rows)


def slots(values: Collection[Any]) -> str:
    """The places of these values in a statement."""
    return ", ".join(["%s"] * len(values))
