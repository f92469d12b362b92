"""What those who look after the site do to its people. `by` is who does it, and must have the right to; None is code
that decides by itself, or whoever runs the server.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import models, transaction
from django.utils import timezone

from groupchat.actions import audit, tokens
from groupchat.actions.counters import changed_sessions, lock_people
from groupchat.actions.people import end_sessions
from groupchat.errors import NotFound
from groupchat.models import Person
from groupchat.permissions import require_administer, require_make_admin

SESSIONS_AT_ONCE = 500


@transaction.atomic
def make_admin(*, person: Person, is_admin: bool = True, by: Person | None = None) -> Person:
    """Let this person look after the site, or do so no more; their live sockets learn of it. Said again, it changes
    nothing.
    """
    now = _locked(person)
    if by is not None:
        require_make_admin(by, now)
    person.is_admin = is_admin
    if now.is_admin != is_admin:
        person.save(update_fields=["is_admin"])
        changed_sessions(person.pk)
        audit.note("make admin" if is_admin else "unmake admin", by=by, person=person)
    return person


@transaction.atomic
def suspend(*, person: Person, suspended: bool = True, by: Person | None = None) -> Person:
    """Let this person through no door of the chat, or through all of them again. Their rooms stay theirs."""
    now = _locked(person)
    if by is not None:
        require_administer(by, now)
    person.is_active = not suspended
    if now.is_active == suspended:
        person.save(update_fields=["is_active"])
        changed_sessions(person.pk)
        audit.note("suspend" if suspended else "unsuspend", by=by, person=person)
    return person


def sign_out_everywhere(*, person: Person, by: Person | None = None) -> None:
    """End every session of this person's account, on all devices, and revoke all of their tokens.

    It walks over the sessions of the site, some at a time: they name nobody whom an index knows. Where they lie in
    signed cookies or a cache, they stay until they end by themselves, and the tokens and sockets end alone.
    """
    if by is not None:
        require_administer(by, person)
    _end_sessions_of(person)
    with transaction.atomic():
        for token in tokens.of_person(person=person):
            tokens.revoke(token=token)
        end_sessions(person=person)
        audit.note("sign out", by=by, person=person)


def _end_sessions_of(person: Person) -> None:
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore
    model: Any = store.get_model_class() if hasattr(store, "get_model_class") else None
    if model is None or person.user_id is None:
        return
    behind, wanted = "", str(person.user_id)
    in_force: models.QuerySet[Any] = model.objects.filter(expire_date__gte=timezone.now()).order_by("session_key")
    while some := list(in_force.filter(session_key__gt=behind)[:SESSIONS_AT_ONCE]):
        for one in some:
            if one.get_decoded().get(SESSION_KEY) == wanted:
                store(one.session_key).delete()  # of the cache before the database, too, where there is one
        behind = some[-1].session_key


def _locked(person: Person) -> Person:
    locked = lock_people([person.pk]).get(person.pk)
    if locked is None:
        raise NotFound("This person is not here any more.", field="person")
    return locked
