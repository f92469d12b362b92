"""What a server holds and what the machine does, read from /proc."""

from __future__ import annotations

import contextlib
import os
import resource
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def pss_kib(pids: list[int]) -> int:
    """Proportional set size: memory of their own, and their share of what they share."""
    return sum(_rollup(pid, "Pss:") for pid in pids)


def machine_seconds() -> float:
    """CPU time of all processes of the machine since it started."""
    fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    user, nice, system, _, _, interrupts, soft_interrupts = (int(field) for field in fields[:7])
    return (user + nice + system + interrupts + soft_interrupts) / _TICKS


def own_seconds() -> float:
    """CPU time of this process and of all its children that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def raise_file_limit() -> int:
    """As many open files as the system lets this process have; children inherit it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return int(resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def cores() -> int:
    return len(os.sched_getaffinity(0))


def _rollup(pid: int, name: str) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    except OSError:
        pass
    return 0
