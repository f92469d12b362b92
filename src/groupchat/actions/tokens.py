"""Tokens: issue, find, revoke."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from groupchat.actions.accounts import followed, with_switches
from groupchat.actions.counters import changed_sessions
from groupchat.models import Person, Token

logger = logging.getLogger("groupchat.tokens")

PREFIX = "gct_"  # so that a scanner of leaked secrets knows one when it sees it


def issue(*, person: Person, name: str) -> str:
    """A new token for this person; it is shown once, and never stored."""
    secret = PREFIX + secrets.token_urlsafe(32)
    Token.objects.create(person=person, name=name, digest=_digest(secret))
    return secret


def people_of(*, secrets: Iterable[str]) -> dict[str, Person]:
    """By token, the people of those that are in force. A token is, as long as its person is let in."""
    by_digest = {_digest(secret): secret for secret in secrets}
    if not by_digest:
        return {}
    # Asked for people, not for tokens: every request of a program reads this, and a row makes one object so, not three.
    found: Iterable[Any] = with_switches(
        Person.objects.filter(tokens__digest__in=by_digest, tokens__revoked_at=None)
    ).annotate(digest=F("tokens__digest"), token=F("tokens__pk"), used_on=F("tokens__last_used_on"))
    people = [person for person in found if followed(person).is_admitted]
    _note_use({person.token: person.used_on for person in people}, datetime.now(UTC).date())
    return {by_digest[person.digest]: person for person in people}


def of_person(*, person: Person) -> list[Token]:
    """All tokens that were ever issued to this person, the oldest first."""
    return list(Token.objects.filter(person=person).order_by("pk"))


def revoke(*, token: Token, now: datetime | None = None) -> bool:
    """End a token, and the live sockets that came with it; False where it was revoked before."""
    with transaction.atomic():
        revoked_at = now or timezone.now()
        if not Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=revoked_at):
            token.refresh_from_db()
            return False
        token.revoked_at = revoked_at
        changed_sessions(token.person_id)
    return True


_noted: set[int] = set()  # tokens whose use on `_noted_on` this process has noted, or tried to
_noted_on = date.min


def _note_use(used_on: Mapping[int, date | None], today: date) -> None:
    """Say that these tokens, each with the day that is noted of it, are in use: one write a day, token and process at
    most, and no use waits for a second try.
    """
    global _noted_on
    if _noted_on != today:
        _noted.clear()
        _noted_on = today
    new = [token for token, noted in used_on.items() if noted != today and token not in _noted]
    if not new:
        return
    _noted.update(new)
    try:
        with transaction.atomic():
            Token.objects.filter(pk__in=new).update(last_used_on=today)
    except DatabaseError:
        logger.warning("The day on which tokens were used could not be noted.", exc_info=True)


def _digest(secret: str) -> str:
    # A long random secret needs no slow hash: there is nothing to guess.
    return hashlib.sha256(secret.encode()).hexdigest()
