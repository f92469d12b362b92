"""`groupchat token`: a token for a program; which ones there are, and the end of one."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from groupchat.server.commands.options import Data
from groupchat.server.faults import CannotStart
from groupchat.server.setup import set_up

if TYPE_CHECKING:
    from groupchat.models import Person


def token(
    handle: Annotated[str, typer.Argument(help="Whose token it is: what stands behind @.")],
    name: Annotated[str, typer.Option(help="What it is for.")] = "command line",
    user: Annotated[bool, typer.Option("--user", help="HANDLE is the user name of an account.")] = False,
    show: Annotated[
        bool, typer.Option("--list", help="Print the tokens of this person instead, without secrets.")
    ] = False,
    revoke: Annotated[
        int | None, typer.Option(metavar="ID", help="End this token instead; --list tells its id.")
    ] = None,
    data: Data = None,
) -> None:
    """Print a new token with which a program acts as this person.

    It is shown once. The owner of an account need not have been here: where nobody has the handle, the account of this
    name is taken.
    """
    if show and revoke is not None:
        raise CannotStart("Choose one of --list and --revoke.")
    environment = set_up(data=data)
    from groupchat.actions import people, tokens
    from groupchat.characters import isolated
    from groupchat.models import Person
    from groupchat.server import preparation

    preparation.check_database()
    preparation.migrate(environment.data)
    person = None if user else Person.objects.filter(handle=handle.removeprefix("@").casefold()).first()
    person = person or people.person_of_username(username=handle)
    if person is None and user:
        raise CannotStart(f"There is no account of the name {isolated(handle)}.")
    if person is None:
        raise CannotStart(
            f"Nobody here has the handle @{isolated(handle.removeprefix('@'))}, and there is no account of this name."
            " For a program of its own: groupchat bot NAME."
        )
    if show:
        _print_all(person)
    elif revoke is not None:
        _revoke(person, revoke)
    elif not person.is_admitted:
        raise CannotStart(f"@{isolated(person.handle)} is switched off: no token of theirs would be in force.")
    else:
        print(f"The token of {person}:", file=sys.stderr)  # a script reads the token alone
        print(tokens.issue(person=person, name=name))


def _print_all(person: Person) -> None:
    from groupchat.actions import tokens
    from groupchat.characters import isolated

    rows = [("ID", "NAME", "ISSUED", "LAST USED", "")]
    for one in tokens.of_person(person=person):
        state = f"revoked {one.revoked_at:%Y-%m-%d}" if one.revoked_at is not None else ""
        used = one.last_used_on.isoformat() if one.last_used_on is not None else "never"
        rows.append((str(one.pk), isolated(one.name), f"{one.created_at:%Y-%m-%d}", used, state))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _revoke(person: Person, token_id: int) -> None:
    from groupchat.actions import tokens
    from groupchat.characters import isolated
    from groupchat.models import Token

    found = Token.objects.filter(person=person, pk=token_id).first()
    if found is None:
        raise CannotStart(f"@{isolated(person.handle)} has no token {token_id}: --list prints those there are.")
    done = tokens.revoke(token=found)
    print(f"Token {token_id} is revoked." if done else f"Token {token_id} was revoked before.")
