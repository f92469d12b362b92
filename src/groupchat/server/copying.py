"""A copy of a SQLite database that others are writing to."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from groupchat.server.faults import CannotStart

PAGES_PER_STEP = 2_000  # between two steps writers go on


def copy_sqlite(source: Path, target: Path) -> None:
    """A whole and consistent copy, readable by its owner only; raises CannotStart.

    The copy holds no folder's mark, so a server that is started on it knows that it is a copy.
    """
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as original,
            closing(sqlite3.connect(target)) as copy,
        ):
            original.backup(copy, pages=PAGES_PER_STEP)
            copy.execute("DELETE FROM groupchat_server_foldermark")
            copy.commit()
            copy.execute("PRAGMA journal_mode=DELETE")
    except (OSError, sqlite3.Error) as error:
        target.unlink(missing_ok=True)
        raise CannotStart(f"The copy could not be made: {error}") from None
