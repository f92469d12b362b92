"""Who the cookies of many handshakes belong to, with one statement a kind of row.

This knows Django's own sessions in the database and its own user look-up. Whatever a site does differently (another
session engine, a backend that finds users in its own way, a key that was rotated) is asked one by one, as Django asks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model, load_backend
from django.contrib.auth.backends import ModelBackend
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from groupchat.access import lets_in_strangers
from groupchat.actions.accounts import is_switched_on
from groupchat.actions.people import person_of_user
from groupchat.actions.tokens import people_of
from groupchat.conf import conf
from groupchat.identity import HELD, NOBODY, Visitor, guest_cookie_in, read_guest, visitor_of_guest
from groupchat.models import Person
from groupchat.realtime.admission.handshake import Credentials, visitor_of

Cookies = Mapping[str, str]

_DATABASE_SESSIONS = "django.contrib.sessions.backends.db"


def shows_nothing(shown: Credentials) -> bool:
    """Whether this is nobody: there is nothing to ask the database for."""
    return not (shown.token or shown.cookies.get(settings.SESSION_COOKIE_NAME) or guest_cookie_in(shown.cookies))


def visitors_of(handshakes: Sequence[Credentials]) -> list[Visitor | Exception]:
    """The visitor of each handshake, in their order. A token that is not in force is nobody's."""
    owners = people_of(secrets={shown.token for shown in handshakes if shown.token})
    by_cookies = iter(_visitors_of_cookies([shown.cookies for shown in handshakes if not shown.token]))
    return [Visitor(owners.get(shown.token), None) if shown.token else next(by_cookies) for shown in handshakes]


def _visitors_of_cookies(handshakes: Sequence[Cookies]) -> list[Visitor | Exception]:
    if not handshakes:
        return []
    users = _users([cookies.get(settings.SESSION_COOKIE_NAME, "") for cookies in handshakes])
    people = {person.user_id: person for person in Person.objects.filter(user__in=[user.pk for user in users.values()])}
    guests = _guests(handshakes)
    visitors: list[Visitor | Exception] = []
    for cookies in handshakes:
        key = cookies.get(settings.SESSION_COOKIE_NAME, "")
        try:
            if key in users:
                user = users[key]
                person = people.get(user.pk)
                if person is None or not person.account_active:  # new, or switched on again with no word to us
                    person = person_of_user(user=user)
                visitors.append(Visitor(person, None))
            elif key:
                visitors.append(visitor_of(cookies))
            else:
                visitors.append(guests.get(guest_cookie_in(cookies), NOBODY))
        except Exception as error:
            visitors.append(error)
    return visitors


def _users(session_keys: Sequence[str]) -> dict[str, Any]:
    """By session key, the users whose sessions were found and are sound."""
    # PostgreSQL takes no NUL; asked for all at once, one stranger's cookie would send everybody away.
    wanted = {key for key in session_keys if key and "\0" not in key}
    if not wanted or settings.SESSION_ENGINE != _DATABASE_SESSIONS:
        return {}
    from django.contrib.sessions.models import Session

    model = get_user_model()
    contents: dict[str, tuple[Any, str]] = {}
    for session in Session.objects.filter(session_key__in=wanted, expire_date__gt=timezone.now()):
        content = session.get_decoded()
        if SESSION_KEY in content and HELD not in content and _looks_up_by_key(content.get(BACKEND_SESSION_KEY, "")):
            user_key = model._meta.pk.to_python(content[SESSION_KEY])
            contents[session.session_key] = (user_key, content.get(HASH_SESSION_KEY, ""))
    found = model._default_manager.in_bulk({user_key for user_key, _ in contents.values()}) if contents else {}
    return {
        key: user
        for key, (user_key, session_hash) in contents.items()
        if (user := found.get(user_key)) is not None and is_switched_on(user) and _is_sound(user, session_hash)
    }


def _looks_up_by_key(path: str) -> bool:
    """Whether this backend finds a user by the primary key, and refuses those who are switched off, as Django does."""
    if path not in settings.AUTHENTICATION_BACKENDS:
        return False
    backend = type(load_backend(path))
    return (
        issubclass(backend, ModelBackend)
        and backend.get_user is ModelBackend.get_user
        and backend.user_can_authenticate is ModelBackend.user_can_authenticate
    )


def _is_sound(user: Any, session_hash: str) -> bool:
    return not hasattr(user, "get_session_auth_hash") or constant_time_compare(
        session_hash, user.get_session_auth_hash()
    )


def _guests(handshakes: Sequence[Cookies]) -> dict[str, Visitor]:
    """By the guest's cookie, the guests among those who bring no session."""
    if not conf().guests:
        return {}
    cookies = {
        value
        for handshake in handshakes
        if not handshake.get(settings.SESSION_COOKIE_NAME) and (value := guest_cookie_in(handshake))
    }
    guests = {value: guest for value in cookies if (guest := read_guest(value)) is not None}
    ids: set[UUID] = {guest.id for guest in guests.values()}
    people = {person.guest_id: person for person in Person.objects.filter(guest_id__in=ids)} if ids else {}
    strangers = len(people) == len(ids) or lets_in_strangers()
    return {
        value: visitor_of_guest(guest, people.get(guest.id))
        for value, guest in guests.items()
        if strangers or guest.id in people
    }
