"""Who is looking at a page, and which pages for accounts the site has."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, reverse

from groupchat import identity
from groupchat.identity import Visitor


def visitor_of(request: HttpRequest) -> Visitor:
    """The person behind the session or the guest's cookie. A user's person is made with the first visit."""
    return identity.resolve(user=getattr(request, "user", None), cookies=request.COOKIES)


def account_urls() -> dict[str, str]:
    """Where to sign in and up; empty where the site has no such page."""
    return {
        "sign_in_url": _first_url("account_login", "login") or _login_url(),
        "sign_up_url": _first_url("account_signup"),
    }


def own_account_urls() -> dict[str, str]:
    """Where one changes one's own password and mail address; empty where the site has no such page."""
    return {"password": _first_url("account_change_password", "password_change"), "email": _first_url("account_email")}


def two_factor_url() -> str:
    """Where one asks for a code beside one's password; empty where the site has no such page."""
    return _first_url("mfa_index")


def _first_url(*names: str) -> str:
    for name in names:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


def _login_url() -> str:
    """The site's own `LOGIN_URL`, unless it is Django's default, which leads nowhere by itself."""
    given = getattr(settings, "LOGIN_URL", "")
    if not given or given == "/accounts/login/":
        return ""
    try:
        return str(resolve_url(given))
    except NoReverseMatch:
        return ""
