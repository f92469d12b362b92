"""`groupchat token`: a token for a program."""

from __future__ import annotations

from typing import Annotated

import typer

from groupchat.server.commands.options import Data
from groupchat.server.faults import CannotStart
from groupchat.server.setup import set_up


def token(
    handle: Annotated[str, typer.Argument(help="Whose token it is: what stands behind @.")],
    name: Annotated[str, typer.Option(help="What it is for.")] = "command line",
    data: Data = None,
) -> None:
    """Print a new token with which a program acts as this person. It is shown once."""
    environment = set_up(data=data)
    from groupchat.actions import tokens
    from groupchat.models import Person
    from groupchat.server import preparation

    preparation.check_database()
    preparation.migrate(environment.data)
    person = Person.objects.filter(handle=handle.removeprefix("@").casefold()).first()
    if person is None:
        raise CannotStart(f"Nobody here has the handle @{handle.removeprefix('@')}.")
    print(tokens.issue(person=person, name=name))
