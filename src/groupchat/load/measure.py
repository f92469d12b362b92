"""What a server costs, read from /proc: CPU time of a process and everything below it."""

from __future__ import annotations

import contextlib
import os
from collections import deque
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """The process and its descendants, as they are now."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError, ValueError, IndexError):
                parent = int(_stat_fields(int(entry))[1])
                children.setdefault(parent, []).append(int(entry))
    found: list[int] = []
    waiting = deque([pid])
    while waiting:
        at = waiting.popleft()
        if Path(f"/proc/{at}").exists():
            found.append(at)
        waiting.extend(children.get(at, ()))
    return found


def cpu_seconds(pids: list[int]) -> float:
    """User and system time of these processes with all their threads; the time of children that ended counts too.

    The kernel counts in ticks of 10 ms, so a window of some seconds is exact within a percent.
    """
    ticks = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            fields = _stat_fields(pid)
            ticks += sum(int(fields[index]) for index in (11, 12, 13, 14))  # utime stime cutime cstime
    return ticks / _TICKS


def _stat_fields(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat from `state` on. The name before them may hold spaces and parentheses."""
    text = Path(f"/proc/{pid}/stat").read_text()
    return text.rpartition(")")[2].split()
