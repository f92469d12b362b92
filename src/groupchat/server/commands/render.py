"""`groupchat render`: the HTML of all messages, after an upgrade that formats them otherwise."""

from __future__ import annotations

from groupchat.server.commands.options import Data
from groupchat.server.setup import set_up


def render(data: Data = None) -> None:
    """Format all messages anew that another version formatted.

    Until then that is done whenever somebody reads them. It may run beside the server, and be stopped and begun again.
    """
    set_up(data=data)
    from groupchat.actions.rendering import render_some
    from groupchat.server import preparation

    preparation.check_database()
    last: int | None = 0
    count = 0
    while last is not None:
        last, rendered = render_some(after=last)
        count += rendered
    print(f"Messages that were formatted anew: {count:,}.")
