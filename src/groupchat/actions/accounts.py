"""Who is behind a person: an account of the site that is switched on, off or deleted, or a guest who signed out."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist
from django.db import models, transaction

from groupchat.actions.bulk_sql import BulkSql
from groupchat.actions.counters import changed_mine, changed_sessions, lock_people, lock_rooms, save_changes
from groupchat.actions.effects import record
from groupchat.actions.owners import give_on, heir_of
from groupchat.events import MemberLeft
from groupchat.models import Membership, Person

ROOMS_AT_ONCE = 50  # that somebody leaves in one transaction: nobody can write into them meanwhile


def is_switched_on(user: Any) -> bool:
    """What the site says of one of its users; one without such a switch is always on."""
    return bool(getattr(user, "is_active", True))


def follow(*, person: Person) -> None:
    """Take over from the site whether the account of this person is switched on, and bring `person` up to date.

    Where it changed, live sockets prove again who they are. Whoever has no account stays as they are.
    """
    with transaction.atomic():
        now = lock_people([person.pk]).get(person.pk)
        if now is None:
            return
        if now.user_id is not None:
            try:
                active = is_switched_on(now.user)  # read here, behind the lock
            except ObjectDoesNotExist:  # deleted in SQL, with no word to us
                active = False
            if active != now.account_active:
                Person.objects.filter(pk=now.pk).update(account_active=active)
                changed_sessions(now.pk)
                now.account_active = active
    person.account_active = now.account_active


def with_switches(people: models.QuerySet[Person]) -> models.QuerySet[Person]:
    """These people, each with what the site says of their account, for `followed`: one column of its user, where the
    switch is one.
    """
    if _is_column("is_active"):
        return people.annotate(is_switched_on=models.F("user__is_active"))
    return people.select_related("user")


def followed(person: Person) -> Person:
    """This person, just read `with_switches`, brought up to what the site says: asked wherever a credential is read.

    An update of many users at once sends no signal; here it is caught.
    """
    if person.user_id is not None:
        said = getattr(person, "is_switched_on", None) if _is_column("is_active") else is_switched_on(person.user)
        if bool(said) != person.account_active:
            follow(person=person)
    return person


def differing(person_ids: Collection[int]) -> list[Person]:
    """Those among these people of whom the site says something else by now than we know."""
    if not _is_column("is_active"):
        return []
    known = Person.objects.filter(pk__in=person_ids, user__isnull=False)
    return list(known.exclude(account_active=models.F("user__is_active")))


def end_account(*, person: Person) -> None:
    """The account behind this person is being deleted. After the commit they are out of all rooms; what they wrote
    stays.
    """
    with transaction.atomic():
        go(person=person)
        transaction.on_commit(partial(leave_rooms, person_id=person.pk), robust=True)


def go(*, person: Person) -> None:
    """Nobody is behind this person any more. Call it inside a transaction, and `leave_rooms` after it."""
    person.account_active = False
    person.save(update_fields=["account_active"])
    changed_sessions(person.pk)


def leave_rooms(*, person_id: int) -> None:
    """Be out of all rooms."""
    while leave_some(person_id=person_id):
        pass


@transaction.atomic
def leave_some(*, person_id: int) -> bool:
    """Be out of as many rooms as may be locked at once; whether there was one to leave."""
    mine = Membership.objects.filter(person_id=person_id, state=Membership.State.JOINED)
    room_ids = list(mine.order_by("room_id").values_list("room_id", flat=True)[:ROOMS_AT_ONCE])
    if not room_ids:
        return False
    statements = BulkSql()
    changes = lock_rooms(room_ids, statements)
    heirs = [heir for one in mine.filter(room_id__in=room_ids).order_by("room_id") if (heir := heir_of(one))]
    people = lock_people([person_id, *(heir.person_id for heir in heirs)])
    memberships = list(mine.filter(room_id__in=room_ids).order_by("room_id"))
    for membership in memberships:
        membership.goes_out(Membership.State.LEFT)
        changes[membership.room_id].changed(membership, people[person_id])
        membership.save(update_fields=["state", "seq"])
    for heir in heirs:
        give_on(changes[heir.room_id], heir, people[heir.person_id])
    save_changes(changes.values(), statements)
    changed_mine(person_id, memberships)
    for heir in heirs:
        changed_mine(heir.person_id, [heir])
    record([MemberLeft(room_id, person_id) for room_id in room_ids], statements=statements)
    return True


def gone_but_listed() -> list[int]:
    """People who are gone for good and still stand among the members of a room: a process died between the two, or an
    older version left them there. Not those who are part of somebody by now: their rooms are on their way to them.
    """
    listed = Membership.objects.filter(
        state=Membership.State.JOINED,
        person__account_active=False,
        person__user__isnull=True,
        person__merged_into__isnull=True,
    )
    return list(listed.order_by().values_list("person_id", flat=True).distinct())


def _is_column(name: str) -> bool:
    try:
        return bool(get_user_model()._meta.get_field(name).concrete)
    except FieldDoesNotExist:
        return False
