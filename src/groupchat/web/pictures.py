"""Pictures of people and rooms: shown, and those of rooms taken."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST, require_safe

from groupchat import permissions
from groupchat.actions import limits, pictures
from groupchat.errors import ChatError, Unauthenticated
from groupchat.models import Room
from groupchat.timeline import membership_in
from groupchat.web.visitor import visitor_of

KEPT_SECONDS = 365 * 24 * 3600


@require_safe
def picture(request: HttpRequest, key: str, size: int) -> HttpResponse:
    """A picture never changes, so it may be kept. That of a person is for whoever was told its address; that of a room
    for those who may read the room, also where they were told it before.
    """
    try:
        if key.startswith(pictures.OF_ROOM):
            person = visitor_of(request).person
            if person is not None and not person.is_admitted:
                return HttpResponse(status=404)
            room = Room.objects.filter(picture=key).first()
            permissions.require_read(person, room, membership_in(room.pk, person) if room is not None else None)
        content = pictures.read(key=key, size=size)
    except ChatError:
        return HttpResponse(status=404)
    response = HttpResponse(content, content_type="image/webp")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Disposition"] = "inline"
    patch_cache_control(response, private=True, max_age=KEPT_SECONDS, immutable=True)
    return response


@never_cache
@csrf_protect
@require_POST
def room_picture(request: HttpRequest, room_id: int) -> HttpResponse:
    """Take the file `picture`, or without one the picture away: `{"picture": key}`, or `{"error"}` as a socket."""
    person = visitor_of(request).person
    try:
        if person is None:
            raise Unauthenticated("Sign in first.")
        limits.require(limits.Asked("picture", person.pk), message="Many pictures came just now. Wait a while.")
        room = pictures.set_picture(person=person, room_id=room_id, picture=request.FILES.get("picture"))
    except ChatError as error:
        return JsonResponse({"error": error.as_json()}, status=error.status)
    return JsonResponse({"picture": room.picture})
