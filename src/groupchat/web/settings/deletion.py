"""Deleting one's account, or oneself as a guest; and the page that says goodbye."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from groupchat.actions import deleted_people, limits
from groupchat.actions.limits import Asked
from groupchat.conf import conf
from groupchat.errors import Invalid
from groupchat.models import Person
from groupchat.network import client_address_of_request
from groupchat.text import fold
from groupchat.web.session import forget_guest_cookie

WAYS = {"keep": False, "erase": True}
"""What a form says of the messages, and whether that erases them."""


def shown(person: Person, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """`given` is what was chosen and refused."""
    return {"asks_password": _has_password(person), "chosen_way": (given or {}).get("messages", "keep")}


def delete(request: HttpRequest, person: Person) -> HttpResponse:
    """Whoever is before the screen must be this person: they say the password, or who has none, their name."""
    erases = WAYS.get(request.POST.get("messages", ""))
    if erases is None:
        raise Invalid("Say what becomes of the messages: keep or erase.", field="messages")
    _prove(request, person)
    deleted_people.delete_person(person=person, erases=erases, before_deleting=limits.require_deletion)
    if conf().delete_users and hasattr(request, "session"):
        request.session.flush()  # no signing out: there is no user any more who could
    response = redirect("groupchat:goodbye")
    forget_guest_cookie(request, response)
    return response


@never_cache
@require_safe
def goodbye(request: HttpRequest) -> HttpResponse:
    """For whoever just went: who comes by chance reads no more than that."""
    return render(request, "groupchat/goodbye.html")


def _has_password(person: Person) -> bool:
    return person.user is not None and person.user.has_usable_password()


def _prove(request: HttpRequest, person: Person) -> None:
    if not _has_password(person):
        if fold(request.POST.get("name", "")) != fold(person.name):
            raise Invalid("That is not your name here.", field="name")
        return
    assert person.user is not None
    # As at the sign-in: who finds an open session must not guess the password by this form.
    asked = (
        Asked("password.account", f"user:{person.user.pk}"),
        Asked("password.address", client_address_of_request(request.META)),
    )
    with limits.guessing(*asked, message="Too many wrong passwords. Wait a while.") as guess:
        if not person.user.check_password(request.POST.get("password", "")):
            raise Invalid("That is not your password.", field="password")
        guess.right()
