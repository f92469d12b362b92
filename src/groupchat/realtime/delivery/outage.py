"""Whether the broker is there: one line when it goes, one when it is back, and a count of what failed meanwhile."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

logger = logging.getLogger("groupchat.realtime")

# What the layers of channels_redis write a traceback to, every second, while they cannot receive.
_LAYERS_LOGGERS = ("channels_redis.core", "channels_redis.pubsub")


@dataclass(slots=True)
class BrokerStats:
    """Counts since the start of the process."""

    sent: int = 0
    received: int = 0
    dropped: int = 0
    errors: int = 0
    outages: int = 0


class Outage:
    """The present state; `on_gone` is called in the loop when an outage begins."""

    def __init__(self, stats: BrokerStats, *, on_gone: Callable[[], None]) -> None:
        self._stats = stats
        self._on_gone = on_gone
        self._since: float | None = None
        self._filter = _LayersTracebacks(self)

    @property
    def is_over(self) -> bool:
        return self._since is None

    def watch(self) -> None:
        """Hear of what the layer of this loop cannot receive, which it tells nobody but its log."""
        self._filter.loop = asyncio.get_running_loop()
        for name in _LAYERS_LOGGERS:
            logging.getLogger(name).addFilter(self._filter)

    def unwatch(self) -> None:
        for name in _LAYERS_LOGGERS:
            logging.getLogger(name).removeFilter(self._filter)

    def failed(self, what: str, error: BaseException) -> None:
        """The layer could not do this."""
        self._stats.errors += 1
        if self._since is not None:
            return
        self._since = time.monotonic()
        self._stats.outages += 1
        logger.warning(
            "The broker is gone: could not %s (%s). Until it is back, the sweep delivers between the processes, half a"
            " second later.",
            what,
            str(error).rstrip(".") or type(error).__name__,
        )
        self._on_gone()

    def works(self) -> None:
        """Something went out and came back."""
        if self._since is not None:
            logger.warning("The broker is back, after %.0f seconds.", time.monotonic() - self._since)
            self._since = None


class _LayersTracebacks(logging.Filter):
    """Takes what the layer of our loop says of a lost connection; faults of another kind keep their traceback."""

    def __init__(self, outage: Outage) -> None:
        super().__init__()
        self._outage = outage
        self.loop: asyncio.AbstractEventLoop | None = None

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is None or not _is_of_the_connection(error) or asyncio._get_running_loop() is not self.loop:
            return True
        self._outage.failed("receive", error)
        return False


def _is_of_the_connection(error: BaseException) -> bool:
    # The client's own errors are told by the name of its module: a site may have a layer without it.
    return isinstance(error, OSError) or any(kind.__module__ == "redis.exceptions" for kind in type(error).__mro__)
