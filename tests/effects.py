"""What the tests of effects share: a handler of their own in the table, and what it was called with."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from groupchat import handlers
from groupchat.events import Event
from groupchat.handlers import Handler, by_room


class Recorder:
    """Notes what it is called with, and raises where it is told to."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, Event]] = []
        self.refuses: Callable[[Event], bool] = lambda event: False
        self.called = threading.Condition()

    def __call__(self, event: Event, effect_id: int) -> None:
        with self.called:
            self.calls.append((effect_id, event))
            self.called.notify_all()
        if self.refuses(event):
            raise RuntimeError("not now")

    @property
    def events(self) -> list[Event]:
        return [event for _, event in self.calls]

    def wait(self, count: int, seconds: float = 60.0) -> None:
        """Until it was called so often."""
        with self.called:
            assert self.called.wait_for(lambda: len(self.calls) >= count, seconds), self.calls


@contextmanager
def only_handler(
    recorder: Callable[[Event, int], None],
    *wanted: type[Event],
    key: Callable[[Event], str] = by_room,
    most_attempts: int | None = None,
) -> Iterator[None]:
    """The whole table is one handler, `recorder`, that wants these events."""
    before = dict(handlers.HANDLERS)
    handlers.HANDLERS.clear()
    handlers.HANDLERS["recorder"] = Handler(
        run=recorder, wants=lambda kind: kind in wanted, key=key, most_attempts=most_attempts
    )
    try:
        yield
    finally:
        handlers.HANDLERS.clear()
        handlers.HANDLERS.update(before)
