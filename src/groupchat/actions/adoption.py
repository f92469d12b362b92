"""A guest who gets an account stays who they are: their person becomes the person of the account."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from groupchat.actions import accounts, returning
from groupchat.actions.counters import changed_sessions, lock_people
from groupchat.actions.people import Guest, name_everywhere, sync_user
from groupchat.conf import conf
from groupchat.models import Person


def guest_without_account(guest: Guest) -> Person | None:
    """The person of a guest whose cookie is in force; None where they did nothing yet, are gone, or have an account."""
    person = Person.objects.filter(guest_id=guest.id).first()
    return person if person is not None and _may_get_account(person) else None


def adopt_guest(*, guest: Guest, user: Any, now: datetime | None = None) -> Person | None:
    """This guest has this account of the site from now on: they are the same person, and their cookie is void.

    None, and nothing changed, where there is no such guest any more or the account is somebody already (then see
    `actions.merging`).
    """
    try:
        with transaction.atomic():
            return _adopt(guest, user, now or timezone.now())
    except IntegrityError:
        return None  # the account became somebody at this very moment


def _adopt(guest: Guest, user: Any, now: datetime) -> Person | None:
    known = guest_without_account(guest)
    if known is None or Person.objects.filter(user=user).exists():
        return None
    if returning.is_remembered(user):
        return None  # who was banned under this account comes again as somebody who is; the guest may become theirs
    person = lock_people([known.pk])[known.pk]
    if not _may_get_account(person):
        return None  # somebody with the same cookie was quicker
    person.user = user
    person.kind = Person.Kind.USER
    person.account_active = accounts.is_switched_on(user)
    person.signed_out_at = now
    person.version += 1
    person.save(update_fields=["user", "kind", "account_active", "signed_out_at", "version"])
    changed_sessions(person.pk)
    # Rooms are locked before people, and whoever calls us may hold more locks: so after the commit.
    transaction.on_commit(partial(name_everywhere, person_id=person.pk), robust=True)
    if conf().follow_users:
        transaction.on_commit(partial(sync_user, user=user), robust=True)
    return person


def _may_get_account(person: Person) -> bool:
    """Whoever was switched off brings that into no account, and nothing else either."""
    is_guest = person.kind == Person.Kind.GUEST and not person.has_account
    return is_guest and person.is_admitted and not person.is_void_guest
