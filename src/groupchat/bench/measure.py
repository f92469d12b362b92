"""What a server costs, read from /proc: CPU time and memory of a process and everything below it."""

from __future__ import annotations

import contextlib
import os
import resource
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


def pss_kib(pids: list[int]) -> int:
    """Proportional set size: memory of their own, and their share of what they share."""
    return sum(_rollup(pid, "Pss:") for pid in pids)


def rss_kib(pids: list[int]) -> int:
    """Resident memory, shared pages counted in every process."""
    return sum(_rollup(pid, "Rss:") for pid in pids)


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


def open_files(pid: int) -> int:
    """How many descriptors a process holds; 0 where it is gone."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0


def _stat_fields(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat from `state` on. The name before them may hold spaces and parentheses."""
    text = Path(f"/proc/{pid}/stat").read_text()
    return text.rpartition(")")[2].split()


def _rollup(pid: int, name: str) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1])
    except OSError:
        pass
    return 0
