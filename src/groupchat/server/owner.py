"""How the owner of a new server comes in: by a link that is printed where the server was started."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from groupchat.actions.people import make_owner, person_of_user
from groupchat.identity import adopt_guest
from groupchat.models import Person
from groupchat.server.models import OwnerLink

OWNER_LINK_LIFETIME = timedelta(hours=24)
_TOKEN_BYTES = 32


class LinkNotValid(Exception):
    """The link was used, is too old, or never was one."""


def issue_owner_link() -> str:
    """The token of a new link; the ones before it are void."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with transaction.atomic():
        OwnerLink.objects.filter(used_at=None).delete()
        OwnerLink.objects.create(token_hash=_hash(token), expires_at=timezone.now() + OWNER_LINK_LIFETIME)
    return token


def owner_link_address(token: str, *, base: str) -> str:
    """The whole address; `base` is the server's, as http://127.0.0.1:8000."""
    return base.rstrip("/") + reverse("owner_link", kwargs={"token": token})


def is_valid(token: str) -> bool:
    return OwnerLink.objects.filter(token_hash=_hash(token), used_at=None, expires_at__gt=timezone.now()).exists()


def claim(*, token: str, user: object, request: HttpRequest | None = None) -> Person:
    """Make this user an owner and use the link up; raises LinkNotValid, and then nothing has changed.

    With the request of somebody who has just got this account, the guest whom they were before has it.
    """
    with transaction.atomic():
        now = timezone.now()
        # the update is the lock: of two visitors at once, one finds nothing left to use
        used = OwnerLink.objects.filter(token_hash=_hash(token), used_at=None, expires_at__gt=now).update(used_at=now)
        if not used:
            raise LinkNotValid
        user.is_staff = user.is_superuser = True  # type: ignore[attr-defined]
        user.save()  # type: ignore[attr-defined]
        if request is not None:
            adopt_guest(request=request, user=user)
        person = person_of_user(user=user)
        make_owner(person=person)
    return person


def needs_first_link() -> bool:
    """Nobody owns the site, and no link was ever made for it."""
    return not has_owner() and not OwnerLink.objects.exists()


def has_owner() -> bool:
    return Person.objects.filter(is_owner=True).exists()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
