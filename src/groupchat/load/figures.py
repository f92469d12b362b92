"""Percentiles: how long nearly everybody waited."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of all are not above; nan where there are none.

    It is always one of the values: an average of two latencies is one that nobody had.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share must lie between 0 and 1, not {share}")
    if not values:
        return math.nan
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass(frozen=True, slots=True)
class Latencies:
    """Some percentiles of many latencies, in milliseconds."""

    count: int
    p50: float
    p99: float
    largest: float

    @classmethod
    def of_nanoseconds(cls, values: Sequence[int]) -> Latencies:
        ordered = sorted(values)
        if not ordered:
            return cls(0, math.nan, math.nan, math.nan)
        return cls(
            len(ordered),
            percentile(ordered, 0.50) / 1e6,
            percentile(ordered, 0.99) / 1e6,
            ordered[-1] / 1e6,
        )
