"""`groupchat admin`: who administers the site beside its owners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from groupchat.server.commands.options import Data
from groupchat.server.faults import CannotStart
from groupchat.server.setup import set_up

if TYPE_CHECKING:
    from groupchat.models import Person

app = typer.Typer(help="Say who administers the site, or list them.", no_args_is_help=True)
Handle = Annotated[str, typer.Argument(help="What stands behind @, or the name of an account.")]


@app.command("add")
def add(handle: Handle, data: Data = None) -> None:
    """Let somebody with an account administer the site."""
    person = _made(handle, data, is_admin=True)
    print(f"{person} administers the site.")


@app.command("remove")
def remove(handle: Handle, data: Data = None) -> None:
    """Let them do so no more."""
    person = _made(handle, data, is_admin=False)
    print(f"{person} does not administer the site.")


@app.command("list")
def list_(data: Data = None) -> None:
    """Print the owners and administrators."""
    _set_up(data)
    from django.db.models import Q

    from groupchat.models import Person

    for person in Person.objects.filter(Q(is_owner=True) | Q(is_admin=True)).order_by("handle"):
        print(f"{person}: {'owner' if person.is_owner else 'administrator'}")


def _made(handle: str, data: Data, *, is_admin: bool) -> Person:
    _set_up(data)
    from groupchat.actions.administration import make_admin
    from groupchat.actions.finding import find_person
    from groupchat.actions.people import person_of_username
    from groupchat.errors import NotFound

    try:
        person = find_person(handle)
    except NotFound as error:
        made = person_of_username(username=handle)  # who was never here
        if made is None:
            raise CannotStart(error.message) from None
        person = made
    if person.kind != "user":
        raise CannotStart(f"{person} has no account. Only somebody with one administers the site.")
    return make_admin(person=person, is_admin=is_admin)


def _set_up(data: Data) -> None:
    environment = set_up(data=data)
    from groupchat.server import preparation

    preparation.check_database()
    preparation.migrate(environment.data)
