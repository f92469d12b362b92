"""Who is looking at a page, and what the client needs to know to start."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from groupchat import __version__, identity
from groupchat.conf import conf
from groupchat.identity import Visitor


def visitor_of(request: HttpRequest) -> Visitor:
    """The person behind the session or the guest's cookie; reads only."""
    return identity.resolve(user=getattr(request, "user", None), cookies=request.COOKIES)


def boot_data(request: HttpRequest, visitor: Visitor) -> dict[str, Any]:
    """What the app's page tells its script, as data attributes."""
    person = visitor.person
    return {
        "person": person.pk if person is not None else "",
        "guest": "true" if person is None or person.kind == person.Kind.GUEST else "false",
        "name": person.name if person is not None else getattr(visitor.guest, "name", ""),
        "language": (translation.get_language() or "en").lower(),
        "version": __version__,
        "csrf": get_token(request),
        "home": reverse("groupchat:home"),
        "socket": "/ws/",
        "sign_out": reverse("groupchat:sign_out"),
        "sign_up": first_url("account_signup"),
        "account": first_url("account_email", "account_change_password") if not _is_guest(visitor) else "",
        "worker": reverse("groupchat:service_worker"),
        "room_name_characters": conf().max_room_name_characters or "",
    }


def account_urls() -> dict[str, str]:
    """Where to sign in and up; empty where the site has no such page."""
    return {
        "sign_in_url": first_url("account_login", "login") or _login_url(),
        "sign_up_url": first_url("account_signup"),
    }


def first_url(*names: str) -> str:
    """The address of the first of these views that the site has, or an empty one."""
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


def _login_url() -> str:
    """The site's own `LOGIN_URL`, unless it is Django's default and leads nowhere."""
    given = getattr(settings, "LOGIN_URL", "")
    if not given or given == "/accounts/login/":
        return ""
    try:
        return str(resolve_url(given))
    except NoReverseMatch:
        return ""


def _is_guest(visitor: Visitor) -> bool:
    return visitor.person is None or visitor.person.kind == visitor.person.Kind.GUEST
