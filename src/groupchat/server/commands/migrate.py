"""`groupchat migrate`: the tables, brought up to date."""

from __future__ import annotations

from groupchat.server.commands.options import Data
from groupchat.server.setup import set_up


def migrate(data: Data = None) -> None:
    """Bring the database's tables up to date; `serve` does it by itself."""
    environment = set_up(data=data)
    from groupchat.server import preparation

    preparation.check_database()
    preparation.migrate(environment.data)
    print("The tables are up to date.")
