"""`groupchat backup`: a copy of the database, while the server runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from groupchat.server.commands.options import Data
from groupchat.server.faults import CannotStart
from groupchat.server.setup import set_up


def backup(
    to: Annotated[Path, typer.Argument(help="The file to write; it must not exist.")],
    data: Data = None,
) -> None:
    """Copy the SQLite database to a file, while the server runs. (PostgreSQL has pg_dump.)"""
    set_up(data=data)
    from django.db import connection

    from groupchat.server.copying import copy_sqlite

    if connection.vendor != "sqlite":
        raise CannotStart("This database is PostgreSQL: use pg_dump.")
    if to.exists():
        raise CannotStart(f"{to} is there already.")
    copy_sqlite(Path(connection.settings_dict["NAME"]), to)
    print(f"Copied to {to}")
