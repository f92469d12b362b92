"""`groupchat migrate`: the tables and the static files, brought up to date."""

from __future__ import annotations

from groupchat.server.commands.options import Data
from groupchat.server.setup import set_up


def migrate(data: Data = None) -> None:
    """Bring the tables and the static files up to date.

    `groupchat serve` does it by itself when it starts.
    """
    environment = set_up(data=data)
    from django.conf import settings

    from groupchat.server import preparation, static

    preparation.check_database()
    preparation.migrate(environment.data)
    static.collect(settings.STATIC_ROOT)
    print("The tables and the static files are up to date.")
