"""Who may do anything at all."""

from __future__ import annotations

from groupchat.errors import Forbidden, Unavailable
from groupchat.models import Person


def require_active(person: Person) -> None:
    if not person.is_admitted:
        signed_out = person.kind == Person.Kind.GUEST and person.is_active
        raise Forbidden("You signed out." if signed_out else "Your account is switched off.")


def require_no_account(guest: Person) -> None:
    """Whoever shows a guest's cookie is not the person whom this guest became by an account."""
    if guest.is_void_guest and guest.has_account:
        raise comes_with_account()


def comes_with_account() -> Unavailable:
    """The refusal of a guest who has an account by now, and comes back with it."""
    return Unavailable("You have an account by now. Come back with it, and send the same again.", retry_after=1.0)
