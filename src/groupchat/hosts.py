"""For which hosts we answer: Django's rule, for whoever asks without going through Django."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from django.conf import settings
from django.http.request import split_domain_port, validate_host

_REMEMBERED = 100  # hosts as they were written: most requests name the same one
_LOCAL_HOSTS = [".localhost", "127.0.0.1", "[::1]"]  # what Django allows in DEBUG without ALLOWED_HOSTS


def is_allowed(host: str) -> bool:
    """Whether a `Host` header names one of ALLOWED_HOSTS."""
    allowed = settings.ALLOWED_HOSTS
    if settings.DEBUG and not allowed:
        allowed = _LOCAL_HOSTS
    return _is_one_of(host, tuple(allowed))


@lru_cache(_REMEMBERED)
def _is_one_of(host: str, allowed: tuple[str, ...]) -> bool:
    domain, _ = split_domain_port(host)
    return bool(domain) and validate_host(domain, allowed)


def named_by(headers: Mapping[bytes, str]) -> str:
    """The host that a request is for: behind a proxy whose word the settings take, what that one was asked for."""
    forwarded = headers.get(b"x-forwarded-host") if settings.USE_X_FORWARDED_HOST else None
    return forwarded if forwarded is not None else headers.get(b"host", "")
