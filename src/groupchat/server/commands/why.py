"""`groupchat why`: why somebody can, or can't, do something in a room."""

from __future__ import annotations

from typing import Annotated

import typer

from groupchat.server.commands.options import Data
from groupchat.server.faults import CannotStart
from groupchat.server.setup import set_up


def why(
    person: Annotated[str, typer.Argument(help="What stands behind @, or the name of an account.")],
    verb: Annotated[str, typer.Argument(help="The rule: read, join, post, manage, …")],
    room: Annotated[str, typer.Argument(help="Its name or address, or # and its id.")],
    data: Data = None,
) -> None:
    """Say why somebody can, or can't, do something in a room.

    The rules themselves are asked, one after the other.
    """
    environment = set_up(data=data)
    from groupchat.actions.finding import find_person, find_room
    from groupchat.errors import NotFound
    from groupchat.management.commands.chat_why import told
    from groupchat.permissions.why import VERBS
    from groupchat.permissions.why import why as asked
    from groupchat.server import preparation

    if verb not in VERBS:
        raise CannotStart(f"VERB is one of {', '.join(VERBS)}.")
    preparation.check_database()
    preparation.migrate(environment.data)
    try:
        print(told(asked(find_person(person), verb, find_room(room))))
    except NotFound as error:
        raise CannotStart(error.message) from None
