"""`groupchat backup`: a copy of the database, while the server runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from groupchat.server.commands.options import Data
from groupchat.server.faults import CannotStart
from groupchat.server.setup import set_up


def backup(
    to: Annotated[
        Path, typer.Argument(help="The file to write; or a folder that is there, for a file named after the time.")
    ],
    replace: Annotated[
        bool, typer.Option("--replace", help="A file of this name gives way, once the new copy is whole.")
    ] = False,
    data: Data = None,
) -> None:
    """Copy the SQLite database to a file, while the server runs.

    For PostgreSQL there is pg_dump.
    """
    environment = set_up(data=data)
    from django.db import connection

    from groupchat.server import copying

    if connection.vendor != "sqlite":
        raise CannotStart("This database is PostgreSQL: use pg_dump.")
    target = copying.dated(to) if to.is_dir() else to
    copying.copy_sqlite(Path(connection.settings_dict["NAME"]), target, replace=replace)
    copying.note_copy(environment.data)
    print(f"Copied to {target}")
