"""The page on which owners of the site say who may come in, and invite people to it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from groupchat.access import access
from groupchat.actions import invites
from groupchat.actions.site import set_access
from groupchat.errors import ChatError
from groupchat.invites import links_to_site
from groupchat.models import Person
from groupchat.permissions import owns_site
from groupchat.web import errors
from groupchat.web.qr import qr_code
from groupchat.web.visitor import visitor_of


@never_cache
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def site(request: HttpRequest) -> HttpResponse:
    """What holds, and what becomes of it; for everybody else it is not theirs."""
    person = visitor_of(request).person
    if person is None or not person.is_admitted or not owns_site(person):
        return errors.permission_denied(request)
    if request.method != "POST":
        return _page(request)
    try:
        return _carry_out(request, person)
    except ChatError:
        return _page(
            request, error=_("That did not work. There may be too many links: end one of them first."), status=409
        )


def _carry_out(request: HttpRequest, person: Person) -> HttpResponse:
    sent = request.POST
    if sent.get("do") == "link":
        made = invites.make(person=person)
        address = request.build_absolute_uri(reverse("groupchat:invite_link", kwargs={"token": made.token}))
        return _page(request, address=address, qr=qr_code(address))
    if sent.get("do") == "end":
        link_id = sent.get("link", "")
        invites.end(person=person, link_id=int(link_id) if link_id.isdecimal() and len(link_id) < 19 else 0)
    else:
        shows = sent.get("strangers_see_rooms") == "on"
        set_access(person=person, access_to=sent.get("access", ""), strangers_see_rooms=shows)
    return redirect("groupchat:site")


def _page(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {"access": access(), "links": links_to_site(), **more}
    return render(request, "groupchat/site.html", context, status=status)
