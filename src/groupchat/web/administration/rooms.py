"""Rooms: how lively they are; archived, deleted and brought back. Of a closed one nobody reads the name here."""

from __future__ import annotations

from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext as _

from groupchat.actions import rooms
from groupchat.errors import Invalid
from groupchat.models import Membership, Person, Room
from groupchat.permissions import rules
from groupchat.text import fold
from groupchat.web.administration.closed import name_of
from groupchat.web.administration.page import Act, Field, Row, Table, moment, some, the, typed


def page(request: HttpRequest, person: Person) -> Table:
    """All but conversations, the newest first; by name those that everybody finds."""
    query = typed(request, "q")
    found = Room.objects.exclude(kind__in=Room.CONVERSATIONS)
    if query:
        found = found.filter(kind__in=Room.OPEN, slug__contains=fold(query))
    listed, following = some(found, request)
    joined = Membership.objects.filter(room__in=listed, state=Membership.State.JOINED)
    counts = dict(joined.order_by().values_list("room_id").annotate(Count("pk")))
    own = {one.room_id: one for one in Membership.objects.filter(person=person, room__in=listed)}
    return Table(
        columns=[_("Room"), _("Kind"), _("Members"), _("Last message"), _("State")],
        rows=[_row(person, room, own.get(room.pk), counts.get(room.pk, 0)) for room in listed],
        fields=[Field("q", _("Name of an open room"), query)],
        next=following,
        nothing=_("There is no such room."),
    )


def act(request: HttpRequest, person: Person) -> str:
    """What a button beside a room says; the very actions of its page."""
    room: Room = the(Room, request)
    told = {"room": name_of(person, room, None)}
    match request.POST.get("act"):
        case "archive":
            rooms.archive(person=person, room_id=room.pk)
            return _("%(room)s is archived.") % told
        case "unarchive":
            rooms.archive(person=person, room_id=room.pk, archived=False)
            return _("%(room)s is open for writing again.") % told
        case "delete":
            rooms.delete(person=person, room_id=room.pk)
            return _("%(room)s is deleted. It can be brought back for a while.") % told
        case "restore":
            rooms.restore(person=person, room_id=room.pk)
            return _("%(room)s is back.") % told
    raise Invalid("act: what a button of this page says.", field="act")


def _row(person: Person, room: Room, mine: Membership | None, members: int) -> Row:
    when = moment(room.last_message_at) if room.last_number else _("nobody has written yet")
    cells = [name_of(person, room, mine), str(room.get_kind_display()), str(members), when, _state(room)]
    is_there = room.deleted_at is None and rules().read(person, room, mine) is None
    address = room.get_absolute_url() if is_there else ""
    return Row(cells, id=str(room.pk), acts=_acts(person, room, mine), address=address)


def _state(room: Room) -> str:
    if room.deleted_at is not None:
        return _("deleted on %(when)s") % {"when": moment(room.deleted_at)}
    if room.archived_at is not None:
        return _("archived on %(when)s") % {"when": moment(room.archived_at)}
    return ""


def _acts(person: Person, room: Room, mine: Membership | None) -> list[Act]:
    if room.deleted_at is not None:
        may = rules().restore(person, room, mine) is None
        return [Act("restore", _("Bring back"))] if may else []
    if rules().manage(person, room, mine) is not None:
        return []
    opened = room.archived_at is None
    archive = Act("archive", _("Archive")) if opened else Act("unarchive", _("Open again"))
    return [archive, Act("delete", _("Delete"), is_grave=True)]
