"""What went wrong, in plain words. A site names these in its URLconf (`handler404`, …) and `CSRF_FAILURE_VIEW`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from groupchat.errors import ChatError


def no_such_room(request: HttpRequest, *, name: str) -> HttpResponse:
    """There is no room at this address; one can be made of its name."""
    response = render(request, "groupchat/no_such_room.html", {"room_name": name}, status=404)
    add_never_cache_headers(response)
    return response


def refused(request: HttpRequest, error: ChatError) -> HttpResponse:
    """An action or a page that this visitor may not have."""
    title = _("You can't come in here")
    return page(request, error.status, title, _("You were removed from this room, so it stays closed to you."))


def switched_off(request: HttpRequest) -> HttpResponse:
    """Whoever is signed in on the site, but let in no more: all that is left to them is to be somebody else."""
    title = _("You can't come in here")
    text = _("Your account is switched off. Ask those who run this chat.")
    response = page(request, 403, title, text, may_sign_out=True)
    add_never_cache_headers(response)
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(
        request,
        400,
        _("That didn't make sense"),
        _("Your browser sent something that we could not read. Try it again."),
    )


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(
        request, 403, _("That is not for you"), _("You don't have the right to see this page. Another account may.")
    )


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return page(request, 404, _("There is nothing here"), _("The address may be mistyped, or the page may be gone."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return page(
        request,
        403,
        _("Please send that again"),
        _(
            "The form was too old, or your browser keeps no cookies for this site. Nothing was changed. "
            "Go back, reload the page and try again."
        ),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the request: its context processors may be what failed."""
    context = {
        "title": _("We made a mistake"),
        "text": _("Something went wrong on the server. Try again in a moment; it has been noted in the server's log."),
    }
    return HttpResponseServerError(render_to_string("groupchat/error.html", context))


def page(request: HttpRequest, status: int, title: str, text: str, *, may_sign_out: bool = False) -> HttpResponse:
    """What went wrong, and what to do."""
    context = {"title": title, "text": text, "may_sign_out": may_sign_out}
    return render(request, "groupchat/error.html", context, status=status)
