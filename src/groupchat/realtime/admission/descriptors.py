"""Open files: every socket is one, the system sets a limit, and the database needs some, too.

A process at its limit can't open its database any more, and says so of the database. So new sockets are refused while
there is still something left.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from groupchat.conf import conf

# None on a system without such a limit.
_resource: Any = import_module("resource") if find_spec("resource") else None


@dataclass(frozen=True, slots=True)
class Files:
    """How many files the process may open (0: no limit), and the lowest number that is free.

    The system gives out the lowest free number, so all below it are in use.
    """

    limit: int
    lowest_free: int

    @property
    def reserved(self) -> int:
        """What is kept from sockets; half of all at most."""
        return min(conf().reserved_files, self.limit // 2)

    @property
    def is_short(self) -> bool:
        """Whether one more socket would take what is kept for the database."""
        return bool(self.limit and self.reserved) and self.lowest_free >= self.limit - self.reserved

    @property
    def is_very_short(self) -> bool:
        """Whether no connection at all should stay: half of what is kept is gone."""
        return bool(self.limit and self.reserved) and self.lowest_free >= self.limit - self.reserved // 2

    def __str__(self) -> str:
        return f"{self.lowest_free} of {self.limit} are open, and {self.reserved} are kept for the database"


def look() -> Files:
    """How it stands now; costs some microseconds."""
    limit = file_limit()
    try:
        number = os.open(os.devnull, os.O_RDONLY)
    except OSError:  # not even one
        return Files(limit, limit)
    os.close(number)
    return Files(limit, number)


def file_limit() -> int:
    """How many files this process may have open; 0 where nobody says."""
    if _resource is None:
        return 0
    soft, _ = _resource.getrlimit(_resource.RLIMIT_NOFILE)
    return 0 if soft == _resource.RLIM_INFINITY else soft


def open_files() -> int:
    """How many are open; 0 where the system does not tell. (It takes longer the more there are.)"""
    for folder in ("/proc/self/fd", "/dev/fd"):
        try:
            return sum(1 for _ in Path(folder).iterdir())
        except OSError:
            continue
    return 0
