"""Several server processes within one: each a runtime that hears only of the commits of its own threads."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

from groupchat.realtime.fanout.topics import Publication
from groupchat.realtime.runtime import Runtime

R = TypeVar("R")

DEADLINE_SECONDS = 60.0


class LoopThread:
    """An event loop on a thread of its own, so that a test can be written in order, and a browser can run beside it."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="loop", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, R]) -> R:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(DEADLINE_SECONDS)

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(DEADLINE_SECONDS)
        self.loop.close()


class Side(Runtime):
    """The realtime part of one process."""

    def __init__(self, *, layer: Any = None) -> None:
        super().__init__(layer=layer)
        self.crashes = False  # between commit and publication: nobody is told of what is committed

    def _on_commit(self, publication: Publication) -> None:
        if threading.current_thread() in self.database._writer._threads and not self.crashes:
            super()._on_commit(publication)
