"""`groupchat worker`: what is done later about what happened, in a process of its own."""

from __future__ import annotations

from groupchat.server.commands.options import Data
from groupchat.server.setup import set_up


def worker(data: Data = None) -> None:
    """Work off effects, without serving anybody, until it is stopped.

    A server does so by itself, as long as GROUPCHAT_RUN_EFFECTS does not say otherwise. Any number of processes may do
    it side by side, on any machine that reaches the database.
    """
    environment = set_up(data=data)
    from django.db import connection

    from groupchat.server import preparation
    from groupchat.server.effects import work_until_stopped

    preparation.check_database()
    preparation.migrate(environment.data)
    connection.close()
    work_until_stopped(on_ready=lambda: print("Group Chat works off effects. Ctrl+C ends it.", flush=True))
