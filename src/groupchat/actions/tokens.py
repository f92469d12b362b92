"""Tokens: issue, find, revoke."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from groupchat.actions.counters import changed_sessions
from groupchat.models import Person, Token

PREFIX = "gct_"  # so that a scanner of leaked secrets knows one when it sees it


def issue(*, person: Person, name: str) -> str:
    """A new token for this person; it is shown once, and never stored."""
    secret = PREFIX + secrets.token_urlsafe(32)
    Token.objects.create(person=person, name=name, digest=_digest(secret))
    return secret


def people_of(*, secrets: Iterable[str]) -> dict[str, Person]:
    """By token, the people of those that are in force."""
    by_digest = {_digest(secret): secret for secret in secrets}
    if not by_digest:
        return {}
    tokens = Token.objects.filter(digest__in=by_digest, revoked_at=None).select_related("person")
    return {by_digest[token.digest]: token.person for token in tokens}


def revoke(*, token: Token, now: datetime | None = None) -> None:
    """End a token, and the live sockets that came with it."""
    with transaction.atomic():
        token.revoked_at = now or timezone.now()
        token.save(update_fields=["revoked_at"])
        changed_sessions(token.person_id)


def _digest(secret: str) -> str:
    # A long random secret needs no slow hash: there is nothing to guess.
    return hashlib.sha256(secret.encode()).hexdigest()
