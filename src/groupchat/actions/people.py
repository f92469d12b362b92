"""People come into being: of a user of the site, or of a guest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from groupchat.actions import accounts, returning
from groupchat.actions.accounts import ROOMS_AT_ONCE
from groupchat.actions.bulk_sql import BulkSql
from groupchat.actions.counters import changed_in_some, changed_sessions, lock_people
from groupchat.actions.names import name_of_newcomer, require_name_for_guest, with_skeletons
from groupchat.characters import without_strays
from groupchat.conf import conf
from groupchat.errors import Forbidden
from groupchat.lookalikes import skeleton
from groupchat.models import Membership, Person
from groupchat.permissions import require_active, require_no_account
from groupchat.text import clean_person_name, fold, mended_person_name

LONGEST_HANDLE = 40  # before the number that it gets where it is taken

_NOT_HANDLE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody without an account: an id that was issued to them, and the name they gave. No row yet, perhaps."""

    id: UUID
    name: str


def person_of_user(*, user: Any) -> Person:
    """The person of a user of the site; made with the first question."""
    person = Person.objects.filter(user=user).first()
    if person is None:
        active = accounts.is_switched_on(user)
        person = _create(_name_of(user), user=user, kind=Person.Kind.USER, is_owner=False, account_active=active)
    if person.name_skeleton != skeleton(person.name):  # an older version, which runs beside, wrote it
        with_skeletons(person).save(update_fields=["name_skeleton", "handle_skeleton"])
    if person.account_active != accounts.is_switched_on(user):
        accounts.follow(person=person)
    return person


def people_of(some: Sequence[Any]) -> list[Person]:
    """The person of each of these people and users of the site, in their order; one statement where all were here."""
    users = [one.pk for one in some if not isinstance(one, Person)]
    known = {person.user_id: person for person in Person.objects.filter(user__in=users)} if users else {}
    return [one if isinstance(one, Person) else known.get(one.pk) or person_of_user(user=one) for one in some]


def person_of_username(*, username: str) -> Person | None:
    """The person of the user of the site with this name; made with the first question. None where there is no user."""
    model = get_user_model()
    if "\0" in username:
        return None  # PostgreSQL would not even look
    try:
        return person_of_user(user=model._default_manager.get_by_natural_key(username))
    except model.DoesNotExist:
        return None


def person_of_guest(*, guest: Guest) -> Person:
    """The person of a guest; made with the first question, and the same for the same guest id ever after. Raises
    Unavailable where they have an account by now, and must come back with it.
    """
    person = Person.objects.filter(guest_id=guest.id).first()
    if person is not None:
        require_no_account(person)
        return person
    return _create(clean_person_name(guest.name), guest_id=guest.id, kind=Person.Kind.GUEST)


@dataclass(frozen=True, slots=True)
class Taken:
    """What newcomers can't be called: skeletons of names that are somebody's with an account, and of handles."""

    names: set[str]
    handles: set[str]


def taken_from(*, guests: Iterable[Guest], statements: BulkSql) -> Taken:
    """Of what these guests would be called, in two statements, or in none where there is no guest."""
    names = [guest.name for guest in guests]
    stems = {skeleton(_stem(name)) for name in names}
    return Taken(statements.called(set(map(skeleton, names))), statements.handles_like(stems))


def new_guest(*, guest: Guest, statements: BulkSql, taken: Taken) -> Person | None:
    """The person of a guest who seems to have none yet, made by `statements`; None where there is one. `taken`
    holds what they can't be called, and from here on their handle.
    """
    given = clean_person_name(guest.name)

    def under(handle: str) -> Person:
        name = name_of_newcomer(given, handle, taken.names)
        return with_skeletons(Person(name=name, handle=handle, guest_id=guest.id, kind=Person.Kind.GUEST))

    stem = _stem(given)
    person = under(stem)
    if skeleton(stem) in taken.handles or not statements.insert_person(person):
        person = under(free_handle(given, statements))
        if not statements.insert_person(person):
            return None
    taken.handles.add(person.handle_skeleton)
    return person


def rename(*, person: Person, name: str) -> Person:
    """Be called otherwise, everywhere; the handle stays. All live sockets of this person learn of it, and each room
    that they are in, some at a time.

    In other rooms where they wrote, they are named anew with the next page. So it is where this ends half way.
    """
    before = person.version
    person = take_name(person=person, name=name)
    if person.version != before:
        name_everywhere(person_id=person.pk)
    return person


def name_everywhere(*, person_id: int) -> None:
    """Name this person anew in each of their rooms, some at a time."""
    last: int | None = 0
    while last is not None:
        last = name_anew(person_id=person_id, behind=last)


def update(*, person: Person, name: str) -> Person:
    """Call somebody otherwise, by code that decides by itself: on all screens, and in each of their rooms after your
    commit. Said again, it changes nothing. Raises Invalid or TooLong for what can be no name.
    """
    return _call(person, clean_person_name(name))


def sync_user(*, user: Any) -> Person | None:
    """Call this user's person as the site does by now (`USER_NAME`); None where they were never here."""
    person = Person.objects.filter(user=user).first()
    if person is None or _name_of(user) == person.name:
        return person
    return _call(person, _name_of(user))


@transaction.atomic
def _call(person: Person, name: str) -> Person:
    now = lock_people([person.pk])[person.pk]
    if now.name != name:
        _set_name(now, name)
        # Rooms are locked before people, and whoever calls us may hold more locks: so after the commit.
        transaction.on_commit(partial(name_everywhere, person_id=person.pk), robust=True)
    return now


def _set_name(person: Person, name: str) -> None:
    person.name = name
    person.version += 1
    with_skeletons(person).save(update_fields=["name", "version", "name_skeleton", "handle_skeleton"])
    changed_sessions(person.pk)


@transaction.atomic
def take_name(*, person: Person, name: str) -> Person:
    """The first part of `rename`: from here on one is called that, and one's own sockets know it. Raises Forbidden
    where the name of who has an account is the site's to say (`FOLLOW_USERS`).
    """
    name = clean_person_name(name)
    person = lock_people([person.pk])[person.pk]
    require_active(person)
    if person.user_id is not None and conf().follow_users:
        raise Forbidden("Your name here is that of your account. Change it there.", field="name", why="account")
    if name != person.name:
        if person.kind == Person.Kind.GUEST:
            require_name_for_guest(name=name)
        _set_name(person, name)
    return person


@transaction.atomic
def name_anew(*, person_id: int, behind: int) -> int | None:
    """The rest of `rename`: name this person anew in some of their rooms, in order of id.

    Gives the last of these rooms, behind which to go on; None where there was none.
    """
    mine = Membership.objects.filter(person_id=person_id, state=Membership.State.JOINED)
    return changed_in_some(mine, person_id, behind=behind, most=ROOMS_AT_ONCE)


def make_owner(*, person: Person) -> None:
    """Let this person rule the whole site; their live sockets learn of it."""
    with transaction.atomic():
        person.is_owner = True
        person.save(update_fields=["is_owner"])
        changed_sessions(person.pk)


def end_sessions(*, person: Person) -> None:
    """Let every live socket of this person prove again who it is: a session ended, or the account was switched off.

    What the site says of the account by now is taken over, so that nobody else comes in for it either.
    """
    with transaction.atomic():
        accounts.follow(person=person)
        changed_sessions(person.pk)


def end_guest(*, guest: Guest, now: datetime | None = None) -> None:
    """The guest is no more: their cookie and tokens are void, their sockets end, they are out of all rooms. What they
    wrote stays.

    A guest without a row wrote nothing; there is nothing to keep from whoever has their cookie.
    """
    person = Person.objects.filter(guest_id=guest.id).first()
    if person is None or person.has_account:
        return  # with an account one is no guest any more, and keeps one's rooms
    if not person.is_void_guest:
        with transaction.atomic():
            person.signed_out_at = now or timezone.now()
            person.save(update_fields=["signed_out_at"])
            accounts.go(person=person)
    accounts.leave_rooms(person_id=person.pk)


def set_active(*, person: Person, is_active: bool) -> None:
    """Switch a person off or on; off ends their sockets."""
    with transaction.atomic():
        person.is_active = is_active
        person.save(update_fields=["is_active"])
        changed_sessions(person.pk)


def handle_of(name: str) -> str:
    """The folded name without what `@` can't hold; empty where nothing is left."""
    return _NOT_HANDLE.sub("-", without_strays(fold(name))).strip("-.")[:LONGEST_HANDLE]


def usual_name(user: Any) -> str:
    """The full name of a user of the site, or else their user name."""
    full = user.get_full_name() if hasattr(user, "get_full_name") else ""
    return str(full or user.get_username())


def _name_of(user: Any) -> str:
    """A name that may be shown: never a mail address."""
    given = conf().user_name
    name = str((import_string(given) if isinstance(given, str) else given)(user) or "")
    return mended_person_name(name.partition("@")[0]) or "somebody"  # the site lets in names that nobody could see


def _create(name: str, **fields: Any) -> Person:
    key = {field: fields[field] for field in ("user", "guest_id") if field in fields}
    while True:
        try:
            with transaction.atomic():
                kept = returning.lock_kept(fields["user"]) if "user" in fields else None
                statements = BulkSql()
                handle = free_handle(name, statements)
                is_guest = fields["kind"] == Person.Kind.GUEST
                called = statements.called({skeleton(name)}) if is_guest else set()
                shown = name_of_newcomer(name, handle, called)
                person = with_skeletons(Person(name=shown, handle=handle, **fields))
                person.save(force_insert=True)
                if kept is not None:
                    returning.carry_over(kept, person)
                return person
        except IntegrityError:
            # Somebody took the handle, or made this very person, between our look and our write.
            there = Person.objects.filter(**key).first()
            if there is not None:
                return there


def _stem(name: str) -> str:
    """The handle of a name, where nobody has it."""
    return handle_of(name) or "guest"


def free_handle(name: str, statements: BulkSql) -> str:
    """The handle of a name, with a number where it is taken, or looks like another one."""
    stem = _stem(name)

    def is_taken(handle: str) -> bool:
        return statements.is_handle(handle, skeleton(handle))

    if not is_taken(stem):
        return stem
    # Doubling steps find a free number in few looks, however many people have this name.
    low, high = 1, 2
    while is_taken(f"{stem}{high}"):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        if is_taken(f"{stem}{middle}"):
            low = middle
        else:
            high = middle
    return f"{stem}{high}"
