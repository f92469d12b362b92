"""The sums behind every figure: percentiles, medians, ratios."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
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


def median(values: Iterable[float]) -> float:
    """The middle one, or the mean of the two in the middle; nan values are left out."""
    ordered = sorted(value for value in values if not math.isnan(value))
    if not ordered:
        return math.nan
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def ratio(ours: float, theirs: float) -> float:
    """`ours / theirs`; nan where either is missing or the second is 0."""
    if math.isnan(ours) or math.isnan(theirs) or theirs == 0:
        return math.nan
    return ours / theirs


def spread(values: Sequence[float]) -> float:
    """(largest - smallest) / median: how far the windows of one run lie apart."""
    middle = median(values)
    return ratio(max(values) - min(values), middle) if values else math.nan


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
