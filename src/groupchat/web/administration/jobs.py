"""Jobs: what has failed and is tried again or dropped, and when each periodic job comes next."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from groupchat.actions import audit, effects
from groupchat.actions.periodic import JOBS
from groupchat.errors import Invalid, NotFound
from groupchat.models import Effect, PeriodicJob, Person
from groupchat.web.administration.page import Act, Row, Table, moment, some, the


def page(request: HttpRequest, person: Person) -> Table:
    """The effects that failed, the newest first."""
    failed, following = some(Effect.objects.filter(failed_at__isnull=False), request)
    backlog = effects.backlog()
    told = _("%(waiting)s effects wait, %(failed)s have failed.")
    acts = [Act("try_again", _("Try again")), Act("drop", _("Drop"), is_grave=True)]
    return Table(
        columns=[_("Effect"), _("Handler"), _("Failed"), _("Attempts"), _("Last error")],
        rows=[
            Row(
                [f"{one.pk}: {one.event}", one.kind, moment(one.failed_at), str(one.attempts), one.last_error[:300]],
                id=str(one.pk),
                acts=acts,
            )
            for one in failed
        ],
        lines=[told % {"waiting": backlog.waiting, "failed": backlog.failed}, *_periodic()],
        next=following,
        nothing=_("Nothing has failed."),
    )


def act(request: HttpRequest, person: Person) -> str:
    """What a button beside an effect says."""
    effect: Effect = the(Effect, request)
    if effect.failed_at is None:  # it waits, or runs: somebody's deletion, say
        raise NotFound(_("It has not failed, or not any more."), field="id")
    told = {"effect": effect.pk}
    match request.POST.get("act"):
        case "try_again":
            effects.try_again(effects=[effect.pk])
            words = _("Effect %(effect)s is tried again.")
        case "drop":
            effects.drop(effects=[effect.pk])
            words = _("Effect %(effect)s is dropped.")
        case _other:
            raise Invalid("act: what a button of this page says.", field="act")
    audit.note(f"{request.POST['act'].replace('_', ' ')} effect", by=person, before={"effect": str(effect)})
    return words % told


def _periodic() -> list[str]:
    """In the order of the table; a job's last run ended its own pause before it comes next."""
    due = dict(PeriodicJob.objects.values_list("name", "due_at"))
    told = _("%(job)s: next at %(when)s, every %(minutes)s minutes")
    never = _("%(job)s: not done yet, every %(minutes)s minutes")
    return [
        (told if name in due else never)
        % {"job": name, "when": moment(due.get(name)), "minutes": f"{job.pause_seconds / 60:g}"}
        for name, job in JOBS.items()
    ]
