"""Work that comes again and again, and that one process at a time does: the table of it, and whose turn it is.

Who does a job puts its row off by a lease, and when it is done by the job's own pause. When a process dies at it, the
lease runs out and another one begins anew; so a second time must do no harm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from groupchat.actions import invites, limits, reporting, saving, scheduling
from groupchat.actions.deleted_rooms import purge_deleted_rooms
from groupchat.actions.devices import forget_some
from groupchat.actions.empty_rooms import expire_empty_rooms
from groupchat.models import PeriodicJob

LEASE_SECONDS = 60.0  # of one part of a job


@dataclass(frozen=True, slots=True)
class Job:
    """`run` does a part of it, in a transaction of some rows, and says whether there is more. `is_wanted`, one read by
    an index: whether there is anything to do; so nobody writes where there is not. None: doing it finds out.
    """

    run: Callable[[], bool]
    pause_seconds: float
    is_wanted: Callable[[], bool] | None = None


JOBS: Mapping[str, Job] = {
    "scheduled messages": Job(scheduling.send_some, 1.0, scheduling.is_something_to_send),
    "reminders": Job(saving.remind_some, 1.0, saving.is_somebody_to_remind),
    "limits": Job(limits.forget_whole, 300.0),
    "invite links": Job(invites.forget_old, 3_600.0),
    "empty rooms": Job(expire_empty_rooms, 600.0),
    "reports": Job(reporting.forget_resolved, 3_600.0),
    "devices": Job(forget_some, 3_600.0),
    "deleted rooms": Job(purge_deleted_rooms, 3_600.0),
}
"""By the name of its row. Another one is a line here."""


def due(*, now: datetime | None = None) -> list[str]:
    """The jobs whose turn it is, and those that were never done."""
    later = PeriodicJob.objects.filter(due_at__gt=now or timezone.now()).values_list("name", flat=True)
    put_off = set(later)
    return [name for name, job in JOBS.items() if name not in put_off and (job.is_wanted is None or job.is_wanted())]


def claim(*, name: str, now: datetime | None = None) -> bool:
    """Take a job that is due; False where another process was quicker."""
    now = now or timezone.now()
    PeriodicJob.objects.bulk_create([PeriodicJob(name=name, due_at=now)], ignore_conflicts=True)
    ours = PeriodicJob.objects.filter(name=name, due_at__lte=now)
    return bool(ours.update(due_at=now + timedelta(seconds=LEASE_SECONDS)))


def work(*, name: str, now: datetime | None = None) -> bool:
    """Do a part of a job that was claimed, and go on holding it, or be done with it; whether there is more."""
    job = JOBS[name]
    more = job.run()
    pause = LEASE_SECONDS if more else job.pause_seconds
    until = (now or timezone.now()) + timedelta(seconds=pause)
    PeriodicJob.objects.filter(name=name).update(due_at=until)
    return more
