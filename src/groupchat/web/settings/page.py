"""`/settings/`: one page with a section for everything that is one's own. Its forms need no script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from groupchat.errors import ChatError
from groupchat.models import Person
from groupchat.web import errors
from groupchat.web.settings import blocks, data, deletion, devices, look, picture, profile
from groupchat.web.settings.words import words
from groupchat.web.visitor import own_account_urls, two_factor_url, visitor_of

Save = Callable[[HttpRequest, Person], HttpResponseBase | None]

SECTIONS: Mapping[str, Save] = {
    "name": profile.save_name,
    "about": profile.save_about,
    "handle": profile.save_handle,
    "picture": picture.save,
    "look": look.save,
    "unblock": blocks.unblock,
    "device": devices.end,
    "token": devices.revoke_token,
    "export": data.take_along,
    "delete": deletion.delete,
}
"""By what a form names as its section; each saves, and gives a response where it leads somewhere else than back."""


@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponseBase:
    """What is there, and what becomes of a form. Whoever is nobody yet has nothing to set."""
    person = visitor_of(request).person
    if person is None:
        return redirect("groupchat:home")
    if not person.is_admitted:
        return errors.switched_off(request)
    section = request.POST.get("section", "")
    if request.method != "POST" or section not in SECTIONS:
        return _page(request, person)
    try:
        leads_to = SECTIONS[section](request, person)
    except ChatError as error:
        return _refused(request, person, section, error)
    return leads_to or redirect(f"{reverse('groupchat:settings')}?saved={section}#{section}")


def _refused(request: HttpRequest, person: Person, section: str, error: ChatError) -> HttpResponse:
    person.refresh_from_db()
    told = words(section, error)
    response = _page(request, person, wrong=section, error=told, given=request.POST, status=error.status)
    if error.retry_after is not None:
        response.headers["Retry-After"] = str(ceil(error.retry_after))
    return response


def _page(
    request: HttpRequest,
    person: Person,
    *,
    wrong: str = "",
    error: str = "",
    given: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """`wrong` is the section that was refused, for the reason `error`; `given` is what stood in its form."""
    has_account = person.user_id is not None
    saved = request.GET.get("saved", "")
    context: dict[str, Any] = {
        "person": person,
        "has_account": has_account,
        "account": {**own_account_urls(), "two_factor": two_factor_url()} if has_account else {},
        "wrong": wrong,
        "error": error,
        "saved": saved if saved in SECTIONS else "",
        **profile.shown(person, given if wrong in ("name", "about", "handle") else None),
        **picture.shown(person),
        **look.shown(person),
        **blocks.shown(person),
        **devices.shown(request, person),
        **deletion.shown(person, given if wrong == "delete" else None),
    }
    return render(request, "groupchat/settings/page.html", context, status=status)
