"""The home page of somebody who is not in yet: a room's name, one's own name, Enter."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from math import ceil
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

from groupchat import directory
from groupchat.access import access, lets_in_strangers
from groupchat.actions import limits
from groupchat.actions.guests import act_as_new_guest
from groupchat.actions.names import require_name_for_guest
from groupchat.actions.people import Guest
from groupchat.actions.rooms import Entered, enter_limited, id_of
from groupchat.conf import conf
from groupchat.errors import ChatError, Forbidden, NameTaken, RateLimited, TooLong
from groupchat.identity import GUEST_COOKIE, GUEST_COOKIE_SECONDS, new_guest, sign_guest
from groupchat.models import Person, Room
from groupchat.network import client_address_of_request
from groupchat.text import LONGEST_NAME, is_visible
from groupchat.web import errors
from groupchat.web.guest import address_of_question
from groupchat.web.visitor import account_urls, visitor_of


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def home(request: HttpRequest) -> HttpResponse:
    """The way in; whoever is in already goes on to the rooms."""
    if request.method == "POST":
        return _enter(request)
    visitor = visitor_of(request)
    if visitor.person is not None and not visitor.person.is_admitted:
        return errors.switched_off(request)
    if visitor.person is not None:
        rooms = reverse("groupchat:rooms")
        return redirect(address_of_question(request, leads_to=rooms) or rooms)
    return way_in(request, name=visitor.guest.name if visitor.guest is not None else "")


def way_in(
    request: HttpRequest,
    *,
    room: Room | None = None,
    room_name: str = "",
    name: str = "",
    error: str = "",
    wrong: str = "",
    status: int = 200,
) -> HttpResponse:
    """The form of the home page, for any room or for the one that an address named.

    `error` says why it was refused; `wrong` is the field that it is about, if it is about one.
    """
    way = access()
    shows_rooms = conf().guests and room is None and way.strangers_see_rooms
    if way.invited:
        room, room_name = None, ""  # what there is, is for those who are in
    context: dict[str, Any] = {
        "room": room,
        "room_name": room.name if room is not None else room_name,
        "name": name,
        "guests": conf().guests,
        "invited": way.invited,
        "room_name_characters": conf().max_room_name_characters,
        "person_name_characters": conf().max_person_name_characters,
        "lively": directory.recently_active_rooms() if shows_rooms else [],
        "a_minute_ago": timezone.now() - timedelta(minutes=1),
        "wrong": wrong,
        "error": error,
        **account_urls(),
    }
    response = render(request, "groupchat/home.html", context, status=status)
    add_never_cache_headers(response)
    return response


def _enter(request: HttpRequest) -> HttpResponse:
    room_name = request.POST.get("room", "")
    name = request.POST.get("name", "")
    visitor = visitor_of(request)
    person: Person | None = visitor.person
    guest: Guest | None = None
    address = client_address_of_request(request.META)
    allow = partial(limits.require_new_room, address=address)
    wrong = "room"
    try:
        id_of(name=room_name)  # first, as on the page: raises where it can be no room
        if person is None:
            if not conf().guests or (visitor.guest is None and not lets_in_strangers()):
                return way_in(request, status=403) if conf().guests else redirect_to_login(request.get_full_path())
            # A cookie that was issued before stays the same guest; only its name is new.
            wrong = "name"
            guest = new_guest(name=name)
            if visitor.guest is None or visitor.guest.name != guest.name:
                require_name_for_guest(name=guest.name)
            wrong = "room"
            if visitor.guest is not None:
                guest = Guest(visitor.guest.id, guest.name)
            else:
                wrong = "newcomers"
                limits.require_newcomer(address)
                wrong = "room"
            entered, person = act_as_new_guest(guest=guest, action=enter_limited, name=room_name, before_making=allow)
        else:
            entered = enter_limited(person=person, name=room_name, before_making=allow)
    except ChatError as error:
        about = "" if isinstance(error, RateLimited) else wrong
        words = words_of(error, wrong=wrong, given=name if wrong == "name" else room_name, person=person)
        response = way_in(request, room_name=room_name, name=name, error=words, wrong=about, status=error.status)
        if error.retry_after is not None:
            response.headers["Retry-After"] = str(ceil(error.retry_after))
    else:
        response = redirect(_address(entered))
    if guest is not None and person is not None:
        remember(request, response, guest)
    return response


def _address(entered: Entered) -> str:
    """The room's page; `#made` lets the client say that the room is new."""
    address = reverse("groupchat:room", kwargs={"slug": entered.room.slug})
    return f"{address}#made" if entered.created else address


def remember(request: HttpRequest, response: HttpResponse, guest: Guest) -> None:
    """Who comes next with this cookie is this guest."""
    response.set_cookie(
        GUEST_COOKIE,
        sign_guest(guest),
        max_age=GUEST_COOKIE_SECONDS,
        secure=request.is_secure() or settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def words_of(error: ChatError, *, wrong: str, given: str, person: Person | None) -> str:
    """The refusal in the reader's language, and what to do; `given` is what stood in the `wrong` field."""
    match error:
        case TooLong():
            longest = conf().max_room_name_characters if wrong == "room" else conf().max_person_name_characters
            longest = min(longest, LONGEST_NAME) if longest else LONGEST_NAME
            return _("That is too long: at most %(count)d characters. Choose something shorter.") % {"count": longest}
        case NameTaken() if wrong == "name":
            return _("Somebody with an account is called that here. Choose another name, or sign in if it is you.")
        case NameTaken():
            return _("Another room has or had this name. Choose a different one.")
        case RateLimited() if wrong == "newcomers":
            return _("Many new people came from your network just now. Wait a minute, then try again.")
        case RateLimited():
            return _("Many rooms were made just now, by you or from your network. Use one of them, or wait a while.")
        case Forbidden() if person is not None and not person.is_admitted:
            return _("Your account is switched off. Ask those who run this chat.")
        case Forbidden():
            return _("You were removed from this room, so it stays closed to you. Choose another one.")
        case _other if not is_visible(given):
            return _("Type the name of a room.") if wrong == "room" else _("Type a name by which others know you.")
        case _other if wrong == "room":
            return _(
                "That can't be a room's name. Use letters, digits or an emoji, nothing invisible, and neither / nor \\."
            )
    return _("That can't be a name. Use letters, digits or an emoji, and nothing invisible.")
