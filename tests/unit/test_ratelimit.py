"""The token bucket."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupchat import ratelimit
from groupchat.conf import conf
from groupchat.ratelimit import LIMITS, Bucket, Buckets


def test_a_burst_at_once_and_then_one_by_one() -> None:
    bucket = Bucket(rate=8, burst=3, now=100.0)  # eighths of a second are exact in binary
    assert [bucket.take(100.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert bucket.take(100.0) == 0.125
    assert bucket.take(100.0625) == 0.0625
    assert bucket.take(100.125) == 0.0
    assert bucket.take(100.125) == 0.125


def test_waiting_as_long_as_told_is_enough() -> None:
    bucket = Bucket(rate=7, burst=1, now=0.0)
    now = 0.0
    assert bucket.take(now) == 0.0
    for _ in range(50):
        wait = bucket.take(now)
        assert 0 < wait <= 1 / 7 + 1e-9
        now += wait + 1e-9
        assert bucket.take(now) == 0.0


def test_silence_saves_no_more_than_a_burst() -> None:
    bucket = Bucket(rate=10, burst=5, now=0.0)
    assert sum(bucket.take(1000.0) == 0.0 for _ in range(100)) == 5


def test_no_rate_is_no_limit() -> None:
    bucket = Bucket(rate=0, burst=0, now=0.0)
    assert not any(bucket.take(0.0) for _ in range(10_000))


def test_a_burst_of_nothing_lets_one_through() -> None:
    bucket = Bucket(rate=1, burst=0, now=0.0)
    assert bucket.take(0.0) == 0.0
    assert bucket.take(0.0) > 0


@given(
    rate=st.integers(1, 100),
    burst=st.integers(1, 100),
    steps=st.lists(st.floats(0, 2, allow_nan=False), min_size=1, max_size=200),
)
def test_never_more_than_the_burst_and_the_rate(rate: int, burst: int, steps: list[float]) -> None:
    bucket = Bucket(rate=rate, burst=burst, now=0.0)
    now, taken = 0.0, 0
    for step in steps:
        now += step
        taken += bucket.take(now) == 0.0
        assert taken <= burst + rate * now + 1e-6


def test_a_whole_bucket_is_as_good_as_a_new_one() -> None:
    bucket = Bucket(rate=8, burst=2, now=100.0)
    assert bucket.is_whole(100.0)
    bucket.take(100.0)
    assert not bucket.is_whole(100.0)
    assert bucket.is_whole(100.125)
    bucket.take(100.0625)
    assert not bucket.is_whole(100.125)
    assert Bucket(rate=0, burst=1, now=0.0).is_whole(0.0)


def test_allowances_that_are_whole_again_are_forgotten(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.GROUPCHAT = settings.GROUPCHAT | {"MAX_COMMANDS_PER_SECOND": 10, "MAX_COMMANDS_BURST": 50}
    monkeypatch.setattr(ratelimit, "MAX_BUCKETS", 100)
    buckets = Buckets()
    for index in range(1_000):
        buckets.of(f"person:{index}", float(index))[0].take(float(index))
    assert len(buckets) <= 101
    buckets = Buckets()
    for index in range(1_000):  # all at once: none of them is whole, none is forgotten
        buckets.of(f"person:{index}", 0.0)[0].take(0.0)
    assert len(buckets) == 1_000


def test_each_limit_is_named_once_and_has_an_option() -> None:
    assert len(LIMITS) == len({limit.option for limit in LIMITS.values()})
    for name, limit in LIMITS.items():
        assert (limit.name, limit.most) == (name, getattr(conf(), limit.option))
        assert limit.seconds > 0
