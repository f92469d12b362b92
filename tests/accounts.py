"""Accounts of the site and their sessions, made in the database that the server under test uses."""

from __future__ import annotations

import itertools

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore

from groupchat.actions.administration import make_admin
from groupchat.actions.people import make_owner, person_of_user
from groupchat.models import Person

_numbers = itertools.count(1)


def new_user(name: str = "user") -> object:
    """An account with a name of its own; the site's users may sign in with their mail address instead."""
    model = get_user_model()
    username = f"{name}{next(_numbers)}" + ("@example.org" if model.USERNAME_FIELD == "email" else "")
    return model._default_manager.create_user(**{model.USERNAME_FIELD: username, "password": "secret"})


def new_person(name: str = "user", *, is_owner: bool = False, is_admin: bool = False) -> Person:
    """The person of a new account."""
    person = person_of_user(user=new_user(name))
    if is_owner:
        make_owner(person=person)
    if is_admin:
        make_admin(person=person)
    return person


def cookies_of(person: Person) -> dict[str, str]:
    """The cookies of a browser in which this person has just signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.user_id)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    assert person.user is not None
    session[HASH_SESSION_KEY] = person.user.get_session_auth_hash()
    session.create()
    return {settings.SESSION_COOKIE_NAME: session.session_key or ""}
