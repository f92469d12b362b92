"""Reports of messages: made by members and filters, worked off by those who keep the room."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from groupchat.actions import audit
from groupchat.actions.counters import changed_order, lock_people, lock_room
from groupchat.conf import conf
from groupchat.errors import Invalid, NotFound
from groupchat.keeping import keepers_of, reports_for
from groupchat.models import Message, Person, Report, Room
from groupchat.permissions import require_active, require_report
from groupchat.text import clean_note
from groupchat.timeline import message_in

FORGOTTEN_AT_ONCE = 500
MOST_TOLD_OF_CLAIM = 50  # keepers: a claim changes no count, and the others see it with their next page of reports


def _anybody(person: Person) -> None:
    """Code may report as it likes."""


@transaction.atomic
def report(
    *,
    person: Person,
    room_id: int,
    number: int,
    reason: str = Report.Reason.OTHER,
    note: str = "",
    before_reporting: Callable[[Person], None] = _anybody,
    now: datetime | None = None,
) -> Report:
    """Ask those who keep the room to look at a message. While it is open, saying it again changes nothing.

    `before_reporting` raises where this person may report nothing more now.
    """
    require_active(person)
    if reason not in Report.Reason.values:
        raise Invalid(f"reason: one of {', '.join(Report.Reason.values)}.", field="reason")
    note = clean_note(note)
    room = lock_room(room_id).room
    message, membership = message_in(room, number, person)
    require_report(person, message, membership)
    had = Report.objects.filter(room=room, number=number, reporter=person, resolved_at=None).first()
    if had is not None:
        return had
    before_reporting(person)
    made = _report(room, message, person, reason, note, now)
    told = keepers_of(room) - {message.author_id} | {person.pk}
    lock_people(told)
    changed_order(told)
    return made


def _report(
    room: Room, message: Message, reporter: Person | None, reason: str, note: str, now: datetime | None
) -> Report:
    return Report.objects.create(
        room=room,
        number=message.number,
        author=message.author,
        body=message.body,
        reporter=reporter,
        reason=reason,
        note=note,
        at=now or timezone.now(),
    )


@transaction.atomic
def claim(*, person: Person, report_id: int, before_acting: Callable[[Person], None] = _anybody) -> Report:
    """Say that one looks at it; whoever did before is relieved. Of many who keep the room, some are told at once.

    `before_acting` raises where this person may claim and resolve nothing more now.
    """
    require_active(person)
    before_acting(person)
    room, found = _open(person, report_id)
    if found.claimed_by_id != person.pk:
        told = _told_of_claim(keepers_of(room) - {found.author_id}, first=[person.pk, found.claimed_by_id])
        found.claimed_by = person
        found.save(update_fields=["claimed_by"])
        lock_people(told)
        changed_order(told)
        audit.note("claim report", by=person, room=room, person=_about(room, found), after=_told(found))
    return found


def _told_of_claim(keepers: Collection[int], *, first: Sequence[int | None]) -> list[int]:
    order = sorted(keepers, key=lambda one: (one not in first, one))
    return order[:MOST_TOLD_OF_CLAIM]


@transaction.atomic
def resolve(
    *,
    person: Person,
    report_id: int,
    outcome: str,
    note: str = "",
    before_acting: Callable[[Person], None] = _anybody,
    now: datetime | None = None,
) -> int:
    """Be done with all open reports of the message that this one is about; gives their number. Those who made them are
    told that somebody looked, nobody else is. `before_acting` is as in `claim`.
    """
    require_active(person)
    before_acting(person)
    if outcome not in Report.Outcome.values:
        raise Invalid(f"outcome: one of {', '.join(Report.Outcome.values)}.", field="outcome")
    note = clean_note(note)
    room, found = _open(person, report_id)
    same = Report.objects.filter(room=room, number=found.number, resolved_at=None)
    reporters = {one for one in same.values_list("reporter_id", flat=True) if one is not None}
    count = same.update(resolved_at=now or timezone.now(), resolved_by=person, outcome=outcome, answer=note)
    told = (keepers_of(room) - {found.author_id}) | reporters
    lock_people(told)
    changed_order(told)
    after = {**_told(found), "outcome": outcome, **({"note": note} if note else {})}
    audit.note("resolve report", by=person, room=room, person=_about(room, found), after=after)
    return count


def _open(person: Person, report_id: int) -> tuple[Room, Report]:
    """The report and its room, which is locked; NotFound where it is not theirs to see, or resolved."""
    nowhere = NotFound("There is no such report any more.", field="report")
    room_id = reports_for(person).filter(pk=report_id).values_list("room_id", flat=True).first()
    if room_id is None:
        raise nowhere
    room = lock_room(room_id).room
    found = reports_for(person).filter(pk=report_id).select_related("author").first()
    if found is None:
        raise nowhere
    return room, found


def _about(room: Room, report: Report) -> Person | None:
    """Who is in a conversation the audit log says to nobody; the report does, to those who see it."""
    return None if room.is_conversation else report.author


def _told(report: Report) -> dict[str, object]:
    """What the audit log says of it: neither who made it nor what the message said."""
    return {"report": report.pk, "number": report.number}


def forget_resolved(*, now: datetime | None = None) -> bool:
    """Take away some reports, and the copies in them, that were resolved longer ago than `report_days`; whether there
    may be more.
    """
    days = conf().report_days
    if not days:
        return False
    old = Report.objects.filter(resolved_at__lte=(now or timezone.now()) - timedelta(days=days)).order_by("resolved_at")
    ids = list(old.values_list("pk", flat=True)[:FORGOTTEN_AT_ONCE])
    Report.objects.filter(pk__in=ids).delete()
    return len(ids) == FORGOTTEN_AT_ONCE


def take_reports(*, guest_id: int, person_id: int) -> None:
    """A guest's reports, and those about them, become the person's. Done again it changes nothing."""
    with transaction.atomic():
        theirs = Report.objects.filter(reporter_id=person_id, resolved_at=None)
        for one in Report.objects.filter(reporter_id=guest_id, resolved_at=None):
            if theirs.filter(room_id=one.room_id, number=one.number).exists():
                one.delete()
        Report.objects.filter(reporter_id=guest_id).update(reporter_id=person_id)
        Report.objects.filter(author_id=guest_id).update(author_id=person_id)
