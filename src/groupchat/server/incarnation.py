"""Is this database still the one that the data folder last served?

If not, the counters of rooms may have gone back, and what clients know of them says nothing: the epoch changes, and
every client takes everything anew.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path

from django.db import connection, transaction

from groupchat.models import ServerState
from groupchat.models.server import new_epoch
from groupchat.server.models import FolderMark

MARK_FILE = "incarnation.json"


def compare(data: Path) -> bool:
    """Compare the marks, change the epoch where they differ, and set new ones; True where a known life ended.

    One process at a time: two that share a folder would see each other's halves.
    """
    folder, marks = _read(data)
    known = FolderMark.objects.filter(folder=folder).first()
    is_first_start = not ServerState.objects.exists()
    # One more machine on a database that serves others already: its new folder knows nothing of any life, and those
    # who run must not hear of another epoch. A SQLite file in a new folder is a copy.
    joins = not is_first_start and not (data / MARK_FILE).exists() and connection.vendor != "sqlite"
    differs = not joins and (known is None or known.mark not in marks)
    if differs:
        change_epoch()
    turn(data)
    return differs and not is_first_start


def turn(data: Path) -> None:
    """Set a new mark on both sides, so that a copy of the database from before now is told apart."""
    folder, marks = _read(data)
    mark = secrets.token_urlsafe(12)
    # The file knows both marks until the database has the new one: a crash between the two is no restored copy.
    _write(data, folder, [mark, *marks[:1]])
    FolderMark.objects.update_or_create(folder=folder, defaults={"mark": mark})
    _write(data, folder, [mark])


def change_epoch() -> None:
    """From now on no position of any client means anything."""
    with transaction.atomic():
        ServerState.objects.update_or_create(id=ServerState.ONLY, defaults={"epoch": new_epoch()})


def _read(data: Path) -> tuple[str, list[str]]:
    try:
        found = json.loads((data / MARK_FILE).read_text())
        return str(found["folder"]), [str(mark) for mark in found["marks"]]
    except (OSError, ValueError, KeyError, TypeError):
        return secrets.token_urlsafe(12), []


def _write(data: Path, folder: str, marks: list[str]) -> None:
    draft = data / f"{MARK_FILE}.{os.getpid()}"
    with draft.open("w") as file:
        json.dump({"folder": folder, "marks": marks}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(data / MARK_FILE)
