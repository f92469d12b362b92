"""People come into being: of a user of the site, or of a guest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from groupchat.actions.counters import changed_sessions
from groupchat.conf import conf
from groupchat.errors import ChatError
from groupchat.models import Person
from groupchat.text import LONGEST_NAME, clean_person_name, fold

_NOT_HANDLE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody without an account: an id that was issued to them, and the name they gave. No row yet, perhaps."""

    id: UUID
    name: str


def person_of_user(*, user: Any) -> Person:
    """The person of a user of the site; made with the first question."""
    person = Person.objects.filter(user=user).first()
    if person is not None:
        return person
    name = _name_of(user)
    return _create(name, user=user, kind=Person.Kind.USER, is_owner=False)


def person_of_guest(*, guest: Guest) -> Person:
    """The person of a guest; made with the first question, and the same for the same guest id ever after."""
    person = Person.objects.filter(guest_id=guest.id).first()
    if person is not None:
        return person
    return _create(clean_person_name(guest.name), guest_id=guest.id, kind=Person.Kind.GUEST)


def make_owner(*, person: Person) -> None:
    """Let this person rule the whole site; their live sockets learn of it."""
    with transaction.atomic():
        person.is_owner = True
        person.save(update_fields=["is_owner"])
        changed_sessions(person.pk)


def end_sessions(*, person: Person) -> None:
    """Let every live socket of this person prove again who it is: a session ended, or the account was switched off."""
    with transaction.atomic():
        changed_sessions(person.pk)


def end_guest(*, guest: Guest, now: datetime | None = None) -> None:
    """The guest is no more: their cookie is void wherever it is, and their sockets end. What they wrote stays.

    A guest without a row wrote nothing; there is nothing to keep from whoever has their cookie.
    """
    with transaction.atomic():
        person = Person.objects.filter(guest_id=guest.id, signed_out_at=None).first()
        if person is not None:
            person.signed_out_at = now or timezone.now()
            person.save(update_fields=["signed_out_at"])
            changed_sessions(person.pk)


def set_active(*, person: Person, is_active: bool) -> None:
    """Switch a person off or on; off ends their sockets."""
    with transaction.atomic():
        person.is_active = is_active
        person.save(update_fields=["is_active"])
        changed_sessions(person.pk)


def _name_of(user: Any) -> str:
    """A name that may be shown: never a mail address."""
    full = user.get_full_name() if hasattr(user, "get_full_name") else ""
    name = full or user.get_username()
    try:
        return clean_person_name(name.partition("@")[0][: conf().max_person_name_characters or LONGEST_NAME])
    except ChatError:
        return "somebody"  # the site lets in names that nobody could see


def _create(name: str, **fields: Any) -> Person:
    key = {field: fields[field] for field in ("user", "guest_id") if field in fields}
    while True:
        try:
            with transaction.atomic():
                return Person.objects.create(name=name, handle=_free_handle(name), **fields)
        except IntegrityError:
            # Somebody took the handle, or made this very person, between our look and our write.
            person = Person.objects.filter(**key).first()
            if person is not None:
                return person


def _free_handle(name: str) -> str:
    """The folded name without what `@` can't hold, with a number where it is taken."""
    stem = _NOT_HANDLE.sub("-", fold(name)).strip("-.")[:40] or "guest"
    if not Person.objects.filter(handle=stem).exists():
        return stem
    # Doubling steps find a free number in few looks, however many people have this name.
    low, high = 1, 2
    while Person.objects.filter(handle=f"{stem}{high}").exists():
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if Person.objects.filter(handle=f"{stem}{middle}").exists():
            low = middle
        else:
            high = middle
    return f"{stem}{high}"
