"""The home page of somebody who is not in yet: a room's name, one's own name, Enter."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from groupchat import timeline
from groupchat.actions.guests import act_first
from groupchat.actions.people import Guest
from groupchat.actions.rooms import Entered, enter
from groupchat.conf import conf
from groupchat.errors import ChatError, TooLong
from groupchat.identity import GUEST_COOKIE, GUEST_COOKIE_SECONDS, new_guest, newcomers, sign_guest
from groupchat.models import Person, Room
from groupchat.text import clean_room_name
from groupchat.web.visitor import account_urls, visitor_of


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """The way in; whoever is in already goes on to the rooms."""
    if request.method == "POST":
        return _enter(request)
    visitor = visitor_of(request)
    if visitor.person is not None:
        return redirect("groupchat:rooms")
    return way_in(request, name=visitor.guest.name if visitor.guest is not None else "")


def way_in(
    request: HttpRequest,
    *,
    room: Room | None = None,
    room_name: str = "",
    name: str = "",
    error: ChatError | None = None,
    wrong: str = "",
) -> HttpResponse:
    """The form of the home page, for any room or for the one that an address named; `wrong` is the refused field."""
    context: dict[str, Any] = {
        "room": room,
        "room_name": room.name if room is not None else room_name,
        "name": name,
        "guests": conf().guests,
        "room_name_characters": conf().max_room_name_characters,
        "person_name_characters": conf().max_person_name_characters,
        "lively": timeline.lively_rooms() if conf().guests and room is None else [],
        "a_minute_ago": timezone.now() - timedelta(minutes=1),
        "wrong": wrong,
        "error": _words(error) if error is not None else "",
        **account_urls(),
    }
    response = render(request, "groupchat/home.html", context, status=error.status if error is not None else 200)
    add_never_cache_headers(response)
    return response


def _enter(request: HttpRequest) -> HttpResponse:
    room_name = request.POST.get("room", "")
    name = request.POST.get("name", "")
    visitor = visitor_of(request)
    person: Person | None = visitor.person
    guest: Guest | None = None
    wrong = "room"
    try:
        clean_room_name(room_name)  # first, as on the page
        if person is None:
            if not conf().guests:
                return redirect_to_login(request.get_full_path())
            # A cookie that was issued before stays the same guest; only its name is new.
            wrong = "name"
            guest = new_guest(name=name)
            wrong = "room"
            if visitor.guest is not None:
                guest = Guest(visitor.guest.id, guest.name)
            else:
                newcomers.require(request.META.get("REMOTE_ADDR", ""))
            entered, person = act_first(guest=guest, action=enter, name=room_name)
        else:
            entered = enter(person=person, name=room_name)
    except ChatError as error:
        response = way_in(request, room_name=room_name, name=name, error=error, wrong=wrong)
    else:
        response = redirect(_address(entered))
    if guest is not None and person is not None:
        _remember(request, response, guest)
    return response


def _address(entered: Entered) -> str:
    """The room's page; `#made` lets the client say that the room is new."""
    address = reverse("groupchat:room", kwargs={"slug": entered.room.slug})
    return f"{address}#made" if entered.created else address


def _remember(request: HttpRequest, response: HttpResponse, guest: Guest) -> None:
    response.set_cookie(
        GUEST_COOKIE,
        sign_guest(guest),
        max_age=GUEST_COOKIE_SECONDS,
        secure=request.is_secure() or settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _words(error: ChatError) -> str:
    """The refusal in the reader's language, by the field of the form it is about."""
    if isinstance(error, TooLong):
        return _("That is too long. Choose something shorter.")
    if error.code == "forbidden":
        return _("You can't enter this room.")
    if error.field == "name":
        return _("That can't be a name here. Use letters, digits or an emoji, and neither / nor \\.")
    return error.message
