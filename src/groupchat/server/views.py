"""The page behind the owner's link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from allauth.account.views import password_reset, password_reset_done
from django.conf import settings
from django.contrib.auth import login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from groupchat.access import access, access_is_chosen
from groupchat.actions.site import ACCESS, set_access
from groupchat.models import Person
from groupchat.server import owner
from groupchat.server.forms import SignUp


def lost_password(request: HttpRequest) -> HttpResponse:
    """allauth's page, where there is a mail server to send its link; else whom to ask."""
    return _by_mail(request, password_reset)


def lost_password_mailed(request: HttpRequest) -> HttpResponse:
    """That a link is on its way, as everybody is told."""
    return _by_mail(request, password_reset_done)


def _by_mail(request: HttpRequest, view: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    return view(request) if settings.ENVIRONMENT.sends_mail else render(request, "server/no_mail.html")


@never_cache
@require_http_methods(["GET", "POST"])
def owner_link(request: HttpRequest, token: str) -> HttpResponse:
    """Who is signed in becomes an owner with one click; others choose a name and a password. Looking uses nothing."""
    if not owner.is_valid(token):
        return _not_valid(request)
    try:
        if request.user.is_authenticated:
            return _claim_signed_in(request, token)
        return _claim_new(request, token)
    except owner.LinkNotValid:  # somebody else was quicker
        return _not_valid(request)


def _claim_signed_in(request: HttpRequest, token: str) -> HttpResponse:
    if request.method == "POST":
        with transaction.atomic():
            _choose(request, owner.claim(token=token, user=request.user))
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "server/owner.html", {"form": None, **_question()})


def _claim_new(request: HttpRequest, token: str) -> HttpResponse:
    form = SignUp(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            user = form.save(request)
            # if the link is gone, so is the new user
            _choose(request, owner.claim(token=token, user=user, request=request))
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "server/owner.html", {"form": form, **_question()})


def _question() -> dict[str, Any]:
    """*Who may come in?*, until an owner has said it."""
    return {"asks": not access_is_chosen(), "access": access()}


def _choose(request: HttpRequest, person: Person) -> None:
    """The answer, where it came. A later owner changes it on the page of the site."""
    wanted = request.POST.get("access")
    if wanted in ACCESS and not access_is_chosen():
        shows = request.POST.get("strangers_see_rooms") == "on"
        set_access(person=person, access_to=wanted, strangers_see_rooms=shows)


def _not_valid(request: HttpRequest) -> HttpResponse:
    return render(request, "server/owner_not_valid.html", status=410)
