"""Who may do anything at all."""

from __future__ import annotations

from groupchat.errors import Forbidden
from groupchat.models import Person


def require_active(person: Person) -> None:
    if not person.is_admitted:
        signed_out = person.kind == Person.Kind.GUEST and person.is_active
        raise Forbidden("You signed out." if signed_out else "Your account is switched off.")
