"""Language and appearance, for all of one's devices."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, get_language_info

from groupchat.actions import profiles
from groupchat.models import Person
from groupchat.web import client_files

LANGUAGE_COOKIE_SECONDS = 400 * 24 * 3600


def languages() -> list[tuple[str, str]]:
    """Those in which both the site and the client can speak, each by its own name."""
    texts = {path.stem for path in (client_files.CLIENT / "i18n").glob("*.json")} | {"en"}
    codes = [code for code, _ in settings.LANGUAGES if code in texts]
    return [(code, get_language_info(code)["name_local"]) for code in codes]


def shown(person: Person) -> dict[str, Any]:
    return {"languages": languages(), "language": person.language or get_language(), "themes": Person.Theme.choices}


def save(request: HttpRequest, person: Person) -> HttpResponse:
    language = request.POST.get("language", "")
    language = language if language in dict(languages()) else ""
    profiles.set_look(
        person=person,
        theme=request.POST.get("theme", ""),
        more_contrast="more_contrast" in request.POST,
        language=language,
    )
    response = redirect(f"{reverse('groupchat:settings')}?saved=look#look")
    if language:
        speak(response, language)
    return response


def speak(response: HttpResponse, language: str) -> None:
    """Let this browser's pages be in this language from now on."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=LANGUAGE_COOKIE_SECONDS,
        path=settings.LANGUAGE_COOKIE_PATH,
        domain=settings.LANGUAGE_COOKIE_DOMAIN,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,  # type: ignore[arg-type]  # as Django checks it
    )
