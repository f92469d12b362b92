"""Who is at the door: a person, a guest who has no row yet, or nobody."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.core import signing
from django.http import HttpRequest

from groupchat.access import lets_in_strangers
from groupchat.actions import adoption
from groupchat.actions.adoption import guest_without_account
from groupchat.actions.people import Guest, person_of_user
from groupchat.conf import conf
from groupchat.models import Person
from groupchat.text import clean_person_name, mended_person_name

FORMER_GUEST_COOKIE = "groupchat_guest"  # the same for every site: on one host, the later one took the earlier one's
HELD = "groupchat_held"  # in a session of somebody who has something to do on the site's pages first: as if signed out
GUEST_COOKIE_SECONDS = 400 * 24 * 3600  # the longest that browsers keep a cookie
_SALT = "groupchat.guest"


def _name_of_cookie(secret_key: str) -> str:
    return f"{FORMER_GUEST_COOKIE}_{hashlib.sha256(b'groupchat.cookies' + secret_key.encode()).hexdigest()[:8]}"


# A browser keeps the cookies of a host for all of its ports: each instance has a name of its own.
GUEST_COOKIE = _name_of_cookie(settings.SECRET_KEY)
# The secret of the invite link by which somebody is about to come in.
JOIN_COOKIE = GUEST_COOKIE.replace("guest", "join")
# Under which names a guest may still come: their cookie gets its present name with their next socket.
_GUEST_COOKIES = (
    GUEST_COOKIE,
    *(_name_of_cookie(str(key)) for key in settings.SECRET_KEY_FALLBACKS),
    FORMER_GUEST_COOKIE,
)
NAMELESS = "guest"  # the beginning of the name of who gave none


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person, or a guest without a row (`person` is None), or nobody (both are None).

    `signed_up_at`: of nobody who shows the cookie of a guest who got an account then, and comes back with it, perhaps.
    """

    person: Person | None
    guest: Guest | None
    signed_up_at: datetime | None = None

    @property
    def author(self) -> Person | Guest | None:
        """As whom this visitor writes."""
        return self.person or self.guest

    @property
    def key(self) -> str:
        """Names the visitor for limits, across sockets; empty for nobody."""
        if self.person is not None:
            return f"person:{self.person.pk}"
        return f"guest:{self.guest.id}" if self.guest is not None else ""


NOBODY = Visitor(None, None)


def new_guest(*, name: str) -> Guest:
    """A guest with a new id; raises Invalid or TooLong for a wrong name."""
    return Guest(uuid4(), clean_person_name(name))


def made_up_guest() -> Guest:
    """A guest who gave no name."""
    return Guest(uuid4(), mended_person_name(f"{NAMELESS}-{secrets.randbelow(9000) + 1000}"))


def sign_guest(guest: Guest) -> str:
    """The value of the guest's cookie. Who holds it is this guest."""
    return signing.dumps([guest.id.hex, guest.name], salt=_SALT)


def guest_cookie_in(cookies: Mapping[str, str]) -> str:
    """The value of the guest's cookie among these, under its present name or a former one; empty without one."""
    return next((value for name in _GUEST_COOKIES if (value := cookies.get(name))), "")


def read_guest(value: str) -> Guest | None:
    """The guest of a cookie; None where it was not we who signed it."""
    try:
        guest_id, name = signing.loads(value, salt=_SALT)
        # It was given under other rules or another limit, perhaps, and a guest must not be mute for it.
        return Guest(UUID(guest_id), mended_person_name(str(name)) or NAMELESS)
    except (signing.BadSignature, ValueError, TypeError):
        return None


def resolve(*, user: Any, cookies: Mapping[str, str]) -> Visitor:
    """The visitor with this user of the site and these cookies. A user's person is made with the first visit."""
    if user is not None and user.is_authenticated:
        return Visitor(person_of_user(user=user), None)
    if conf().guests:
        guest = read_guest(guest_cookie_in(cookies))
        if guest is not None:
            person = Person.objects.filter(guest_id=guest.id).first()
            return visitor_of_guest(guest, person) if person is not None or lets_in_strangers() else NOBODY
    return NOBODY


def visitor_of_guest(guest: Guest, person: Person | None) -> Visitor:
    """Whoever holds the cookie of this guest, whose row is `person`: nobody, once the guest has signed out or up."""
    if person is None or not person.is_void_guest:
        return Visitor(person, guest)
    return Visitor(None, None, person.signed_out_at) if person.has_account else NOBODY


def guest_at(request: HttpRequest) -> Person | None:
    """The person of the guest whose cookie came with this request, be somebody signed in or not; None where they wrote
    nothing, signed out or have an account.
    """
    guest = read_guest(guest_cookie_in(request.COOKIES)) if conf().guests else None
    return guest_without_account(guest) if guest is not None else None


def adopt_guest(*, request: HttpRequest, user: Any) -> Person | None:
    """The guest whose cookie came with this request has this account of the site from now on: what they wrote and their
    rooms stay theirs, and the cookie is void. None, and nothing changed, where there is no such guest, or the account
    is somebody here already.

    Django's `user_logged_in` does it by itself. Call it where a site signs people up on a way of its own.
    """
    guest = read_guest(guest_cookie_in(request.COOKIES)) if conf().guests else None
    return adoption.adopt_guest(guest=guest, user=user) if guest is not None else None
