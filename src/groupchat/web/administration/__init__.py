"""The administration: pages for owners and administrators, without scripts. A section is a row in SECTIONS."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from groupchat.errors import ChatError
from groupchat.permissions import require_administer
from groupchat.web.administration import jobs, limits, log, people, reasons, rooms
from groupchat.web.administration.page import Section
from groupchat.web.visitor import visitor_of

SECTIONS = (
    Section("people", _("People"), people.page, people.act),
    Section("rooms", _("Rooms"), rooms.page, rooms.act),
    Section("log", _("Audit log"), log.page, None),
    Section("limits", _("Limits"), limits.page, limits.act),
    Section("jobs", _("Jobs"), jobs.page, jobs.act),
    Section("why", _("Why?"), reasons.page, None),
)
"""In the order of the links. Another one is a line here: its name in the address, title, what shows, and what acts."""


@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def administration(request: HttpRequest, name: str = "people") -> HttpResponseBase:
    """One section, to whoever administers the site; for everybody else there is no such page."""
    person = visitor_of(request).person
    section = next((one for one in SECTIONS if one.name == name), None)
    try:
        require_administer(person)
    except ChatError:
        section = None
    if section is None or person is None:
        raise Http404
    given: dict[str, Any] = {"sections": SECTIONS, "section": section}
    answer = section.acted if request.method == "POST" else section.shown
    response = answer(request, person, given)
    add_never_cache_headers(response)
    return response
