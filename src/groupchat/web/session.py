"""What the client needs of the session, which its page, the same for everybody, can't hold; and the way out."""

from __future__ import annotations

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from groupchat.actions.people import end_guest
from groupchat.identity import FORMER_GUEST_COOKIE, GUEST_COOKIE, guest_cookie_in, read_guest
from groupchat.web.visitor import account_urls, own_account_urls


@never_cache
@require_safe
def session(request: HttpRequest) -> HttpResponse:
    """`{"csrf", "sign_in", "sign_up", "settings", "account": {"password", "email"}}`.

    An address is empty where the site has no such page; `account`, where nobody is signed in.
    """
    urls = account_urls()
    is_signed_in = getattr(request, "user", None) is not None and request.user.is_authenticated
    return JsonResponse(
        {
            "csrf": get_token(request),
            "sign_in": urls["sign_in_url"],
            "sign_up": urls["sign_up_url"],
            "settings": reverse("groupchat:settings"),
            "account": own_account_urls() if is_signed_in else {},
        }
    )


@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, and be this guest no more, on any device. What this one kept, the client has erased before.

    Who comes by the address alone, which changes nothing, is led back.
    """
    if request.method != "POST":
        return redirect("groupchat:home")
    guest = read_guest(guest_cookie_in(request.COOKIES))
    if guest is not None:
        end_guest(guest=guest)
    if hasattr(request, "session"):
        logout(request)
    response = redirect("groupchat:home")
    forget_guest_cookie(request, response)
    return response


def forget_guest_cookie(request: HttpRequest, response: HttpResponse) -> None:
    """Let this browser be no guest any more."""
    response.delete_cookie(GUEST_COOKIE, samesite="Lax")
    is_guest = read_guest(guest_cookie_in(request.COOKIES)) is not None
    if is_guest and FORMER_GUEST_COOKIE in request.COOKIES and GUEST_COOKIE not in request.COOKIES:
        response.delete_cookie(FORMER_GUEST_COOKIE, samesite="Lax")  # else it may be another server's
