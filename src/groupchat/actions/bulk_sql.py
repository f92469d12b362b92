"""The statements of a post and of coming into a room, in SQL.

Every post and every handshake runs them, and the ORM spends far more on building and compiling such a statement than
the database on carrying it out. They are plain enough to be the same on SQLite and PostgreSQL; all other reading and
writing goes by the ORM.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from groupchat.actions.sql import PERSON_COLUMNS, slots
from groupchat.actions.thread_sql import ThreadSql
from groupchat.kinds import ROOM_KINDS
from groupchat.models import Effect, FormerHandle, Membership, Message, Person, Room, ServerState

NewRow = tuple[int, int, int, int, str, str, bool | None, int | None, str | None, int]
NewEffect = tuple[str, str, str, str]

_KIND_SEQS = ["kinds_seq", *(kind.seq_field for kind in ROOM_KINDS)]
_ROOM = [
    "id",
    "kind",
    "name",
    "slug",
    "topic",
    "picture",
    "created_at",
    "seq",
    "info_seq",
    "last_message_at",
    "last_number",
    "first_number",
    "history",
    "guests",
    "people_key",
    "object_key",
    "archived_at",
    "deleted_at",
    "slow_mode",
    "locked",
    "raid_until",
    "pins",
    *_KIND_SEQS,
]
# Read in one statement with the rooms, so that a post pays no other for it.
_OF_SITE = f"(SELECT raid_until FROM {ServerState._meta.db_table} WHERE id = {ServerState.ONLY})"
_MEMBERSHIP = [
    "id",
    "room_id",
    "person_id",
    "role",
    "state",
    "seq",
    "person_seq",
    "last_read_number",
    "read_ahead",
    "moved_back",
    "notify",
    "pinned",
    "place",
    "floor",
    "silenced_until",
    "banned_until",
    "reason",
    "draft",
    "follows",
    "last_post_at",
]
_ENDS = ("silenced_until", "banned_until", "last_post_at")
_COUNTERS = attrgetter("seq", *_KIND_SEQS)
_GUEST_ID = Person._meta.get_field("guest_id")


class BulkSql(ThreadSql):
    """The statements of one transaction of posts, or of people who come."""

    def rooms_for_update(self, ids: Collection[int]) -> list[Room]:
        """The rooms with these ids, in order of id, locked until the transaction ends."""
        if not ids:
            return []
        lock = " FOR NO KEY UPDATE" if self._connection.features.has_select_for_no_key_update else ""
        return self._rooms(f"id IN ({slots(ids)}) ORDER BY id{lock}", list(ids), [_OF_SITE])

    def rooms_by_slug(self, slugs: Collection[str]) -> list[Room]:
        """Those that have one of these as their present address; there is one, at least."""
        return self._rooms(f"slug IN ({slots(slugs)})", list(slugs))

    def guests(self, ids: Collection[UUID]) -> tuple[dict[UUID, int], set[UUID]]:
        """The people whom these guests have become so far: their primary keys. And those guests who have an account by
        now, whom their cookie names no more.
        """
        if not ids:
            return {}, set()
        asked = {_GUEST_ID.get_db_prep_value(one, self._connection): one for one in ids}  # as they stand in the column
        rows = self._fetch(
            "SELECT guest_id, id, signed_out_at IS NOT NULL AND (user_id IS NOT NULL OR merged_into_id IS NOT NULL) "
            f"FROM {Person._meta.db_table} WHERE guest_id IN ({slots(asked)})",
            list(asked),
        )
        people = {asked[guest_id]: person_id for guest_id, person_id, _ in rows}
        return people, {asked[guest_id] for guest_id, _, has_account in rows if has_account}

    def is_handle(self, handle: str, skeleton: str) -> bool:
        """Whether somebody has or had it, or one that looks so."""
        places = [(Person, "handle"), (Person, "handle_skeleton"), (FormerHandle, "handle"), (FormerHandle, "skeleton")]
        each = [f"SELECT 1 FROM {model._meta.db_table} WHERE {column} = %s" for model, column in places]
        return bool(self._fetch(f"{' UNION ALL '.join(each)} LIMIT 1", [handle, skeleton] * 2))

    def handles_like(self, skeletons: Collection[str]) -> set[str]:
        """Those among these as which anybody's handle looks, or a former one."""
        if not skeletons:
            return set()
        either = " UNION ALL ".join(
            f"SELECT {column} FROM {model._meta.db_table} WHERE {column} IN ({slots(skeletons)})"
            for model, column in ((Person, "handle_skeleton"), (FormerHandle, "skeleton"))
        )
        return {row[0] for row in self._fetch(either, list(skeletons) * 2)}

    def called(self, skeletons: Collection[str]) -> set[str]:
        """Those among these as which a name or a handle of somebody who is no guest looks, or a former handle."""
        if not skeletons:
            return set()
        kinds = [kind.value for kind in Person.Kind if kind != Person.Kind.GUEST]
        either = " UNION ALL ".join(
            f"SELECT {column} FROM {Person._meta.db_table} WHERE {column} IN ({slots(skeletons)}) "
            f"AND kind IN ({slots(kinds)})"
            for column in ("name_skeleton", "handle_skeleton")
        )
        former = f"SELECT skeleton FROM {FormerHandle._meta.db_table} WHERE skeleton IN ({slots(skeletons)})"
        asked = [*[*skeletons, *kinds] * 2, *skeletons]
        return {row[0] for row in self._fetch(f"{either} UNION ALL {former}", asked)}

    def insert_person(self, person: Person) -> bool:
        """Make this row. False where its handle or its guest id is there already: nothing was written then, and the
        transaction goes on.
        """
        if not self._connection.features.can_return_columns_from_insert:
            return False  # an old SQLite
        columns, row = self._row(person)
        found = self._fetch(
            f"INSERT INTO {Person._meta.db_table} ({', '.join(columns)}) VALUES ({slots(row)}) "
            "ON CONFLICT DO NOTHING RETURNING id",
            row,
        )
        if not found:
            return False
        person.pk = found[0][0]
        person._state.adding, person._state.db = False, self._connection.alias
        return True

    def insert_memberships(self, memberships: Sequence[Membership]) -> None:
        """Make these rows; the objects don't learn their primary keys."""
        rows = [self._row(membership) for membership in memberships]
        if not rows:
            return
        columns = rows[0][0]
        insert = f"INSERT INTO {Membership._meta.db_table} ({', '.join(columns)}) VALUES "
        self._execute_rows(f"{insert}({slots(columns)})", insert + "{rows}", [tuple(row) for _, row in rows])

    def lock_counters(self, ids: Collection[int]) -> dict[int, int]:
        """The counters of these people by primary key, locked in order of id until the transaction ends."""
        lock = self._lock_rows("id", key="NO KEY UPDATE")
        return dict(
            self._fetch(f"SELECT id, seq FROM {Person._meta.db_table} WHERE id IN ({slots(ids)}){lock}", [*ids])
        )

    def last_numbers(self, ids: Collection[int]) -> dict[int, int]:
        """The number of the last message of each of these rooms that is not deleted."""
        where = f"WHERE deleted_at IS NULL AND id IN ({slots(ids)})"
        return dict(self._fetch(f"SELECT id, last_number FROM {Room._meta.db_table} {where}", [*ids]))

    def set_person_seqs(self, seqs: Mapping[int, int]) -> None:
        """The counters of people whom nobody else can know of yet, or whom we have locked, by primary key."""
        if seqs:
            self._update_rows(Person, ["seq"], ["id"], [(seq, person_id) for person_id, seq in seqs.items()])

    def memberships(
        self, pairs: Collection[tuple[int, int]], *, lock: bool = False
    ) -> tuple[dict[tuple[int, int], Membership], dict[int, Person]]:
        """Those of exactly these (room, person) that there are, each found by the unique index; and all the people.
        With `lock` the memberships are locked, in order of the person.
        """
        if not pairs:
            return {}, {}
        columns = [f"m.{field}" for field in _MEMBERSHIP] + [f"p.{field}" for field in PERSON_COLUMNS]
        rows = self._fetch(
            f"SELECT {', '.join(columns)} FROM {Membership._meta.db_table} m "
            f"JOIN {Person._meta.db_table} p ON p.id = m.person_id WHERE "
            + " OR ".join(["(m.room_id = %s AND m.person_id = %s)"] * len(pairs))
            + (self._lock_rows("m.person_id, m.room_id", of="m") if lock else ""),
            [part for pair in pairs for part in pair],
        )
        width = len(_MEMBERSHIP)
        found = [self._instance(Membership, _MEMBERSHIP, row[:width]) for row in rows]
        for membership in found:
            self._read_moments(membership, _ENDS)
        people = {row[width]: self._instance(Person, PERSON_COLUMNS, row[width:]) for row in rows}
        for person in people.values():
            self._read_moments(person, ("created_at",))
        people |= self.people({person_id for _, person_id in pairs} - people.keys())
        return {(membership.room_id, membership.person_id): membership for membership in found}, people

    def stored(self, client_message_ids: Collection[str]) -> list[tuple[Any, ...]]:
        """`(client_message_id, author, room, primary key)` of the messages that are there already."""
        if not client_message_ids:
            return []
        return self._fetch(
            f"SELECT client_message_id, author_id, room_id, id FROM {Message._meta.db_table} "
            f"WHERE client_message_id IN ({slots(client_message_ids)})",
            list(client_message_ids),
        )

    def insert_messages(self, rows: Sequence[NewRow], at: datetime) -> None:
        """Each row is `(room, number, seq, author, body, client_message_id, ahead, parts, html, rendered)`."""
        when = self._connection.ops.adapt_datetimefield_value(at)
        insert = (
            f"INSERT INTO {Message._meta.db_table} "
            "(room_id, number, seq, author_id, body, client_message_id, ahead, parts, html, rendered, at) VALUES "
        )
        values = [(*row, when) for row in rows]
        self._execute_rows(f"{insert}({slots(values[0])})" if values else insert, insert + "{rows}", values)

    def insert_effects(self, rows: Sequence[NewEffect], at: datetime) -> None:
        """Each row is `(kind, event, payload, key)`."""
        when = self._connection.ops.adapt_datetimefield_value(at)
        insert = (
            f"INSERT INTO {Effect._meta.db_table} "
            "(kind, event, payload, key, attempts, last_error, created_at, due_at) VALUES "
        )
        values = [(*row, 0, "", when, when) for row in rows]
        self._execute_rows(f"{insert}({slots(values[0])})", insert + "{rows}", values)

    def set_counters(self, rooms: Iterable[Room], last_message_at: datetime | None) -> None:
        """Write what every change of a room moves; where the last message's time is given, what every post moves,
        too.
        """
        columns = ["seq", *_KIND_SEQS]
        if last_message_at is None:
            values = [(*_COUNTERS(room), room.pk) for room in rooms]
        else:
            columns += ["last_number", "last_message_at"]
            when = self._connection.ops.adapt_datetimefield_value(last_message_at)
            values = [(*_COUNTERS(room), room.last_number, when, room.pk) for room in rooms]
        self._update_rows(Room, columns, ["id"], values)

    def mark_read(self, marks: dict[tuple[int, int], int]) -> None:
        """One's own message directly behind the mark takes it along; by (room, person). It cannot have come further:
        nobody reads what is not committed.

        The rows are locked in order of the person, as by those who mark as read in one transaction: they hold their
        people before, and wait for nothing of ours but these. So nobody waits in a circle.
        """
        rows = [(number, room_id, person_id) for (room_id, person_id), number in marks.items()]
        if len(rows) > 1 and self._connection.features.has_select_for_update:
            table = Membership._meta.db_table
            given = ", ".join([f"({slots(rows[0])})"] * len(rows))
            self._cursor.execute(
                f"UPDATE {table} SET last_read_number = locked.number FROM ("
                f"SELECT own.id, new.column1 AS number FROM (VALUES {given}) AS new JOIN {table} AS own"
                " ON own.room_id = new.column2 AND own.person_id = new.column3"
                f" ORDER BY own.person_id, own.room_id FOR UPDATE OF own) AS locked WHERE {table}.id = locked.id",
                [value for row in rows for value in row],
            )
        elif rows:
            self._update_rows(Membership, ["last_read_number"], ["room_id", "person_id"], rows)

    def set_marks(self, memberships: Sequence[Membership]) -> None:
        """What is read in memberships that are locked, and the seqs at which that moved."""
        rows = [(one.last_read_number, one.read_ahead, one.person_seq, one.pk) for one in memberships]
        if rows:
            self._update_rows(Membership, ["last_read_number", "read_ahead", "person_seq"], ["id"], rows)

    def _lock_rows(self, order: str, *, of: str = "", key: str = "UPDATE") -> str:
        """The end of a SELECT that locks its rows in this order; empty where a transaction has the whole database."""
        if not self._connection.features.has_select_for_update:
            return ""
        return f" ORDER BY {order} FOR {key}" + (f" OF {of}" if of else "")

    def mark_posted(self, pairs: Collection[tuple[int, int]], at: datetime) -> None:
        """When these wrote into a room that is slow; by (room, person)."""
        if pairs:
            when = self._connection.ops.adapt_datetimefield_value(at)
            self._update_rows(Membership, ["last_post_at"], ["room_id", "person_id"], [(when, *pair) for pair in pairs])

    def _rooms(self, where: str, parameters: Sequence[Any], more: Sequence[str] = ()) -> list[Room]:
        rooms = self._select(Room, [*_ROOM, *more], where, parameters)
        for room in rooms:
            if more:
                room.site_raid_until = room.__dict__.pop(_OF_SITE)
                self._read_moments(room, ("site_raid_until",))
            room.created_at = self._moment(room.created_at)
            self._read_moments(room, ("last_message_at", "archived_at", "deleted_at", "raid_until"))
        return rooms
