"""The statements of a post that answers another, in SQL, as `bulk_sql` has those of every post: fixed in number,
however many answers a batch has.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from groupchat.actions.sql import PERSON_COLUMNS, Sql, slots
from groupchat.models import Message, MessageReply, MessageThread, Person
from groupchat.parts import NewParts

Place = tuple[int, int]  # room, number

_MESSAGE = [
    *("id", "room_id", "number", "seq", "author_id", "body", "client_message_id", "at", "edited_at", "deleted_at"),
    *("parts", "html", "rendered"),
]
_THREAD = ["id", "room_id", "number", "count", "people", "last_number", "last_at"]
_READ = [(_MESSAGE, "root"), (PERSON_COLUMNS, "author"), (_THREAD, "thread")]
_FIRST = 'COALESCE(reply.root, reply."to", asked.number)'
_OLDER = (
    f"EXISTS(SELECT 1 FROM {MessageReply._meta.db_table} older"
    f' WHERE older.room_id = asked.room_id AND older."to" = {_FIRST} AND older.root IS NULL)'
)
_ROOTS = (
    f"SELECT asked.room_id, asked.number, {_FIRST}, {_OLDER}, "
    + ", ".join(f"{table}.{column}" for columns, table in _READ for column in columns)
    + f" FROM {Message._meta.db_table} asked"
    f" LEFT JOIN {MessageReply._meta.db_table} reply"
    " ON reply.room_id = asked.room_id AND reply.number = asked.number"
    f" LEFT JOIN {Message._meta.db_table} root ON root.room_id = asked.room_id AND root.number = {_FIRST}"
    f" LEFT JOIN {Person._meta.db_table} author ON author.id = root.author_id"
    f" LEFT JOIN {MessageThread._meta.db_table} thread"
    f" ON thread.room_id = asked.room_id AND thread.number = {_FIRST}"
    " WHERE "
)
_TOLD = ["count", "people", "last_number", "last_at"]


@dataclass(frozen=True, slots=True)
class Root:
    """A message at which answers began, where there still is one, read with its author, and what is told of them."""

    number: int
    message: Message | None = None
    thread: MessageThread | None = None
    uncounted: bool = False
    """Whether an older version of the code wrote answers to it, which say no root and are not counted."""


class ThreadSql(Sql):
    """What a transaction of posts reads and writes of threads."""

    def roots(self, places: Collection[Place]) -> dict[Place, Root]:
        """Of each of these messages that is there, in locked rooms, the root of the thread in which it stands."""
        if not places:
            return {}
        numbers: dict[int, list[int]] = defaultdict(list)
        for room_id, number in places:
            numbers[room_id].append(number)
        rows = self._fetch(
            _ROOTS
            + " OR ".join(f"(asked.room_id = %s AND asked.number IN ({slots(some)}))" for some in numbers.values()),
            [value for room_id, some in numbers.items() for value in (room_id, *some)],
        )
        return {(row[0], row[1]): self._root(row[2], row[4:], bool(row[3])) for row in rows}

    def insert_parts(self, parts: NewParts) -> None:
        """Write what hangs on new messages: a statement a part that one has."""
        for part, rows in parts:
            columns = ", ".join(f'"{column}"' for column in part.columns)
            insert = f"INSERT INTO {part.model._meta.db_table} ({columns}) VALUES "
            self._execute_rows(f"{insert}({slots(part.columns)})", insert + "{rows}", rows)

    def save_threads(self, threads: Sequence[MessageThread]) -> None:
        """Write what is told of the answers to these messages, whether something was told before or not."""
        if not threads:
            return
        columns = _THREAD[1:]
        insert = f"INSERT INTO {MessageThread._meta.db_table} ({', '.join(columns)}) VALUES "
        told = ", ".join(f"{column} = EXCLUDED.{column}" for column in _TOLD)
        conflict = f" ON CONFLICT (room_id, number) DO UPDATE SET {told}"
        rows = [self._thread_row(thread) for thread in threads]
        self._execute_rows(f"{insert}({slots(columns)}){conflict}", insert + "{rows}" + conflict, rows)

    def set_parts(self, messages: Sequence[Message]) -> None:
        """The new seq of these messages, and what hangs on them by now; something does on each."""
        if messages:
            self._update_rows(Message, ["seq", "parts"], ["id"], [(one.seq, one.parts, one.pk) for one in messages])

    def _root(self, number: int, row: Sequence[Any], uncounted: bool) -> Root:
        """`row` holds the columns of the message, its author and the thread."""
        of_message, of_person = len(_MESSAGE), len(PERSON_COLUMNS)
        message = thread = None
        if row[0] is not None:
            message = self._instance(Message, _MESSAGE, row[:of_message])
            self._read_moments(message, ("at", "edited_at", "deleted_at"))
            message.author = self._instance(Person, PERSON_COLUMNS, row[of_message : of_message + of_person])
            self._read_moments(message.author, ("created_at",))
        of_thread = row[of_message + of_person :]
        if of_thread[0] is not None:
            thread = self._instance(MessageThread, _THREAD, of_thread)
            self._read_moments(thread, ("last_at",))
            if isinstance(thread.people, str):  # as SQLite has it, and a driver that leaves it to the ORM
                thread.people = json.loads(thread.people)
        return Root(number, message, thread, uncounted)

    def _thread_row(self, thread: MessageThread) -> tuple[Any, ...]:
        when = self._connection.ops.adapt_datetimefield_value(thread.last_at)
        people = json.dumps(thread.people)
        return thread.room_id, thread.number, thread.count, people, thread.last_number, when
