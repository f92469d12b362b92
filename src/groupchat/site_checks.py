"""System checks: what in a site's settings would leave the chat's pages or sockets half working, and say nothing."""

from __future__ import annotations

from dataclasses import fields
from difflib import get_close_matches
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Info, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.module_loading import import_string

from groupchat.checks import TAG
from groupchat.conf import Conf, conf
from groupchat.images import can_read

SIGNED_COOKIES = "django.contrib.sessions.backends.signed_cookies"
REQUEST = "django.template.context_processors.request"


@register(TAG)
def check_site(**_: Any) -> list[CheckMessage]:
    """What the site's settings say of the chat, its pages and its sockets."""
    found = _options()
    if found:
        return found  # nothing else of the chat can be asked
    found = _layer() + _sessions() + _pictures()
    if apps.is_installed("groupchat.web"):
        found += _middleware() + _templates() + _way_in()
    return found


def _options() -> list[CheckMessage]:
    try:
        conf()
    except ImproperlyConfigured as error:
        known = [field.name.upper() for field in fields(Conf)]
        wrong = [key for key in getattr(settings, "GROUPCHAT", {}) if key not in known]
        near = {key: get_close_matches(str(key), known, 1, 0.5) for key in wrong}
        meant = [f"{key}: did you mean {found[0]}?" for key, found in near.items() if found]
        return [Error(str(error), hint=" ".join(meant) or "See docs/embedding.md, Options.", id="groupchat.E002")]
    return []


def _pictures() -> list[CheckMessage]:
    if not conf().max_picture_bytes or can_read():
        return []
    return [
        Info(
            "Nobody uploads pictures of people and rooms: Pillow is not installed.",
            hint='Install it (pip install pillow), or say so: GROUPCHAT = {"MAX_PICTURE_BYTES": 0}.',
            id="groupchat.I001",
        )
    ]


def _layer() -> list[CheckMessage]:
    backend = getattr(settings, "CHANNEL_LAYERS", {}).get("default", {}).get("BACKEND", "")
    if not backend.startswith("channels_redis.") or find_spec("channels_redis") is not None:
        return []
    return [
        Error(
            "CHANNEL_LAYERS names a layer of channels_redis, which is not installed.",
            hint='pip install "groupchat[redis]"',
            id="groupchat.E003",
        )
    ]


def _sessions() -> list[CheckMessage]:
    if settings.SESSION_ENGINE != SIGNED_COOKIES:
        return []
    return [
        Warning(
            "Sessions live in signed cookies: signing out ends none, and a copied cookie goes on opening sockets.",
            hint="Use sessions in the database or the cache for a site with the chat.",
            id="groupchat.W010",
        )
    ]


def _middleware() -> list[CheckMessage]:
    from django.contrib.auth.middleware import AuthenticationMiddleware
    from django.contrib.sessions.middleware import SessionMiddleware

    there = [middleware for path in settings.MIDDLEWARE if isinstance(middleware := import_string(path), type)]
    missing = [
        wanted
        for wanted in (SessionMiddleware, AuthenticationMiddleware)
        if not any(issubclass(one, wanted) for one in there)
    ]
    return [
        Warning(
            f"{wanted.__name__} is not in MIDDLEWARE: to the chat's pages everybody is a stranger.",
            hint=f"Add {wanted.__module__}.{wanted.__name__}.",
            id="groupchat.W007",
        )
        for wanted in missing
    ]


def _templates() -> list[CheckMessage]:
    engines: list[dict[str, Any]] = list(settings.TEMPLATES)
    if any(REQUEST in one.get("OPTIONS", {}).get("context_processors", ()) for one in engines):
        return []
    return [
        Warning(
            "The context processor `request` is missing: the chat's pages have no nonce, and run no script.",
            hint=f'Add "{REQUEST}" to the context_processors of TEMPLATES.',
            id="groupchat.W008",
        )
    ]


def _way_in() -> list[CheckMessage]:
    """Without guests people must be able to sign in somewhere."""
    if conf().guests:
        return []
    for name in ("account_login", "login"):
        try:
            reverse(name)
        except NoReverseMatch:
            continue
        return []
    try:
        resolve(str(resolve_url(settings.LOGIN_URL)).partition("?")[0])
    except (NoReverseMatch, Resolver404):
        return [
            Warning(
                f"Nobody can come in: guests are off, and LOGIN_URL ({settings.LOGIN_URL!r}) leads to no page.",
                hint='Name your sign-in page in LOGIN_URL, or set GROUPCHAT = {"GUESTS": True}.',
                id="groupchat.W009",
            )
        ]
    return []
