"""Finding people: by handle, and by the name that they go by, but not by strangers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from groupchat import directory
from groupchat.actions import people, rooms
from groupchat.models import Person, Room


def found(who: Person, query: str, limit: int = 20) -> list[str]:
    return [one["name"] for one in directory.find_people(who, query=query, limit=limit)]


@pytest.fixture
def ada(bob: Person) -> Person:
    """Bob's handle stays; his name is another one."""
    return people.rename(person=bob, name="Ada Lovelace")


def test_a_name_is_found_among_those_one_shares_a_room_with(alice: Person, ada: Person, lobby: Room) -> None:
    with override_settings(GROUPCHAT={"GUESTS": True}):
        assert found(alice, ada.handle[:3]) == ["Ada Lovelace"]
        assert found(alice, "Ada L") == []
        rooms.join(person=ada, room_id=lobby.pk)
        assert found(alice, "aDa  l") == ["Ada Lovelace"]
        assert found(alice, "lovelace") == []
        rooms.leave(person=ada, room_id=lobby.pk)
        assert found(alice, "Ada L") == []


@pytest.mark.parametrize("options", [{"GUESTS": False}, {"GUESTS": True, "ACCESS": "invited"}])
def test_where_no_stranger_comes_in_everybody_is_found(options: dict[str, object], alice: Person, ada: Person) -> None:
    with override_settings(GROUPCHAT=options):
        assert found(alice, "ada") == ["Ada Lovelace"]
        assert found(ada, "ada") == [], "oneself is not"
        people.set_active(person=ada, is_active=False)
        assert found(alice, "ada") == []


def test_a_guest_finds_whom_they_share_a_room_with(
    alice: Person, ada: Person, lobby: Room, guest: Callable[..., Person]
) -> None:
    grace = guest("Grace")
    rooms.join(person=grace, room_id=lobby.pk)
    for options in ({"GUESTS": True}, {"GUESTS": True, "ACCESS": "invited"}):
        with override_settings(GROUPCHAT=options):
            assert found(grace, "ada") == found(grace, ada.handle) == []
            assert found(grace, alice.name[:2]) == [alice.name]


def test_each_is_found_once_and_only_who_is_meant(alice: Person, person: Callable[..., Person]) -> None:
    with override_settings(GROUPCHAT={"GUESTS": False}):
        lan, ian = (people.rename(person=person("x"), name=name) for name in ("Lan", "Ian"))
        assert found(alice, "la") == [lan.name]
        assert found(alice, "ia") == [ian.name]
        people.rename(person=lan, name=lan.handle)
        assert found(alice, lan.handle) == [lan.handle]
        assert found(alice, "") == found(alice, "\0") == found(alice, "?") == []
        assert len(found(alice, "x", limit=1)) == 1


def test_it_is_found_along_the_indexes(alice: Person) -> None:
    with override_settings(GROUPCHAT={"GUESTS": False}), CaptureQueriesContext(connection) as asked:
        found(alice, "person 99")
    plans = []
    for query in asked.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            plans.append(str(cursor.fetchall()))
    assert len(plans) == 2
    assert all("SEARCH" in plan and "TEMP B-TREE" not in plan for plan in plans), plans
    assert "groupchat_name_prefix" in str(plans)
