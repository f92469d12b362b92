"""The pages of the rooms. All of them are the app's one page; the client shows what the address names."""

from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_safe

from groupchat import directory, permissions, timeline
from groupchat.access import access
from groupchat.characters import shown
from groupchat.conf import conf
from groupchat.errors import ChatError, NotFound
from groupchat.models import Person, Room
from groupchat.text import address_of, slug_of
from groupchat.web import errors, shell
from groupchat.web.home import way_in
from groupchat.web.visitor import visitor_of


@csrf_protect
@require_safe
def rooms(request: HttpRequest) -> HttpResponse:
    """The app, without a room named: the client goes to the last one."""
    person = visitor_of(request).person
    if person is None:
        return redirect("groupchat:home") if conf().guests else redirect_to_login(request.get_full_path())
    if not person.is_admitted:
        return errors.switched_off(request)
    return shell.page(request)


@csrf_protect
@require_safe
def room(request: HttpRequest, slug: str, number: int | None = None) -> HttpResponse:
    """A room, or a message in it. An old name, or an old way to write it, leads to the new address; a stranger is asked
    for a name first.

    `slug` is how the address writes it.
    """
    visitor = visitor_of(request)
    if visitor.person is None and not conf().guests:
        return redirect_to_login(request.get_full_path())
    if visitor.person is not None and not visitor.person.is_admitted:
        return errors.switched_off(request)
    if visitor.person is None and access().invited:
        return way_in(request, room_name=slug_of(slug))  # which rooms there are, no address tells a stranger
    try:
        found = _found(slug, visitor.person)
    except NotFound:
        if visitor.person is None:
            return way_in(request, room_name=slug_of(slug))
        return errors.no_such_room(request, name=slug_of(slug))
    except ChatError as error:
        return errors.refused(request, error)
    if address_of(found.slug) != slug:
        return redirect(_address(found.slug, number))
    if visitor.person is None:
        return way_in(request, room=found, name=visitor.guest.name if visitor.guest is not None else "")
    return shell.page(request, in_room=True)


def _found(address: str, person: Person | None) -> Room:
    """The room that this address writes, or wrote when names stood in it as they are; raises as `require_read`."""
    try:
        return _readable(slug_of(address), person)
    except NotFound:
        return _readable(address, person)


def _readable(slug: str, person: Person | None) -> Room:
    room = timeline.room_by_slug(slug)
    return permissions.require_read(person, room, timeline.membership_in(room.pk, person))


@never_cache
@require_safe
def public_rooms(request: HttpRequest) -> HttpResponse:
    """`{"rooms": [{"slug", "name", "topic"}]}`: public rooms, the lively ones first."""
    person = visitor_of(request).person
    if not (conf().guests and access().strangers_see_rooms if person is None else person.is_admitted):
        return JsonResponse({"rooms": []}, status=401)
    if person is not None and person.is_confined:
        return JsonResponse({"rooms": []})
    found = directory.recently_active_rooms(limit=50)
    return JsonResponse(
        {"rooms": [{"slug": room.slug, "name": shown(room.name), "topic": shown(room.topic)} for room in found]}
    )


def _address(slug: str, number: int | None) -> str:
    if number is None:
        return reverse("groupchat:room", kwargs={"slug": slug})
    return reverse("groupchat:message", kwargs={"slug": slug, "number": number})
