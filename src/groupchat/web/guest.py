"""Whoever signs in to an account that is somebody here already, and was a guest before, is asked whose that guest's
things are from now on.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from groupchat.actions.merging import merge_guest
from groupchat.actions.people import end_guest
from groupchat.belongings import belongings
from groupchat.errors import ChatError
from groupchat.identity import GUEST_COOKIE, guest_at, guest_cookie_in, read_guest
from groupchat.models import Person
from groupchat.web.visitor import visitor_of


def address_of_question(request: HttpRequest, *, leads_to: str) -> str | None:
    """The page that asks, if there is something to ask whoever is signed in, and that then leads to this address."""
    if _asked(request) is None:
        return None
    return f"{reverse('groupchat:guest')}?{urlencode({'next': leads_to})}"


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def guest(request: HttpRequest) -> HttpResponse:
    """*Shall what that guest wrote become yours?* Both answers end the guest; who has nothing to answer is led on."""
    leads_to = _next(request)
    asked = _asked(request)
    if asked is None:
        return redirect(leads_to)
    was, person = asked
    if request.method == "POST" and (answer := request.POST.get("answer")) in ("mine", "apart"):
        return _answer(request, was, person, answer, leads_to)
    context: dict[str, Any] = {"guest": was, "person": person, "next": leads_to, "theirs": belongings(was.pk)}
    response = render(request, "groupchat/guest.html", context)
    add_never_cache_headers(response)
    return response


def _answer(request: HttpRequest, was: Person, person: Person, answer: str, leads_to: str) -> HttpResponse:
    try:
        if answer == "mine":
            merge_guest(guest=was, into=person)
        elif (cookie := read_guest(guest_cookie_in(request.COOKIES))) is not None:
            end_guest(guest=cookie)
    except ChatError:
        return redirect(leads_to)  # answered in another tab at this moment, or switched off: nothing is left to ask
    response = redirect(leads_to)
    response.delete_cookie(GUEST_COOKIE, samesite="Lax")
    return response


def _asked(request: HttpRequest) -> tuple[Person, Person] | None:
    """The guest and the person who is signed in; None where there is nothing to ask."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not guest_cookie_in(request.COOKIES):
        return None
    was = guest_at(request)
    if was is None:
        return None
    person = visitor_of(request).person
    return (was, person) if person is not None and person.is_admitted and person.user_id is not None else None


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if allowed else reverse("groupchat:home")
