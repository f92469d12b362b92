"""Why somebody can, or can't, do something in a room."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from groupchat.actions.finding import find_person
from groupchat.errors import NotFound
from groupchat.models import Person
from groupchat.permissions.why import VERBS, verbs, why
from groupchat.web.administration.closed import find_room_for
from groupchat.web.administration.page import Field, Row, Table, typed


def page(request: HttpRequest, person: Person) -> Table:
    """A form, and below it what the rules answer, of rooms that the asker may see."""
    given = {name: typed(request, name) for name in ("person", "verb", "room")}
    fields = [
        Field("person", _("Who (handle)"), given["person"]),
        Field("verb", _("May they"), given["verb"] or "post", list(verbs().items())),
        Field("room", _("Which room (name, or # and its id)"), given["room"]),
    ]
    if not (given["person"] and given["room"] and given["verb"] in VERBS):
        return Table(fields=fields, ask=_("Ask"))
    try:
        found = why(find_person(given["person"]), given["verb"], find_room_for(person, given["room"]))
    except NotFound as error:
        return Table(fields=fields, ask=_("Ask"), wrong=error.message)
    return Table(
        fields=fields,
        ask=_("Ask"),
        lines=[found.answer, *found.facts],
        columns=[_("What was asked"), _("Answer"), _("Rule")],
        rows=[Row([one.words, one.answer, one.rule]) for one in found.asked],
    )
