"""The browsers in which somebody is signed in: noted as they come, told, and signed out one by one or all at once.

A device is a note beside a session of the site; who it is says the session alone. So a note without its session is
nothing, and a session without a note is noted when it comes next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import transaction
from django.utils import timezone

from groupchat.actions.counters import changed_sessions
from groupchat.models import Device, Person
from groupchat.network import coarse
from groupchat.user_agents import browser_of

SEEN_SECONDS = 600  # what is noted of a device is older than this at most, and each is written no more often
MOST_SHOWN = 50
FORGOTTEN_AT_ONCE = 500
ENDED_AT_ONCE = 200  # sessions in one transaction

_DATABASE_SESSIONS = "django.contrib.sessions.backends.db"
_COOKIE_SESSIONS = "django.contrib.sessions.backends.signed_cookies"


@dataclass(frozen=True, slots=True)
class Seen:
    """A browser came with this session, which is this person's."""

    person_id: int
    session_key: str
    agent: str
    address: str


def are_kept() -> bool:
    """Whether the site's sessions lie where they can be ended from elsewhere."""
    return bool(settings.SESSION_ENGINE != _COOKIE_SESSIONS)


def note(*, seen: Iterable[Seen], now: datetime | None = None) -> None:
    """Note these devices, each as it is now; two statements, or one where all were noted a moment ago."""
    now = now or timezone.now()
    latest = {one.session_key: one for one in seen}
    if not latest or not are_kept():
        return
    fresh = Device.objects.filter(session_key__in=latest, last_seen_at__gt=now - timedelta(seconds=SEEN_SECONDS))
    known = set(fresh.values_list("session_key", "person_id"))
    devices = [_device(one, now) for key, one in sorted(latest.items()) if (key, one.person_id) not in known]
    if devices:
        Device.objects.bulk_create(
            devices,
            update_conflicts=True,
            unique_fields=["session_key"],
            update_fields=["person", "browser", "system", "network", "last_seen_at"],
        )


def of_person(*, person: Person) -> list[Device]:
    """Those in which this person is signed in, the last seen first, MOST_SHOWN at most."""
    mine = Device.objects.filter(person=person).order_by("-last_seen_at", "-pk")[:MOST_SHOWN]
    return [device for device in mine if _is_signed_in(device, person)]


def end(*, person: Person, device_id: int) -> bool:
    """Sign this person out of one of their devices: its session is void and its live sockets end, in every process.
    False where it is none of theirs.
    """
    with transaction.atomic():
        device = Device.objects.filter(person=person, pk=device_id).first()
        if device is None:
            return False
        _end([device.session_key])
        changed_sessions(person.pk)
    return True


def end_others(*, person: Person, but: str) -> None:
    """Sign this person out everywhere but in the session `but`, some at a time; also of what was never noted."""
    while keys := _others(person, but):
        with transaction.atomic():
            _end(keys)
            changed_sessions(person.pk)


def end_all(*, person: Person) -> None:
    """Void all sessions that were noted of this person. Call it inside a transaction that ends the others, too."""
    _end(list(Device.objects.filter(person=person).values_list("session_key", flat=True)))


def forget(*, session_key: str) -> None:
    """This session ended in another way."""
    Device.objects.filter(session_key=session_key).delete()


def forget_all(*, person: Person) -> None:
    """Their sessions ended in another way, all or nearly all: those that still hold are noted anew as they come."""
    Device.objects.filter(person=person).delete()


@transaction.atomic
def forget_some(now: datetime | None = None) -> bool:
    """Forget devices whose session must have run out by now; whether there was one."""
    before = (now or timezone.now()) - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    old = Device.objects.filter(last_seen_at__lt=before).order_by("last_seen_at").values_list("pk", flat=True)
    keys = list(old[:FORGOTTEN_AT_ONCE])
    Device.objects.filter(pk__in=keys, last_seen_at__lt=before).delete()
    return bool(keys)


def _device(seen: Seen, now: datetime) -> Device:
    browser, system = browser_of(seen.agent)
    return Device(
        person_id=seen.person_id,
        session_key=seen.session_key,
        browser=browser,
        system=system,
        network=coarse(seen.address),
        created_at=now,
        last_seen_at=now,
    )


def _store(session_key: str | None = None) -> Any:
    return import_module(settings.SESSION_ENGINE).SessionStore(session_key)


def _is_signed_in(device: Device, person: Person) -> bool:
    return bool(_store(device.session_key).load().get(SESSION_KEY) == str(person.user_id))


def _end(session_keys: Sequence[str]) -> None:
    """The session first, then what is known of it: begun anew after a crash, it finds what is left."""
    store = _store()
    for key in session_keys:
        store.delete(key)
    Device.objects.filter(session_key__in=session_keys).delete()


def _others(person: Person, but: str) -> list[str]:
    noted = Device.objects.filter(person=person).exclude(session_key=but).order_by("pk")
    if keys := list(noted.values_list("session_key", flat=True)[:ENDED_AT_ONCE]):
        return keys
    return _never_noted(person, but) if settings.SESSION_ENGINE == _DATABASE_SESSIONS else []


def _never_noted(person: Person, but: str) -> list[str]:
    """Sessions from before devices were noted. To know whose one is, it must be read: but nearly all are noted."""
    from django.contrib.sessions.models import Session

    live = Session.objects.filter(expire_date__gt=timezone.now()).exclude(session_key=but)
    unknown = live.exclude(session_key__in=Device.objects.values("session_key"))
    own = str(person.user_id)
    found = (one.session_key for one in unknown.iterator() if one.get_decoded().get(SESSION_KEY) == own)
    return [key for key, _ in zip(found, range(ENDED_AT_ONCE), strict=False)]
