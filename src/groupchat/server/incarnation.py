"""Is this database still the one that the data folder last served?

If not, the counters of rooms may have gone back, and what clients know of them says nothing: the epoch changes, and
every client takes everything anew.

Folder and database share a mark, which changes at every start and every end: a copy that was made before the last of
these is told apart. A copy that was made while the server ran bears the mark of that run. So it matters how the run
ended: in good order, then the mark is another one by now; or not, then a SQLite file may be such a copy as well as the
very one, and counts as a copy. (With PostgreSQL a machine that died says nothing of the database, which others serve.)
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

from groupchat.models import ServerState
from groupchat.models.server import new_epoch
from groupchat.server.models import FolderMark

MARK_FILE = "incarnation.json"
LOCK_FILE = "serving.lock"


class Run:
    """One run of the server on this folder, from its start to its end in good order.

    `is_another` says that a known life ended with its start. Two that start at once would see each other's halves: let
    one begin after the other.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        # Held as long as anything runs on this folder; the system lets go of it, however that ends.
        self._lock = (data / LOCK_FILE).open("w")
        try:
            is_alone = self._try_alone()
            fcntl.flock(self._lock, fcntl.LOCK_SH)
            self.is_another = _compare(data, is_alone=is_alone)
            _turn(data, is_running=True)
        except BaseException:
            self._lock.close()
            raise

    def end(self) -> None:
        """In good order; the last one on this folder sets the mark."""
        if self._try_alone():
            _turn(self._data, is_running=False)
        self._lock.close()

    def _try_alone(self) -> bool:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _compare(data: Path, *, is_alone: bool) -> bool:
    """Change the epoch where this may be another database; True where a known life ended."""
    state = _read(data)
    known = FolderMark.objects.filter(folder=state.folder).first()
    is_first_start = not ServerState.objects.exists()
    is_file = connection.vendor == "sqlite"
    # One more machine on a database that serves others already: its new folder knows nothing of any life, and those
    # who run must not hear of another epoch. A SQLite file in a new folder is a copy.
    joins = not is_first_start and not (data / MARK_FILE).exists() and not is_file
    broke_off = is_file and is_alone and state.is_running
    differs = not joins and (known is None or known.mark not in state.marks or broke_off)
    if differs:
        change_epoch()
    return differs and not is_first_start


def _turn(data: Path, *, is_running: bool) -> None:
    """Set a new mark on both sides, so that a copy of the database from before now is told apart."""
    state = _read(data)
    mark = secrets.token_urlsafe(12)
    # The file knows both marks until the database has the new one: a crash between the two is no restored copy.
    _write(data, _State(state.folder, [mark, *state.marks[:1]], state.is_running))
    FolderMark.objects.update_or_create(folder=state.folder, defaults={"mark": mark})
    _write(data, _State(state.folder, [mark], is_running))


def change_epoch() -> None:
    """From now on no position of any client means anything."""
    with transaction.atomic():
        ServerState.objects.update_or_create(id=ServerState.ONLY, defaults={"epoch": new_epoch()})


@dataclass(frozen=True, slots=True)
class _State:
    """What the folder remembers."""

    folder: str
    marks: list[str]
    is_running: bool


def _read(data: Path) -> _State:
    try:
        found = json.loads((data / MARK_FILE).read_text())
        marks = [str(mark) for mark in found["marks"]]
        return _State(str(found["folder"]), marks, is_running=bool(found.get("running")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return _State(secrets.token_urlsafe(12), [], is_running=False)


def _write(data: Path, state: _State) -> None:
    draft = data / f"{MARK_FILE}.{os.getpid()}"
    with draft.open("w") as file:
        json.dump({"folder": state.folder, "marks": state.marks, "running": state.is_running}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(data / MARK_FILE)
