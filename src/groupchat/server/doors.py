"""What is counted at the pages for accounts, before they are asked, and what is said to whoever tries too often."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from typing import Any

from allauth.account.internal.userkit import filter_users_by_email, get_user_by_username
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext, ngettext

from groupchat.actions import limits
from groupchat.actions.limits import Asked
from groupchat.network import client_address_of_request

SECONDS_IN_WORDS = 90  # from there on people are told minutes


@dataclass(frozen=True, slots=True)
class Door:
    """What a request for a page is counted as, None: nothing. It is given back where the answer `was_right`."""

    counts: Callable[[HttpRequest, Mapping[str, Any]], tuple[Asked, ...]]
    was_right: Callable[[HttpResponse], bool] = lambda response: False


def _address(request: HttpRequest) -> str:
    return client_address_of_request(request.META)


def _sign_up(request: HttpRequest, found: Mapping[str, Any]) -> tuple[Asked, ...]:
    return (Asked("sign_up", _address(request)),) if request.method == "POST" else ()


def _mail(request: HttpRequest, found: Mapping[str, Any]) -> tuple[Asked, ...]:
    """Whether or not there is an account with this mail address: else the limit would tell."""
    to = request.POST.get("email", "") if request.method == "POST" else ""
    mails = "action_remove" not in request.POST and "action_primary" not in request.POST
    return (Asked("mail", to), Asked("mail.address", _address(request))) if to and mails else ()


def _link(request: HttpRequest, found: Mapping[str, Any]) -> tuple[Asked, ...]:
    # Behind a reset link that is in force the same page goes on without its secret.
    return () if found.get("key") == "set-password" else (Asked("link", _address(request)),)


DOORS: Mapping[str, Door] = {
    "account_signup": Door(_sign_up),
    "account_reset_password": Door(_mail),
    "account_email": Door(_mail),
    "account_reset_password_from_key": Door(_link, lambda response: response.status_code == 302),
    "account_confirm_email": Door(_link),
    "owner_link": Door(_link, lambda response: response.status_code != 410),
}
"""By the name of the address. Passwords are counted where they are compared (`comparing_password`)."""


class Doors:
    """Counts at the doors, and has whoever tried too often wait."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        wait = getattr(request, "groupchat_wait", None)
        if wait is not None:  # the page was drawn again, with the sentence beside its form
            response.status_code = 429
            response["Retry-After"] = str(ceil(wait))
        door, asked = getattr(request, "groupchat_counted", (None, ()))
        if door is not None and door.was_right(response):
            limits.give_back(*asked)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], found: dict[str, Any]
    ) -> HttpResponse | None:
        door = DOORS.get((request.resolver_match and request.resolver_match.url_name) or "")
        asked = door.counts(request, found) if door is not None else ()
        wait = limits.take(*asked)
        if not wait:
            request.groupchat_counted = (door, asked)  # type: ignore[attr-defined]
            return None
        response = render(request, "429.html", {"when": try_again_in(wait)}, status=429)
        response["Retry-After"] = str(ceil(wait))
        return response


@contextmanager
def comparing_password(request: HttpRequest, asked: tuple[Asked, ...]) -> Iterator[limits.Guess]:
    """Count a password before it is compared: raises ValidationError where there were too many wrong ones."""
    wait = limits.take(*asked)
    if wait:
        request.groupchat_wait = wait  # type: ignore[attr-defined]
        raise ValidationError(gettext("Too many attempts.") + " " + try_again_in(wait), code="rate_limited")
    guess = limits.Guess()
    yield guess
    if guess.is_right:
        limits.give_back(*asked)


def password_of(request: HttpRequest, *, username: str = "", email: str = "") -> tuple[Asked, ...]:
    """As what a password for these is counted: for the account, by whichever of its names; where there is none, for the
    name that was tried; and for the address that it comes from.
    """
    found = {user.pk for user in filter_users_by_email(email)} if email else set()
    if username and (user := get_user_by_username(username)) is not None:
        found.add(user.pk)
    accounts = [f"user:{pk}" for pk in sorted(found)] or [f"name:{email or username}"]
    return (
        *(Asked("password.account", account) for account in accounts),
        Asked("password.address", _address(request)),
    )


def try_again_in(seconds: float) -> str:
    """A sentence; never a moment too early."""
    if seconds <= SECONDS_IN_WORDS:
        count = max(ceil(seconds), 1)
        return ngettext("Try again in %(count)d second.", "Try again in %(count)d seconds.", count) % {"count": count}
    count = ceil(seconds / 60)
    return ngettext("Try again in %(count)d minute.", "Try again in %(count)d minutes.", count) % {"count": count}
