"""The audit log: filtered, read, and saved as a table."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from groupchat.actions import audit
from groupchat.actions.finding import find_person
from groupchat.characters import shown
from groupchat.errors import ChatError
from groupchat.models import AuditEntry, Person
from groupchat.web.administration.closed import Curtain, find_room_for
from groupchat.web.administration.page import Field, Row, Table, moment, number_in, some, typed


def page(request: HttpRequest, person: Person) -> Table | HttpResponseBase:
    """The newest first; by who did it, to whom, in which room, and what. Closed rooms have a number alone."""
    given = {name: typed(request, name) for name in ("act", "by", "person", "room")}
    curtain, wrong = Curtain(person), ""
    try:
        found = _filtered(person, given)
    except ChatError as error:
        found, wrong = AuditEntry.objects.none(), error.message
    if request.GET.get("format") == "csv":
        response = StreamingHttpResponse(
            audit.as_csv(found, before_writing=curtain.draw), content_type="text/csv; charset=utf-8"
        )
        response.headers["Content-Disposition"] = 'attachment; filename="audit.csv"'
        return response
    rows, following = some(found, request)
    curtain.draw(rows)
    query = request.GET.copy()
    query["format"] = "csv"
    return Table(
        columns=[_("When"), _("Act"), _("By whom"), _("To whom"), _("Room"), _("Before"), _("After")],
        rows=[_row(one) for one in rows],
        fields=[
            Field("by", _("By whom"), given["by"]),
            Field("person", _("To whom"), given["person"]),
            Field("room", _("Room"), given["room"]),
            Field("act", _("Act"), given["act"]),
        ],
        next=following,
        download=f"?{query.urlencode()}",
        nothing=_("Nothing of that kind was done."),
        wrong=wrong,
    )


def _filtered(person: Person, given: dict[str, str]) -> QuerySet[AuditEntry]:
    """Each along an index. Raises NotFound for somebody, or a room by its name, that is not there."""
    found: dict[str, Any] = {}
    if given["act"]:
        found["act"] = given["act"]
    if given["by"]:
        found["by_id"] = find_person(given["by"]).pk
    if given["person"]:
        found["person_id"] = find_person(given["person"]).pk
    if given["room"]:
        by_number = number_in(given["room"].removeprefix("#")) if given["room"].startswith("#") else 0
        found["room_id"] = by_number or find_room_for(person, given["room"]).pk
    return AuditEntry.objects.filter(**found)


def _row(one: AuditEntry) -> Row:
    states = [json.dumps(state, ensure_ascii=False) if state else "" for state in (one.before, one.after)]
    by = one.by_name or _("the server")
    return Row([moment(one.at), one.act, *map(shown, (by, one.person_name, one.room_name, *states))])
