"""Limits: which there are, how many are used in part, and lifting one."""

from __future__ import annotations

import time

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from groupchat.actions import limits
from groupchat.actions.finding import find_person, find_room
from groupchat.actions.limits import Asked
from groupchat.errors import Invalid, NotFound
from groupchat.models import Allowance, Person
from groupchat.ratelimit import DAY_SECONDS, HOUR_SECONDS, LIMITS, MINUTE_SECONDS, Limit
from groupchat.web.administration.page import Act, Field, Row, Table, typed


def page(request: HttpRequest, person: Person) -> Table:
    """The table of limits. Of whom they are used is a hash: whom to lift one for, one has to know."""
    held = Allowance.objects.filter(full_at__gt=time.time()).count()
    told = ngettext("%(count)s is used in part.", "%(count)s are used in part.", held) % {"count": held}
    names = [(name, name) for name in LIMITS]
    return Table(
        columns=[_("Limit"), _("At most"), _("In"), _("Of each")],
        rows=[_row(limit) for limit in LIMITS.values()],
        lines=[told, _("Where limits are counted in a Redis, they are not counted here.")],
        form=[
            Field("limit", _("Limit"), typed(request, "limit"), names),
            Field("of", _("Of whom: a handle, an address, a room"), typed(request, "of")),
        ],
        form_act=Act("lift", _("Lift")),
    )


def act(request: HttpRequest, person: Person) -> str:
    """Whoever was refused starts with the whole allowance again."""
    limit = LIMITS.get(typed(request, "limit"))
    of = typed(request, "of")
    if limit is None or not of:
        raise Invalid(_("Choose a limit, and say of whom."), field="limit")
    limits.lift(*[Asked(limit.name, one) for one in _whose(limit, of)], by=person, of=of)
    return _("%(limit)s of %(of)s is lifted. Each process forgets it within the time of one allowance.") % {
        "limit": limit.name,
        "of": of,
    }


def _whose(limit: Limit, of: str) -> list[object]:
    if limit.per == "person":
        return [find_person(of).pk]
    if limit.per == "room":
        return [find_room(of).pk]
    if limit.per != "account":
        return [of]
    try:
        return [f"user:{find_person(of).user_id}", f"name:{of}"]
    except NotFound:
        return [f"name:{of}"]


def _row(limit: Limit) -> Row:
    of = {
        "person": _("person"),
        "account": _("account"),
        "address": _("address"),
        "mail address": _("mail address"),
        "room": _("room"),
    }
    per = {MINUTE_SECONDS: _("a minute"), HOUR_SECONDS: _("an hour"), DAY_SECONDS: _("a day")}
    return Row([limit.name, str(limit.most) if limit.most else _("no limit"), per[limit.seconds], of[limit.per]])
