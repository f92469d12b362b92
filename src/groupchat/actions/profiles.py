"""What somebody with or without an account tells of themselves, and how their pages look on every device."""

from __future__ import annotations

from functools import lru_cache
from zoneinfo import available_timezones

from django.db import IntegrityError, transaction

from groupchat.actions.bulk_sql import BulkSql
from groupchat.actions.counters import changed_sessions, lock_people
from groupchat.actions.names import with_skeletons
from groupchat.actions.people import LONGEST_HANDLE, handle_of, name_everywhere
from groupchat.conf import conf
from groupchat.errors import Forbidden, Invalid, NameTaken
from groupchat.lookalikes import skeleton
from groupchat.models import FormerHandle, Person
from groupchat.permissions import require_active
from groupchat.text import clean_pronouns, fold


@lru_cache(1)
def time_zones() -> tuple[str, ...]:
    """Those that one may be in, by IANA's names, sorted."""
    return tuple(sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")))


def describe(*, person: Person, pronouns: str, time_zone: str) -> Person:
    """Tell others of oneself; empty tells nothing. All who see this person see it, as after `people.rename`.

    Raises Invalid or TooLong, with the field.
    """
    pronouns = clean_pronouns(pronouns)
    if time_zone and time_zone not in time_zones():
        raise Invalid("There is no such time zone.", field="time_zone")
    with transaction.atomic():
        now = _locked(person)
        is_news = (now.pronouns, now.time_zone) != (pronouns, time_zone)
        if is_news:
            now.pronouns, now.time_zone = pronouns, time_zone
            _save_anew(now, "pronouns", "time_zone")
    if is_news:
        name_everywhere(person_id=person.pk)
    return now


def take_handle(*, person: Person, handle: str) -> Person:
    """Be found under another handle. The one before stays reserved, for this person alone; of such ones the last
    `max_former_handles` are kept.

    Raises Invalid; NameTaken where it is or was somebody else's, or looks like one that is; Forbidden for a guest.
    """
    wanted = fold(handle).removeprefix("@")
    if not wanted or handle_of(wanted) != wanted:
        raise Invalid(
            f"A handle has 1 to {LONGEST_HANDLE} letters, digits, dots, hyphens and underscores, and none of the signs "
            "at its ends.",
            field="handle",
        )
    before = person.handle
    try:
        with transaction.atomic():
            now = _locked(person)
            if now.kind != Person.Kind.USER:
                raise Forbidden("A handle of one's own comes with an account.")
            before = now.handle
            if wanted != before:
                _take_handle(now, wanted)
    except IntegrityError:  # at the same moment
        raise _taken() from None
    if wanted != before:
        name_everywhere(person_id=person.pk)
    return now


@transaction.atomic
def set_look(*, person: Person, theme: str, more_contrast: bool, language: str) -> Person:
    """How this person's pages look from now on, on every device with their next connection; empty: as each has it."""
    if theme and theme not in Person.Theme.values:
        raise Invalid("There is no such theme.", field="theme")
    now = _locked(person)
    now.theme, now.more_contrast, now.language = theme, more_contrast, language
    now.save(update_fields=["theme", "more_contrast", "language"])
    return now


def _locked(person: Person) -> Person:
    now = lock_people([person.pk])[person.pk]
    require_active(now)
    return now


def _save_anew(person: Person, *fields: str) -> None:
    person.version += 1
    person.save(update_fields=[*fields, "version"])
    changed_sessions(person.pk)


def _take_handle(person: Person, wanted: str) -> None:
    own = FormerHandle.objects.filter(person=person)
    own.filter(skeleton=skeleton(wanted)).delete()  # one may have back what one had
    before, person.handle = person.handle, ""
    Person.objects.filter(pk=person.pk).update(handle=f"/{person.pk}", handle_skeleton=f"/{person.pk}")
    if BulkSql().is_handle(wanted, skeleton(wanted)):
        raise _taken()
    person.handle = wanted
    _save_anew(with_skeletons(person), "handle", "handle_skeleton")
    if skeleton(before) != skeleton(wanted):
        FormerHandle.objects.create(person=person, handle=before, skeleton=skeleton(before))
    kept = list(own.order_by("-pk").values_list("pk", flat=True)[: conf().max_former_handles])
    own.exclude(pk__in=kept).delete()


def _taken() -> NameTaken:
    return NameTaken("Somebody has or had this handle, or one that looks like it. Choose another one.", field="handle")
