"""What those who keep order look at, and what is told of it in their own counter: `order`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from groupchat.characters import shown
from groupchat.errors import NotFound
from groupchat.models import Membership, Person, Purge, Report, Room
from groupchat.permissions import is_joined, owns_site, require_see_reports
from groupchat.protocol import OrderResource, OwnReport, PersonResource, PurgeResource, ReportResource
from groupchat.resources import moment, people_resources

REPORTS_AT_ONCE = 50
COUNTED = 1_000  # open reports; from there on it is that number
OWN_REPORTS = 20  # of those that one made, the newest
PURGES_TOLD = 5
PURGES_TOLD_FOR = timedelta(days=1)
KEEPERS = (Membership.Role.OWNER, Membership.Role.MODERATOR)


def reports_for(person: Person) -> QuerySet[Report]:
    """The open ones that this person may look at: of rooms that they keep; where they own the site, also those of open
    rooms and of conversations, whose copies are all that they see of these. Never one about themselves.
    """
    mine = Membership.objects.filter(room=OuterRef("room"), person=person, state=Membership.State.JOINED)
    keeps: Any
    if owns_site(person):
        keeps = ~Q(room__kind=Room.Kind.PRIVATE) | Exists(mine)
    else:
        keeps = Exists(mine.filter(role__in=KEEPERS)) & ~Q(room__kind__in=Room.CONVERSATIONS)
    return Report.objects.filter(keeps, resolved_at=None, room__deleted_at=None).exclude(author=person)


def keepers_of(room: Room) -> set[int]:
    """The ids of those who look at reports of this room. Call it under the room's lock."""
    joined = Membership.objects.filter(room=room, state=Membership.State.JOINED)
    found = set() if room.is_conversation else set(joined.filter(role__in=KEEPERS).values_list("person_id", flat=True))
    owners = Person.objects.filter(is_owner=True).exclude(kind=Person.Kind.GUEST)
    if room.kind == Room.Kind.PRIVATE:
        owners = owners.filter(pk__in=joined.values("person_id"))
    return found | set(owners.values_list("pk", flat=True))


def orders_of(seqs: Mapping[int, int]) -> dict[int, OrderResource]:
    """What is told of it to each of these people alone, by person id, in as many statements for many as for one.
    `seqs` are those of their own counters at which it last changed.
    """
    people = list(Person.objects.filter(pk__in=seqs)) if seqs else []
    if not people:
        return {}
    reported, purges = defaultdict(list), defaultdict(list)
    for one in _newest(Report.objects.filter(reporter__in=seqs), "reporter", OWN_REPORTS):
        reported[one.reporter_id].append(_own_report(one))
    recent = timezone.now() - PURGES_TOLD_FOR
    for purge in _newest(Purge.objects.filter(by__in=seqs, created_at__gt=recent), "by", PURGES_TOLD):
        purges[purge.by_id].append(_purge(purge))
    waiting = _waiting_for(people)
    return {
        person.pk: {
            "seq": seqs[person.pk],
            "reports": min(waiting[person.pk], COUNTED),
            "reported": reported[person.pk],
            "purges": purges[person.pk],
        }
        for person in people
    }


def _newest(rows: QuerySet[Any], of: str, most: int) -> QuerySet[Any]:
    """So many of each person, the newest first."""
    place = Window(RowNumber(), partition_by=F(of), order_by=F("pk").desc())
    newest: QuerySet[Any] = rows.alias(place=place).filter(place__lte=most).order_by("-pk")
    return newest


def _waiting_for(people: Collection[Person]) -> dict[int, int]:
    """How many reports each finds in `reports_for`, in three statements."""
    opened = Report.objects.filter(resolved_at=None, room__deleted_at=None)
    mine = Membership.objects.filter(person__in=people, state=Membership.State.JOINED).filter(
        Exists(Report.objects.filter(room=OuterRef("room"), resolved_at=None))
    )
    owners = {person.pk for person in people if owns_site(person)}
    mine = mine.filter(Q(role__in=KEEPERS) | Q(person__in=owners))
    if not owners:
        opened = opened.filter(room__in=mine.values("room"))
    in_room = {
        (room_id, kind): count
        for room_id, kind, count in opened.order_by().values_list("room", "room__kind").annotate(count=Count("pk"))
    }
    kinds = dict(in_room.keys())
    sees = {owner: {room_id for room_id, kind in in_room if kind != Room.Kind.PRIVATE} for owner in owners}
    for person_id, room_id in mine.values_list("person", "room") if in_room else ():
        if room_id in kinds and (person_id in owners or kinds[room_id] not in Room.CONVERSATIONS):
            sees.setdefault(person_id, set()).add(room_id)
    waiting = {person.pk: sum(in_room[one, kinds[one]] for one in sees.get(person.pk, ())) for person in people}
    about = opened.filter(author__in=people).order_by().values_list("author", "room").annotate(count=Count("pk"))
    for person_id, room_id, count in about if in_room else ():
        if room_id in sees.get(person_id, ()):
            waiting[person_id] -= count
    return waiting


@dataclass(frozen=True, slots=True)
class ReportsPage:
    """Open reports in order of id; `next` is where the next page begins."""

    reports: Sequence[ReportResource]
    people: Sequence[PersonResource]
    next: int | None


def reports(person: Person | None, *, room_id: int | None = None, after: int = 0) -> ReportsPage:
    """A page of the open reports that one may look at, of all rooms or of one, behind the report `after`. Raises
    NotFound and Forbidden.
    """
    if room_id is not None:
        room = Room.objects.filter(pk=room_id).first()
        if room is None:
            raise NotFound("There is no such room.")
        require_see_reports(person, room, _membership(person, room))
    if person is None:
        return ReportsPage([], [], None)
    found = reports_for(person).filter(pk__gt=after).order_by("pk").select_related("room", "author", "reporter")
    if room_id is not None:
        found = found.filter(room_id=room_id)
    page = list(found.select_related("claimed_by")[: REPORTS_AT_ONCE + 1])
    more, page = len(page) > REPORTS_AT_ONCE, page[:REPORTS_AT_ONCE]
    joined = Membership.objects.filter(person=person, room__in={one.room_id for one in page})
    mine = {one.room_id for one in joined if is_joined(one)}
    named = {one.pk: one for report in page for one in (report.author, report.reporter, report.claimed_by) if one}
    return ReportsPage(
        reports=[_report(one, enters=one.room.is_open or one.room_id in mine) for one in page],
        people=people_resources(named.values()),
        next=page[-1].pk if more else None,
    )


def _membership(person: Person | None, room: Room) -> Membership | None:
    return Membership.objects.filter(room=room, person=person).first() if person is not None else None


def _report(report: Report, *, enters: bool) -> ReportResource:
    told: ReportResource = {
        "id": report.pk,
        "room": report.room_id,
        "name": shown(report.room.name) if enters else "",
        "slug": report.room.slug if enters else None,
        "number": report.number,
        "author": report.author_id,
        "body": report.body,
        "reporter": report.reporter_id,
        "reason": report.reason,  # type: ignore[typeddict-item]
        "note": shown(report.note),
        "at": moment(report.at),
        "claimed_by": report.claimed_by_id,
    }
    return told


def _own_report(report: Report) -> OwnReport:
    state = "open" if report.resolved_at is None else "resolved"
    return {"id": report.pk, "room": report.room_id, "number": report.number, "state": state}  # type: ignore[typeddict-item]


def _purge(purge: Purge) -> PurgeResource:
    return {
        "id": purge.pk,
        "room": purge.room_id,
        "person": purge.person_id,
        "deleted": purge.deleted,
        "done": purge.done_at is not None,
    }


def has_order(room: Room, people: Collection[Person]) -> bool:
    """Whether what is told of order in the counters of these people may be different since they stand otherwise."""
    if any(person.order_seq is not None for person in people):
        return True
    return Report.objects.filter(room=room, resolved_at=None).exists()
