"""People who are programs: they have a handle and a name like all, and neither an account nor a guest's cookie."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from groupchat.actions.names import with_skeletons
from groupchat.actions.people import handle_of
from groupchat.characters import isolated
from groupchat.errors import Invalid, NameTaken
from groupchat.models import Person
from groupchat.text import clean_person_name


def make(*, name: str, handle: str | None = None) -> Person:
    """A new bot; without a handle it gets the one that its name gives. Raises NameTaken, Invalid or TooLong."""
    name = clean_person_name(name)
    handle = handle_of(name) if handle is None else _clean_handle(handle)
    if not handle:
        raise Invalid("No handle can be made of this name. Choose one of letters and digits.", field="handle")
    try:
        with transaction.atomic():
            person = with_skeletons(Person(name=name, handle=handle, kind=Person.Kind.BOT))
            person.save(force_insert=True)
            return person
    except IntegrityError:
        raise NameTaken(
            f"Somebody here has the handle @{isolated(handle)}. Choose a different one.", field="handle"
        ) from None


def _clean_handle(handle: str) -> str:
    clean = handle_of(handle)
    if not clean or clean != handle.casefold():
        raise Invalid("A handle holds up to 40 letters, digits, dots, hyphens and underscores.", field="handle")
    return clean
