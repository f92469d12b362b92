"""Tasks that run for as long as their process serves."""

from __future__ import annotations

import asyncio
from typing import Any


async def end(task: asyncio.Task[Any] | None) -> None:
    """Cancel a task, if there is one, and wait until it is at its end; what it raises then is nobody's any more."""
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
