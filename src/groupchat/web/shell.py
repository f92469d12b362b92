"""The app's one page, the same for everybody, and what lets it open without a network."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from groupchat import __version__
from groupchat.actions import pictures
from groupchat.conf import conf
from groupchat.socket_address import socket_address
from groupchat.web import client_files


@require_safe
def page(request: HttpRequest, *, in_room: bool = False) -> HttpResponse:
    """The app, with the frame of a room or without. It holds nothing personal: a copy may be kept on the device."""
    context = {
        "in_room": in_room,
        "sheets": "app",
        "texts": _in_language("i18n"),
        "lazy_texts": _in_language("i18n/lazy"),
        "lazy_sheet": client_files.lazy_sheet(),
        "emoji": _in_language("emoji") or static("groupchat/emoji/en.json"),
        "script": client_files.script(),
        "modules": client_files.further_modules(),
        "guests": conf().guests,
        "room_name_characters": conf().max_room_name_characters,
        "person_name_characters": conf().max_person_name_characters,
        "takes_pictures": pictures.can_upload(),
        "version": __version__,
        "socket": socket_address(),
    }
    request.trusted_types = True  # type: ignore[attr-defined]  # read by SecurityHeaders: this page shows what others wrote
    response = render(request, "groupchat/app.html", context)
    response.headers["Cache-Control"] = "no-cache, private"
    return response


@require_safe
@cache_control(no_cache=True)
def app_shell(request: HttpRequest) -> HttpResponse:
    """What the service worker keeps: `{"version", "page", "pages", "static", "urls"}`."""
    icons = [*client_files.found("icons", "*.svg"), "groupchat/icons/icon-192.png"]
    names = ["groupchat/theme.js", *icons, *client_files.found("fonts", "*.woff2"), *client_files.sheets("app")]
    others = filter(None, [*map(_in_language, ("i18n", "i18n/lazy")), client_files.lazy_sheet()])
    scripts = [client_files.script(), *client_files.further_modules(), *client_files.lazy_modules()]
    return JsonResponse(
        {
            # The page that is kept is in the reader's language: another language is another version.
            "version": f"{_fingerprint()}-{translation.get_language()}",
            "page": reverse("groupchat:app_page"),
            "pages": [reverse("groupchat:rooms")],
            "static": settings.STATIC_URL,
            "urls": sorted({*map(static, names), *scripts, *others}),
        }
    )


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """Served here and not among the static files: its scope is the folder it lies in."""
    return HttpResponse((client_files.CLIENT / "sw.js").read_bytes(), content_type="text/javascript; charset=utf-8")


@require_safe
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> HttpResponse:
    """What a browser needs to install the chat as an app."""
    svg = {"src": static("groupchat/icons/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    small = {"src": static("groupchat/icons/icon-192.png"), "sizes": "192x192", "type": "image/png"}
    large = {"src": static("groupchat/icons/icon-512.png"), "sizes": "512x512", "type": "image/png"}
    return JsonResponse(
        {
            "name": conf().site_name,
            "short_name": conf().site_name,
            "id": reverse("groupchat:rooms"),
            "start_url": reverse("groupchat:rooms"),
            "scope": reverse("groupchat:home"),
            "display": "standalone",
            "background_color": "#fffdf8",
            "theme_color": "#fffdf8",
            "icons": [svg, small, large],
        },
        content_type="application/manifest+json",
    )


@require_safe
@cache_control(max_age=86400)
def favicon(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(static("groupchat/icons/icon.svg"))


@require_safe
@cache_control(max_age=86400)
def robots(request: HttpRequest) -> HttpResponse:
    """What people say to each other is not for search engines."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")


def _in_language(folder: str) -> str:
    """The address of the folder's file in the request's language; empty where it has none."""
    language = (translation.get_language() or "").lower()
    while language:
        if (client_files.CLIENT / folder / f"{language}.json").is_file():
            return static(f"groupchat/{folder}/{language}.json")
        language = language.rpartition("-")[0]
    return ""


def _fingerprint() -> str:
    return _measure() if settings.DEBUG else _measured()


@cache
def _measured() -> str:
    return _measure()


def _measure() -> str:
    """Another text whenever a file of the client is another."""
    digest = hashlib.sha256(f"{__version__} {socket_address()} {conf().site_name} {client_files.script()}".encode())
    for path in sorted(client_files.CLIENT.rglob("*")):
        if path.is_file():
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    for path in sorted((Path(__file__).parent / "templates").rglob("*.html")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
