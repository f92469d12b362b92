"""The way in by an invite link: who invites and to where, and a name for whoever has none here.

The secret leaves the address at once, as where a password is lost: `/join/<token>/` puts it into a cookie and leads to
`/join/`. So no page that has it in its address loads or links to anything, and no form sends it where a log would have
it. Looking uses nothing up.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from groupchat.access import access
from groupchat.actions import limits
from groupchat.actions.invites import accept, accept_as_guest
from groupchat.actions.limits import Asked
from groupchat.actions.names import require_name_for_guest
from groupchat.actions.people import Guest
from groupchat.conf import conf
from groupchat.errors import ChatError, NotFound, RateLimited
from groupchat.identity import JOIN_COOKIE, Visitor, new_guest
from groupchat.invites import link_of
from groupchat.models import InviteLink, Room
from groupchat.network import client_address_of_request
from groupchat.permissions import is_joined
from groupchat.timeline import members, membership_in
from groupchat.web import errors
from groupchat.web.home import remember, words_of
from groupchat.web.qr import qr_code
from groupchat.web.visitor import account_urls, visitor_of

JOIN_COOKIE_SECONDS = 24 * 3600  # for whoever makes an account before they come in


@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The link itself. It keeps the secret for the page to which it leads."""
    try:
        _link_of(request, token)
    except ChatError as error:
        response = _refused(request, error)
    else:
        response = redirect("groupchat:join")
        response.set_cookie(
            JOIN_COOKIE,
            token,
            max_age=JOIN_COOKIE_SECONDS,
            secure=request.is_secure() or settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    response.headers["Referrer-Policy"] = "no-referrer"
    response._has_been_logged = True  # type: ignore[attr-defined]  # Django would write the address into the log
    add_never_cache_headers(response)
    return response


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Who invites, to where; and in."""
    token = request.COOKIES.get(JOIN_COOKIE, "")
    if not token:
        return redirect("groupchat:home")
    visitor = visitor_of(request)
    if visitor.person is not None and not visitor.person.is_admitted:
        return errors.switched_off(request)
    try:
        found = _link_of(request, token)
    except ChatError as error:
        return _forgotten(_refused(request, error))
    if request.method == "POST" and request.POST.get("link") == str(found.pk):  # another tab opened another one
        return _come_in(request, found, token, visitor)
    if visitor.person is not None and _is_in(found, visitor):
        return _forgotten(redirect(_address(found.room)))
    return _page(request, found, name=visitor.guest.name if visitor.guest is not None else "")


@never_cache
@csrf_protect
@require_POST
def qr(request: HttpRequest) -> HttpResponse:
    """`{"size", "path"}`: the link of the `token` as a picture, for whoever has just made it."""
    try:
        code = qr_code(_whole_address(request))
    except ChatError as error:
        return JsonResponse({"error": error.as_json()}, status=error.status)
    return JsonResponse({"size": code.size, "path": code.path})


@never_cache
@csrf_protect
@require_POST
def card(request: HttpRequest) -> HttpResponse:
    """The same on a page to be printed."""
    try:
        address = _whole_address(request)
        found = _link_of(request, request.POST["token"])
    except ChatError as error:
        return _refused(request, error)
    context = {"link": found, "address": address, "qr": qr_code(address)}
    return render(request, "groupchat/invite_card.html", context)


def invites_to_site(request: HttpRequest) -> str:
    """The secret of a link to the site that this visitor holds, and that is in force; empty without one."""
    token = request.COOKIES.get(JOIN_COOKIE, "")
    try:
        return token if token and link_of(token).room_id is None else ""
    except ChatError:
        return ""


def _link_of(request: HttpRequest, token: str) -> InviteLink:
    """The link, which somebody may have guessed; raises NotFound, and RateLimited."""
    address = client_address_of_request(request.META)
    with limits.guessing(Asked("link", address), message="Many wrong links came from your network.") as guess:
        found = link_of(token)
        guess.right()
    return found


def _come_in(request: HttpRequest, found: InviteLink, token: str, visitor: Visitor) -> HttpResponse:
    name = request.POST.get("name", "")
    guest: Guest | None = None
    wrong = ""
    if visitor.person is not None and _is_in(found, visitor):
        return _forgotten(redirect(_address(found.room)))  # no use of the link is for who is in
    try:
        if visitor.person is not None:
            room = accept(person=visitor.person, token=token)
        else:
            if not conf().guests:
                return _page(request, found, status=403)
            wrong = "name"
            guest = _guest(visitor, name)
            wrong = ""
            if visitor.guest is None:
                wrong = "newcomers"
                limits.require_newcomer(client_address_of_request(request.META))
                wrong = ""
            room, _person = accept_as_guest(guest=guest, token=token)
    except ChatError as error:
        if wrong:
            words = words_of(error, wrong=wrong, given=name, person=None)
            return _page(request, found, name=name, error=words, wrong=wrong, status=error.status)
        return _forgotten(_refused(request, error))
    response = _forgotten(redirect(_address(room)))
    if guest is not None:
        remember(request, response, guest)
    return response


def _guest(visitor: Visitor, name: str) -> Guest:
    """A cookie that was issued before stays the same guest; only its name is new. Raises NameTaken and so on."""
    guest = new_guest(name=name)
    if visitor.guest is None or visitor.guest.name != guest.name:
        require_name_for_guest(name=guest.name)
    return Guest(visitor.guest.id, guest.name) if visitor.guest is not None else guest


def _page(
    request: HttpRequest, found: InviteLink, *, name: str = "", error: str = "", wrong: str = "", status: int = 200
) -> HttpResponse:
    room = found.room
    context: dict[str, Any] = {
        "link": found,
        "room": room,
        "members": members(room, limit=1).count if room is not None else 0,
        "person": visitor_of(request).person,
        "guests": conf().guests,
        "name": name,
        "error": error,
        "wrong": wrong,
        "person_name_characters": conf().max_person_name_characters,
        **account_urls(),
    }
    if room is not None and access().invited:
        context["sign_up_url"] = ""  # an account is let into the whole site
    response = render(request, "groupchat/join.html", context, status=status)
    add_never_cache_headers(response)
    return response


def _is_in(found: InviteLink, visitor: Visitor) -> bool:
    if found.room_id is None:
        return visitor.person is not None and not visitor.person.is_confined
    return is_joined(membership_in(found.room_id, visitor.person))


def _address(room: Room | None) -> str:
    return reverse("groupchat:rooms") if room is None else reverse("groupchat:room", kwargs={"slug": room.slug})


def _whole_address(request: HttpRequest) -> str:
    token = request.POST.get("token", "")
    _link_of(request, token)
    return request.build_absolute_uri(reverse("groupchat:invite_link", kwargs={"token": token}))


def _forgotten(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(JOIN_COOKIE, samesite="Lax")
    add_never_cache_headers(response)
    return response


def _refused(request: HttpRequest, error: ChatError) -> HttpResponse:
    """Why not, and what to do."""
    title, status = _("You can't come in here"), error.status
    match error:
        case RateLimited():
            text = _("Many wrong links came from your network. Wait a while, then try again.")
        case NotFound():
            title, status = _("This link does not work any more"), 410
            text = _("It was ended, it is too old, or as many came by it as it was for. Ask for a new one.")
        case _other if error.why == "banned":
            text = _("You were banned from this room, so no link lets you in.")
        case _other if error.why == "removed":
            text = _("You were removed from this room. Those who keep it can bring you in again.")
        case _other if error.why == "no_guests":
            text = _("Guests don't come into this room. Sign in, or make an account, then open the link again.")
        case _other:
            text = _("That did not work. Go back and try it again.")
    return errors.page(request, status, title, text)
