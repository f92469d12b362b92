"""Limits that all processes count together, in every store that there is."""

from __future__ import annotations

import logging
import time
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction
from tests.chaos.stack import Valkey
from tests.databases.test_races import at_once, person

from groupchat.actions import limits, rooms
from groupchat.actions.guests import act_as_new_guest
from groupchat.actions.limits import Asked, give_back, guessing, newcomers, take
from groupchat.actions.people import Guest, make_owner
from groupchat.errors import RateLimited
from groupchat.models import Allowance, Person, Room

pytestmark = pytest.mark.usefixtures("database")

NOW = 1_800_000_000.0
OPTIONS = {
    "GUESTS": True,
    "MAX_RENAMES_PER_HOUR": 4,  # one grows again in 900 seconds
    "MAX_NEW_GUESTS_PER_MINUTE": 3,
    "MAX_WRONG_PASSWORDS_PER_HOUR": 5,
    "MAX_GUEST_ROOMS_PER_HOUR": 2,
    "MAX_NEW_ROOMS_PER_HOUR": 3,
    "MAX_GUEST_ROOMS_PER_HOUR_OF_ADDRESS": 3,
}


@pytest.fixture(autouse=True, params=["database", "redis"])
def store(request: pytest.FixtureRequest, settings: Any) -> str:
    """Where limits are counted."""
    place: str = request.getfixturevalue("valkey_url") if request.param == "redis" else "database"
    settings.GROUPCHAT = OPTIONS | {"LIMITS_STORE": place}
    settings.SECRET_KEY = uuid4().hex  # another chat at the same Redis: the next database counts its people from 1, too
    return place


def somebody() -> Asked:
    return Asked("me.rename", uuid4())


def takes(one: Asked, now: float) -> float:
    """As a process answers that has refused nobody yet."""
    limits.forget_refusals()
    return take(one, now=now)


def address() -> str:
    return f"host-{uuid4()}"


def test_so_many_at_once_and_then_one_by_one() -> None:
    one = somebody()
    assert [takes(one, NOW) for _ in range(4)] == [0.0] * 4
    assert takes(one, NOW) == pytest.approx(900, abs=0.01)
    assert takes(one, NOW + 300) == pytest.approx(600, abs=0.01)
    assert takes(one, NOW + 901) == 0.0
    assert takes(one, NOW + 901) > 800
    assert takes(somebody(), NOW) == 0.0


def test_waiting_as_long_as_told_is_enough() -> None:
    one, now = somebody(), NOW
    for _ in range(12):
        wait = takes(one, now)
        if wait:
            now += wait
            assert takes(one, now) == 0.0


def test_who_was_refused_is_not_asked_for_again_until_then(django_assert_num_queries: Any) -> None:
    one = somebody()
    for _ in range(5):
        wait = take(one, now=NOW)
    with django_assert_num_queries(0):
        assert take(one, now=NOW + 10) == pytest.approx(wait - 10)
    assert take(one, now=NOW + wait + 0.001) == 0.0


def test_it_costs_a_statement(store: str, django_assert_num_queries: Any) -> None:
    one = somebody()
    with django_assert_num_queries(1 if store == "database" else 0):
        take(one, now=NOW)


def test_what_was_given_back_can_be_taken_again() -> None:
    one = somebody()
    for _ in range(4):
        take(one, now=NOW)
    assert take(one, now=NOW) > 0
    give_back(one)
    assert take(one, now=NOW) == 0.0
    give_back(somebody())  # who took nothing gets nothing


def test_of_two_limits_both_are_taken_or_none() -> None:
    one, other = somebody(), somebody()
    for _ in range(4):
        take(other, now=NOW)
    assert take(one, other, now=NOW) > 0
    limits.forget_refusals()
    assert [take(one, now=NOW) for _ in range(4)] == [0.0] * 4


def test_no_limit_counts_nothing(settings: Any) -> None:
    settings.GROUPCHAT = settings.GROUPCHAT | {"MAX_RENAMES_PER_HOUR": 0}
    one = somebody()
    assert not any(take(one, now=NOW) for _ in range(50))


def test_after_a_clock_that_went_wrong_nobody_waits_for_longer_than_ever() -> None:
    one = somebody()
    for _ in range(4):
        takes(one, NOW + 1_000_000)
    assert 0 < takes(one, NOW) <= 900.01


def test_of_many_at_the_same_moment_only_so_many_are_let_through() -> None:
    one = somebody()
    answers = at_once([partial(take, one, now=NOW) for _ in range(12)])
    assert [bool(wait) for wait in answers].count(False) == 4


def test_a_right_guess_costs_nothing_and_a_wrong_one_does() -> None:
    one = Asked("password.account", uuid4())
    for _ in range(20):
        with guessing(one, message="Wait.") as guess:
            guess.right()
    for _ in range(5):
        with guessing(one, message="Wait."):
            pass
    with pytest.raises(RateLimited, match="Wait") as refused, guessing(one, message="Wait."):
        pytest.fail("nothing is compared any more")
    assert 700 < (refused.value.retry_after or 0) <= 720


def test_newcomers_are_counted_by_the_address_some_together() -> None:
    here, there = address(), address()
    assert newcomers([here, there, here, "127.0.0.1", "", here, "::1", here], now=NOW) == [*[True] * 7, False]
    assert newcomers([there, there], now=NOW) == [True, True]
    assert newcomers([there, "127.0.0.1"], now=NOW) == [False, True]


def test_nobody_can_read_who_was_counted(store: str) -> None:
    take(Asked("guest.new", "192.0.2.77"), now=NOW)
    assert not any("192.0.2.77" in key for key in Allowance.objects.values_list("key", flat=True))


def test_rows_that_say_nothing_any_more_go(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if store != "database":
        pytest.skip("keys go by themselves")
    limits.forget_whole(now=NOW * 2)
    monkeypatch.setattr(limits, "FORGOTTEN_AT_ONCE", 2)
    early, late = [somebody() for _ in range(3)], somebody()
    for one in early:
        take(one, now=NOW)
    take(late, now=NOW + 500)
    assert limits.forget_whole(now=NOW + 901)
    assert not limits.forget_whole(now=NOW + 901)
    assert Allowance.objects.count() == 1


# --- rooms ----------------------------------------------------------------------------------------------------------


def makes(guest: Guest, of: str = "") -> Room:
    allow = partial(limits.require_new_room, address=of)
    entered, _ = act_as_new_guest(guest=guest, action=rooms.enter_limited, name=f"Room {uuid4()}", before_making=allow)
    return entered.room


def test_a_guest_makes_so_many_rooms_and_joins_as_many_as_they_like() -> None:
    grace = Guest(uuid4(), "Grace")
    known = [makes(grace), makes(grace)]
    with pytest.raises(RateLimited) as refused:
        makes(grace)
    assert 0 < (refused.value.retry_after or 0) <= 1800
    for room in known:
        rooms.enter_limited(person=person("Other"), name=room.name, before_making=limits.require_new_room)


def test_another_cookie_is_no_way_around_it_but_another_network_is() -> None:
    here = address()
    for _ in range(3):
        makes(Guest(uuid4(), "Grace"), here)
    late = Guest(uuid4(), "Late")
    with pytest.raises(RateLimited):
        makes(late, here)
    assert not Person.objects.filter(guest_id=late.id).exists(), "who was refused leaves no trace"
    makes(late, address())


def test_owners_make_as_many_as_they_like() -> None:
    ada = person("Ada")
    make_owner(person=ada)
    for _ in range(8):
        rooms.enter_limited(person=ada, name=f"Room {uuid4()}", before_making=limits.require_new_room)


# --- a store that is down -------------------------------------------------------------------------------------------


def test_without_redis_secrets_are_guarded_by_the_database_and_nothing_else_is_limited(
    own_valkey: Valkey, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.GROUPCHAT = OPTIONS | {"LIMITS_STORE": own_valkey.url}
    account, name = Asked("password.account", uuid4()), somebody()
    assert take(account) == take(name) == 0.0
    own_valkey.stop()
    with caplog.at_level(logging.WARNING, "groupchat.limits"):
        assert not any(take(name) for _ in range(20))
        assert [bool(take(account)) for _ in range(6)] == [False] * 5 + [True]
    assert len(caplog.records) == 1, "it is told once, and for a while it is not asked"


def test_where_the_database_fails_secrets_stay_shut(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if store != "database":
        pytest.skip("it is not asked")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {Allowance._meta.db_table} RENAME TO elsewhere")
    try:
        with pytest.raises(DatabaseError):
            take(Asked("password.account", uuid4()))
        assert take(somebody()) == 0.0
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE elsewhere RENAME TO {Allowance._meta.db_table}")


def test_a_frame_never_asks_the_store(django_assert_num_queries: Any) -> None:
    """The bucket of a socket stays in memory: it is asked with each post."""
    from groupchat.ratelimit import Buckets

    with django_assert_num_queries(0):
        limit, flood = Buckets().of("person:1", time.monotonic())
        assert limit.take(time.monotonic()) == flood.take(time.monotonic()) == 0.0
