"""Who may come in: whoever has the address, or only who was invited; and whether strangers see which rooms there are.

An owner of the site chooses both on a page; until they did, the options say it. Without guests both are about who may
make an account.
"""

from __future__ import annotations

from dataclasses import dataclass

from groupchat.conf import conf
from groupchat.errors import Forbidden
from groupchat.models import ServerState


@dataclass(frozen=True, slots=True)
class Access:
    """`invited`: nobody new comes in but by an invite link. Who is in stays in."""

    invited: bool
    strangers_see_rooms: bool


def access() -> Access:
    """As it is now, with one look at the database."""
    found = ServerState.objects.filter(pk=ServerState.ONLY).values_list("access", "strangers_see_rooms").first()
    chosen, shows = found or (None, None)
    return Access(
        invited=(chosen or conf().access) == "invited",
        strangers_see_rooms=conf().strangers_see_rooms if shows is None else shows,
    )


def access_is_chosen() -> bool:
    """Whether an owner has said who may come in."""
    return ServerState.objects.filter(pk=ServerState.ONLY).exclude(access="").exists()


def lets_in_strangers() -> bool:
    """Whether somebody without an account may come in who was never here."""
    return conf().guests and not access().invited


def require_strangers() -> None:
    """Raises Forbidden where nobody new comes in but by a link."""
    if access().invited:
        raise not_invited()


def not_invited() -> Forbidden:
    return Forbidden("This chat is for invited people. Ask for a link.", why="invited")
