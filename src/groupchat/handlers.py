"""Who acts on events: the table of handlers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from groupchat import signals
from groupchat.conf import conf
from groupchat.events import Event, GuestMerged, PersonDeleted


def unordered(event: Event) -> str:
    """Each by itself, as soon as it can be."""
    return ""


def by_room(event: Event) -> str:
    """In the order in which it happened in the room; what happened in none has no order."""
    return "" if isinstance(event, GuestMerged | PersonDeleted) else f"room {event.room_id}"


@dataclass(frozen=True, slots=True)
class Handler:
    """Acts on the events that it wants.

    `run` gets the event and the id of the effect. It may be called again with the same id (after a crash, or after it
    raised), so what it does a second time must change nothing. It runs in a thread, outside any transaction, and gives
    up by raising. `wants` is asked with every change: it must be quick, and not ask the database.
    """

    run: Callable[[Event, int], None]
    wants: Callable[[type[Event]], bool]
    key: Callable[[Event], str] = unordered  # effects of one key are worked off one after the other; "": in any order
    most_attempts: int | None = None  # then it has failed; 0: no limit; None: as the options say, like both pauses
    pause_seconds: float | None = None  # before the second attempt; doubled with each that follows
    longest_pause_seconds: float | None = None

    def has_failed(self, attempts: int) -> bool:
        """Whether so many attempts are enough."""
        most = conf().max_effect_attempts if self.most_attempts is None else self.most_attempts
        return 0 < most <= attempts

    def pause(self, attempts: int) -> float:
        """Seconds to wait after so many attempts (one or more)."""
        options = conf()
        first = options.effect_pause_seconds if self.pause_seconds is None else self.pause_seconds
        longest = options.max_effect_pause_seconds if self.longest_pause_seconds is None else self.longest_pause_seconds
        pause = first * 2.0 ** min(attempts - 1, 60)
        return min(pause, longest) if longest else pause


# Those that are actions add themselves when the app is ready (`actions.merging`): this table lies below them.
# By the name that is stored with each effect. To rename or remove one leaves what waits for it to fail.
HANDLERS: dict[str, Handler] = {
    "signals": Handler(run=signals.send, wants=signals.is_heard, key=by_room),
}

# For what is waiting for a handler that this version does not have.
UNKNOWN = Handler(run=lambda event, effect_id: None, wants=lambda kind: False)


def wanting(kind: type[Event]) -> list[tuple[str, Handler]]:
    """Those that want events of this kind at present, by name."""
    return [(name, handler) for name, handler in HANDLERS.items() if handler.wants(kind)]
