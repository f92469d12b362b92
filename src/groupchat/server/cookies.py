"""Cookies under the names that they had before each server had names of its own."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, parse_cookie

FORMER_SESSION_COOKIE = "sessionid"  # Django's own, and so that of every other site on this host


def with_present_names(scope: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The scope with the session's cookie under its present name, where it came under the former one only."""
    given = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    if FORMER_SESSION_COOKIE.encode() not in given:
        return scope
    cookies = parse_cookie(given.decode("latin-1"))
    former = cookies.get(FORMER_SESSION_COOKIE)
    if not former or settings.SESSION_COOKIE_NAME in cookies:
        return scope
    others = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
    whole = given + f"; {settings.SESSION_COOKIE_NAME}={former}".encode("latin-1")
    return {**scope, "headers": [*others, (b"cookie", whole)]}


class FormerSession:
    """A session that came under the former name goes on under the present one, and the former cookie ends.

    Only where it is one of ours: else it belongs to another site on this host.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        key = request.COOKIES.get(FORMER_SESSION_COOKIE)
        present = settings.SESSION_COOKIE_NAME
        is_moved = bool(key) and key == request.COOKIES.get(present) == request.session.session_key
        if key and is_moved and request.user.is_authenticated:
            if present not in response.cookies:
                response.set_cookie(
                    present,
                    key,
                    max_age=settings.SESSION_COOKIE_AGE,
                    secure=settings.SESSION_COOKIE_SECURE,
                    httponly=True,
                    samesite="Lax",
                )
            response.delete_cookie(FORMER_SESSION_COOKIE)
        return response
