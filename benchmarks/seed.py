"""Fills the database of a server under test: people with sessions, rooms with members, rooms with a long past.

Runs as a process of its own, under the server's settings: `python -m benchmarks.seed < plan.json > seeded.json`.
The rows are what the actions would have left behind, written in bulk: ten thousand people who join one by one would
take minutes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, TypedDict

_ROWS_PER_INSERT = 2_000


class RoomPlan(TypedDict):
    """A room, the people in it (from the index `first` up to, not including, `last`), and how many messages it has."""

    name: str
    first: int
    last: int
    messages: int


class Plan(TypedDict):
    people: int
    prefix: str  # of their names: a second plan for the same database takes another
    rooms: list[RoomPlan]
    tokens: int  # how many of the people, from the first on, have a token for the API


class Seeded(TypedDict):
    """The cookie of each person, the tokens of the first of them, and the id of each room by its name."""

    cookies: list[str]
    tokens: list[str]
    rooms: dict[str, int]


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    plan: Plan = json.load(sys.stdin)
    call_command("migrate", verbosity=0)
    json.dump(sow(plan), sys.stdout)


def sow(plan: Plan) -> Seeded:
    """Writes what the plan says, in one transaction per step."""
    people, cookies = _people(plan["people"], plan["prefix"])
    return {
        "cookies": cookies,
        "tokens": _tokens(people[: plan["tokens"]]),
        "rooms": {room["name"]: _room(room, people) for room in plan["rooms"]},
    }


def _people(count: int, prefix: str) -> tuple[list[Any], list[str]]:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from django.utils import timezone
    from django.utils.crypto import get_random_string

    from groupchat.models import Person

    names = [f"{prefix}{index}" for index in range(count)]
    user_model = get_user_model()
    users = user_model.objects.bulk_create(
        [user_model(username=name, password=f"!{get_random_string(40)}") for name in names], batch_size=_ROWS_PER_INSERT
    )
    people = Person.objects.bulk_create(
        [
            Person(user=user, handle=name, name=name, kind=Person.Kind.USER)
            for user, name in zip(users, names, strict=True)
        ],
        batch_size=_ROWS_PER_INSERT,
    )
    store = SessionStore()
    expires = timezone.now() + timedelta(days=1)
    sessions = [
        Session(
            session_key=get_random_string(32, "abcdefghijklmnopqrstuvwxyz0123456789"),
            session_data=store.encode(
                {
                    SESSION_KEY: str(user.pk),
                    BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                    HASH_SESSION_KEY: user.get_session_auth_hash(),
                }
            ),
            expire_date=expires,
        )
        for user in users
    ]
    Session.objects.bulk_create(sessions, batch_size=_ROWS_PER_INSERT)
    return people, [f"{settings.SESSION_COOKIE_NAME}={session.session_key}" for session in sessions]


def _tokens(people: Sequence[Any]) -> list[str]:
    from django.db import transaction

    from groupchat.actions.tokens import issue

    with transaction.atomic():
        return [issue(person=person, name="bench") for person in people]


def _room(plan: RoomPlan, people: Sequence[Any]) -> int:
    from django.db import transaction
    from django.db.models import F

    from groupchat.actions.rooms import create
    from groupchat.models import Membership, Person, Room

    members = people[plan["first"] : plan["last"]]
    with transaction.atomic():
        room = create(person=members[0], name=plan["name"])
        room.refresh_from_db()
        others = members[1:]
        Membership.objects.bulk_create(
            [
                Membership(room=room, person=person, seq=room.seq + index, person_seq=person.seq + 1)
                for index, person in enumerate(others, 1)
            ],
            batch_size=_ROWS_PER_INSERT,
        )
        for start in range(0, len(others), _ROWS_PER_INSERT):
            ids = [person.pk for person in others[start : start + _ROWS_PER_INSERT]]
            Person.objects.filter(pk__in=ids).update(seq=F("seq") + 1)
        for person in others:
            person.seq += 1
        Room.objects.filter(pk=room.pk).update(seq=F("seq") + len(others))
        if plan["messages"]:
            _past(room.pk, members[0].pk, plan["messages"])
    return int(room.pk)


def _past(room_id: int, author_id: int, count: int) -> None:
    """`count` messages of 100 characters, made inside the database: a million rows would take Python minutes."""
    from django.db import connection
    from django.utils import timezone

    from groupchat.models import Membership, Message, Room

    room = Room.objects.get(pk=room_id)
    body = "'A message of a long past, number ' || n || ', with some words so that it is as long as people write them.'"
    key = "'past-' || n"
    numbers = (
        "SELECT generate_series AS n FROM generate_series(1, %s)"
        if connection.vendor == "postgresql"
        else "WITH RECURSIVE count(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM count WHERE n < %s) SELECT n FROM count"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Message._meta.db_table}"
            " (room_id, number, seq, author_id, body, client_message_id, at, edited_at, deleted_at)"
            f" SELECT %s, %s + n, %s + n, %s, {body}, {key}, %s, NULL, NULL FROM ({numbers}) AS numbers",
            [room_id, room.last_number, room.seq, author_id, timezone.now(), count],
        )
    room.last_number += count
    room.seq += count
    room.last_message_at = timezone.now()
    room.save(update_fields=["last_number", "seq", "last_message_at"])
    Membership.objects.filter(room_id=room_id).update(last_read_number=room.last_number)


if __name__ == "__main__":
    main()
