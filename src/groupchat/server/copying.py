"""A copy of a SQLite database that others are writing to."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from groupchat.server.faults import CannotStart

PAGES_PER_STEP = 2_000  # between two steps writers go on


LAST_COPY_FILE = "last-backup"  # in the data folder: when it was touched, a copy was made


def note_copy(data: Path) -> None:
    """Remember that a copy was made now."""
    with suppress(OSError):  # the copy is made all the same
        (data / LAST_COPY_FILE).touch()


def last_copy_age(data: Path) -> timedelta | None:
    """How long ago the last copy was made; None where none was."""
    try:
        made = datetime.fromtimestamp((data / LAST_COPY_FILE).stat().st_mtime, UTC)
    except OSError:
        return None
    return datetime.now(UTC) - made


def dated(folder: Path) -> Path:
    """The file in this folder for a copy of now; in UTC, so that names stand in order."""
    return folder / f"groupchat-{datetime.now(UTC):%Y-%m-%dT%H%M%SZ}.sqlite3"


def copy_sqlite(source: Path, target: Path, *, replace: bool = False) -> None:
    """A whole and consistent copy, readable by its owner only; raises CannotStart.

    The name is given to it when it is whole and on the disk: an older copy of that name is there until then, and stays
    where this one fails. The copy holds no folder's mark, so a server that is started on it knows that it is a copy.
    """
    target = target.resolve()
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        _require_free(target, source, replace=replace)
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            _copy(source, draft)
            _name(draft, target, replace=replace)
        finally:
            draft.unlink(missing_ok=True)
    except (OSError, sqlite3.Error) as error:
        raise CannotStart(f"The copy could not be made: {error}") from None


def _copy(source: Path, draft: Path) -> None:
    with (
        closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True)) as original,
        closing(sqlite3.connect(draft)) as copy,
    ):
        original.backup(copy, pages=PAGES_PER_STEP)
        copy.execute("DELETE FROM groupchat_server_foldermark")
        copy.commit()
        copy.execute("PRAGMA journal_mode=DELETE")
    _sync(draft)


def _name(draft: Path, target: Path, *, replace: bool) -> None:
    if replace:
        draft.replace(target)
    else:
        try:
            os.link(draft, target)  # fails where another copy was quicker
        except FileExistsError:
            raise _taken(target) from None
        except OSError:  # a file system without links
            if target.exists():
                raise _taken(target) from None
            draft.rename(target)
    _sync(target.parent)


def _require_free(target: Path, source: Path, *, replace: bool) -> None:
    if not target.exists():
        return
    if target.samefile(source):
        raise CannotStart(f"{target} is the database itself.")
    if replace and not target.is_file():
        raise CannotStart(f"{target} is no file.")
    if not replace:
        raise _taken(target)


def _taken(target: Path) -> CannotStart:
    return CannotStart(
        f"{target} is there already. With --replace it gives way once the new copy is whole;"
        " in a folder each copy gets a name of its own."
    )


def _sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
