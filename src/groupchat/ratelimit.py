"""A token bucket."""

from __future__ import annotations


class Bucket:
    """Lets `burst` through at once and `rate` per second after it; a rate of 0 lets everything through."""

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, *, rate: float, burst: int, now: float) -> None:
        self._rate = rate
        self._burst = max(burst, 1)
        self._tokens = float(self._burst)
        self._at = now

    def take(self, now: float) -> float:
        """Take one token: 0.0, or the seconds to wait until there is one (none is taken then)."""
        if not self._rate:
            return 0.0
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self._rate

    def is_whole(self, now: float) -> bool:
        """Whether it is as good as a new one."""
        return not self._rate or self._tokens + (now - self._at) * self._rate >= self._burst
