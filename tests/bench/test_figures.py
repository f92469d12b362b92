"""The sums behind every figure."""

from __future__ import annotations

import math

from benchmarks.figures import median, ratio


def test_medians_leave_out_what_was_not_measured() -> None:
    assert median([3, 1, 2]) == 2
    assert median([4, 1, 2, 3]) == 2.5
    assert median([math.nan, 7]) == 7
    assert math.isnan(median([]))


def test_ratios_of_what_is_missing_are_missing() -> None:
    assert ratio(6, 4) == 1.5
    assert math.isnan(ratio(1, 0))
    assert math.isnan(ratio(math.nan, 1))
    assert math.isnan(ratio(1, math.nan))
