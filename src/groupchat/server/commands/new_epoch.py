"""`groupchat new-epoch`: after a restored backup."""

from __future__ import annotations

from groupchat.server.commands.options import Data
from groupchat.server.setup import set_up


def new_epoch(data: Data = None) -> None:
    """After a restored backup: every client takes everything anew.

    Run it while the server is stopped.
    """
    set_up(data=data)
    from groupchat.server import incarnation, preparation

    preparation.check_database()
    incarnation.change_epoch()
    print("Every client will take everything anew.")
