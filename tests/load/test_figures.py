"""Percentiles and latencies."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupchat.load.figures import Latencies, percentile

values = st.lists(st.integers(0, 10**12), min_size=1, max_size=300)


@pytest.mark.parametrize(
    ("share", "expected"), [(0, 1), (0.01, 1), (0.5, 50), (0.501, 51), (0.99, 99), (0.991, 100), (1, 100)]
)
def test_a_percentile_of_one_to_a_hundred(share: float, expected: int) -> None:
    assert percentile(list(range(100, 0, -1)), share) == expected


@given(values, st.floats(0, 1))
def test_a_percentile_is_a_value_that_enough_others_do_not_exceed(numbers: list[int], share: float) -> None:
    found = percentile(numbers, share)
    assert found in numbers
    assert sum(number <= found for number in numbers) >= share * len(numbers)
    assert sum(number < found for number in numbers) <= share * len(numbers)


def test_percentiles_refuse_what_is_no_share_and_know_no_value_of_nothing() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        percentile([1], 99)
    assert math.isnan(percentile([], 0.5))


def test_latencies_are_told_in_milliseconds() -> None:
    found = Latencies.of_nanoseconds([3_000_000, 1_000_000, 2_000_000])
    assert (found.count, found.p50, found.p99, found.largest) == (3, 2.0, 3.0, 3.0)
    assert Latencies.of_nanoseconds([]).count == 0
