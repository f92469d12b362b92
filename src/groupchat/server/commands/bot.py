"""`groupchat bot`: a person for a program, and its token."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from groupchat.server.commands.options import Data
from groupchat.server.faults import CannotStart
from groupchat.server.setup import set_up


def bot(
    name: Annotated[str, typer.Argument(help="What people see beside its messages.")],
    handle: Annotated[
        str | None, typer.Option(help="What stands behind @. [default: made of the name]", show_default=False)
    ] = None,
    data: Data = None,
) -> None:
    """Make a person for a program, and print its token.

    With the token the program acts as this person; it is shown once.
    """
    environment = set_up(data=data)
    from django.db import transaction

    from groupchat.actions import bots, tokens
    from groupchat.errors import ChatError
    from groupchat.server import preparation

    preparation.check_database()
    preparation.migrate(environment.data)
    try:
        with transaction.atomic():
            person = bots.make(name=name, handle=handle.removeprefix("@") if handle is not None else None)
            secret = tokens.issue(person=person, name="command line")
    except ChatError as error:
        hint = " For another token of a bot: groupchat token HANDLE." if error.code == "name_taken" else ""
        raise CannotStart(f"{error.message}{hint}") from None
    print(f"The token of {person}:", file=sys.stderr)  # a script reads the token alone
    print(secret)
