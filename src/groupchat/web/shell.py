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
from groupchat.conf import conf
from groupchat.socket_address import socket_address

_STATIC = Path(__file__).parent / "static"
_FILES = _STATIC / "groupchat"


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The app. It holds nothing personal, so that a copy of it may be kept on the device."""
    context = {
        "texts": _texts(),
        "modules": [static(name) for name in modules()],
        "styles": [static(name) for name in styles()],
        "guests": conf().guests,
        "room_name_characters": conf().max_room_name_characters,
        "person_name_characters": conf().max_person_name_characters,
        "version": __version__,
        "socket": socket_address(),
    }
    response = render(request, "groupchat/app.html", context)
    response.headers["Cache-Control"] = "no-cache, private"
    return response


@require_safe
@cache_control(no_cache=True)
def app_shell(request: HttpRequest) -> HttpResponse:
    """What the service worker keeps: `{"version", "page", "pages", "static", "urls"}`."""
    icons = ["groupchat/icons/icon.svg", "groupchat/icons/icon-192.png"]
    names = ["groupchat/theme.js", *icons, *_names("css", "*.css"), *modules()]
    return JsonResponse(
        {
            # The page that is kept is in the reader's language: another language is another version.
            "version": f"{_fingerprint()}-{translation.get_language()}",
            "page": reverse("groupchat:app_page"),
            "pages": [reverse("groupchat:rooms")],
            "static": settings.STATIC_URL,
            "urls": sorted({*map(static, names), *filter(None, [_texts()])}),
        }
    )


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """Served here and not among the static files: its scope is the folder it lies in."""
    return HttpResponse((_FILES / "sw.js").read_bytes(), content_type="text/javascript; charset=utf-8")


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
            "background_color": "#faf9f6",
            "theme_color": "#faf9f6",
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


def modules() -> list[str]:
    """All modules of the client, to be fetched at once instead of one behind the other."""
    folders = ("lib", "store", "components", "vendor")
    found = ["groupchat/app.js"]
    for folder in folders:
        found += _names(folder, "*.js")
    return [name for name in found if not name.endswith("/store/replay.js")]


def styles() -> list[str]:
    """One style sheet per component."""
    return _names("css/components", "*.css")


def _texts() -> str:
    """The address of the client's texts in the request's language; empty where they are English, as in the code."""
    language = (translation.get_language() or "").lower()
    while language:
        if (_FILES / "i18n" / f"{language}.json").is_file():
            return static(f"groupchat/i18n/{language}.json")
        language = language.rpartition("-")[0]
    return ""


def _names(folder: str, pattern: str) -> list[str]:
    return sorted(path.relative_to(_STATIC).as_posix() for path in (_FILES / folder).rglob(pattern))


def _fingerprint() -> str:
    return _measure() if settings.DEBUG else _measured()


@cache
def _measured() -> str:
    return _measure()


def _measure() -> str:
    """Another text whenever a file of the client is another."""
    digest = hashlib.sha256(f"{__version__} {socket_address()} {conf().site_name}".encode())
    for path in sorted(_FILES.rglob("*")):
        if path.is_file():
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    for path in sorted((Path(__file__).parent / "templates").rglob("*.html")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
