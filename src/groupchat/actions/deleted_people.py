"""Somebody deletes their account, or a guest themselves: nobody is behind this person any more, for good.

`delete_person` decides it, in one transaction: name, handle and what they told of themselves are replaced, they are
signed out everywhere. The rest is an effect, a room and some messages at a time: it may end anywhere and begin anew,
and what is done already is not done again.

Who keeps their messages keeps them from others, too: the handle stays reserved for ever, so that nobody passes for who
wrote them. Who erases them leaves nothing to pass for, and their handles are free.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext

from groupchat import handlers
from groupchat.actions import accounts, audit, devices, merging, pictures, returning
from groupchat.actions.accounts import ROOMS_AT_ONCE
from groupchat.actions.bulk_sql import BulkSql
from groupchat.actions.counters import RoomChange, changed_in_some, changed_sessions, lock_people, lock_rooms
from groupchat.actions.effects import record
from groupchat.actions.merging import CHUNK, PAUSE_SECONDS, SLICE
from groupchat.actions.names import with_skeletons
from groupchat.actions.people import free_handle
from groupchat.actions.tombstones import make_tombstones
from groupchat.conf import conf
from groupchat.errors import Forbidden, Invalid
from groupchat.events import Event, MessageDeleted, PersonDeleted
from groupchat.models import (
    Block,
    FormerHandle,
    Membership,
    Message,
    Person,
    Report,
    Room,
    SavedMessage,
    ScheduledMessage,
    Token,
)
from groupchat.permissions import owns_site, require_active

HANDLER = "delete_person"
HANDLE = "deleted"  # with a number behind it, mostly
_ENDED = [
    "user",
    "account_active",
    "is_owner",
    "is_admin",
    "more_contrast",
    "signed_out_at",
    "deleted_at",
    "pronouns",
    "time_zone",
    "language",
    "theme",
    "was_user",
]


def delete_person(
    *,
    person: Person,
    erases: bool,
    before_deleting: Callable[[Person], None] | None = None,
    now: datetime | None = None,
) -> None:
    """Let nobody be this person any more; their messages stay as those of a deleted person, or go where it `erases`.

    Their sessions, tokens and live sockets end at once; where `delete_users` is on, the site's user goes, too. Their
    rooms follow after the commit. Where the user stays, they come again as somebody new, for whom bans hold as before
    (`actions.returning`). `before_deleting` raises where this person may delete nothing now. Raises Forbidden for the
    last owner of the site, and for who is not let in; Invalid for a bot.
    """
    with transaction.atomic():
        owners = Person.objects.filter(is_owner=True).values_list("pk", flat=True) if person.is_owner else ()
        people = lock_people([person.pk, *owners])
        person = people[person.pk]
        require_active(person)
        if person.kind == Person.Kind.BOT:
            raise Invalid("A bot is switched off, not deleted.")
        if owns_site(person) and not any(_can_own(one) for one in people.values() if one.pk != person.pk):
            raise Forbidden(
                "You are the last owner of this site. Make somebody else an owner first.", why="last_site_owner"
            )
        if before_deleting is not None:
            before_deleting(person)
        _end_all(person, now or timezone.now(), erases)
        audit.note("delete person", by=person, person=person, after={"messages": "erased" if erases else "kept"})
        record([PersonDeleted(person.pk, erases)], now=now)


def _can_own(person: Person) -> bool:
    return owns_site(person) and person.is_admitted


def _end_all(person: Person, now: datetime, erases: bool) -> None:
    user, handle, skeleton = person.user, person.handle, person.handle_skeleton
    if conf().delete_users:
        devices.end_all(person=person)
    else:
        devices.forget_all(person=person)  # the site's own sessions are no matter of ours
    Token.objects.filter(person=person).delete()
    Block.objects.filter(person=person).delete()
    SavedMessage.objects.filter(person=person).delete()
    ScheduledMessage.objects.filter(person=person).delete()
    Membership.objects.filter(person=person).exclude(draft="").update(draft="")
    if user is not None and not conf().delete_users:
        returning.remember(person=person, user=user, now=now)
    person.user = None
    person.account_active = person.is_owner = person.is_admin = person.more_contrast = False
    person.signed_out_at = person.deleted_at = now
    person.pronouns = person.time_zone = person.language = person.theme = ""
    person.save(update_fields=_ENDED)
    _make_nameless(person)
    if erases or person.kind == Person.Kind.GUEST:
        FormerHandle.objects.filter(person=person).delete()
    else:
        FormerHandle.objects.create(person=person, handle=handle, skeleton=skeleton)
    changed_sessions(person.pk)
    if conf().delete_users and user is not None:
        user.delete()


def _make_nameless(person: Person) -> None:
    """In the site's language: a name is the same for all who read it."""
    with translation.override(settings.LANGUAGE_CODE):
        person.name = gettext("Deleted person")
    person.version += 1
    while True:
        try:
            with transaction.atomic():
                person.handle = free_handle(HANDLE, BulkSql())
                with_skeletons(person).save(
                    update_fields=["name", "handle", "name_skeleton", "handle_skeleton", "version"]
                )
                return
        except IntegrityError:
            continue  # somebody took the handle between our look and our write


# --- what follows ---------------------------------------------------------------------------------------------------


def connect() -> None:
    """Add the handler that does the rest. It never gives up: what was to be erased must not stay."""
    handlers.HANDLERS[HANDLER] = handlers.Handler(
        run=_on_event, wants=lambda kind: kind is PersonDeleted, key=handlers.unordered, most_attempts=0
    )


def _on_event(event: Event, effect_id: int) -> None:
    assert isinstance(event, PersonDeleted)
    carry_out(person_id=event.person_id, erases=event.erases)


def carry_out(*, person_id: int, erases: bool, now: datetime | None = None) -> None:
    """The rest of a deletion. Called again, it goes on where it ended."""
    for guest_id in list(Person.objects.filter(merged_into_id=person_id).values_list("pk", flat=True)):
        merging.carry_out(guest_id=guest_id, person_id=person_id)  # else it could come after us
        forget_guest(guest_id=guest_id)
    forget_picture(person_id=person_id)
    behind: int | None = 0
    while behind is not None:
        behind = name_where_they_were(person_id=person_id, behind=behind)
    accounts.leave_rooms(person_id=person_id)
    if erases:
        _erase_everywhere(person_id, now or timezone.now())


@transaction.atomic
def forget_guest(*, guest_id: int) -> None:
    """A guest who became a part of somebody who is gone has no name either."""
    guest = lock_people([guest_id])[guest_id]
    if guest.deleted_at is None:
        _make_nameless(guest)
        guest.deleted_at = timezone.now()
        guest.save(update_fields=["deleted_at"])


def forget_picture(*, person_id: int) -> None:
    """The files first: while they are there, the person names them."""
    key = Person.objects.values_list("avatar", flat=True).get(pk=person_id)
    if key:
        pictures.remove(key)
        with transaction.atomic():
            person = lock_people([person_id])[person_id]
            person.avatar, person.version = "", person.version + 1
            person.save(update_fields=["avatar", "version"])


@transaction.atomic
def name_where_they_were(*, person_id: int, behind: int) -> int | None:
    """Name this person anew in some of the rooms that they had left before: the others hear it as they leave them.
    Gives the last of these rooms, behind which to go on; None where there was none.
    """
    left = Membership.objects.filter(person_id=person_id).exclude(state=Membership.State.JOINED)
    return changed_in_some(left, person_id, behind=behind, most=ROOMS_AT_ONCE)


def _erase_everywhere(person_id: int, now: datetime) -> None:
    rooms = Membership.objects.filter(person_id=person_id).order_by("room_id").values_list("room_id", flat=True)
    Report.objects.filter(author_id=person_id).update(body="")  # the copies that were kept of what they wrote
    for room_id in list(rooms):
        behind: int | None = 0
        while behind is not None:
            behind = erase_messages(room_id=room_id, person_id=person_id, behind=behind, now=now)


def erase_messages(*, room_id: int, person_id: int, behind: int, now: datetime) -> int | None:
    """Delete some of the person's messages behind this number, as all see it. Gives the number behind which to go on;
    None at the end of the room.
    """
    found = Message.objects.filter(room_id=room_id, author_id=person_id, number__gt=behind, deleted_at=None)
    numbers = list(found.filter(number__lte=behind + SLICE).order_by("number").values_list("number", flat=True)[:CHUNK])
    if numbers:
        with transaction.atomic():
            statements = BulkSql()
            change = lock_rooms([room_id], statements).get(room_id)
            if change is not None:
                _erase(change, person_id, numbers, now)
        time.sleep(PAUSE_SECONDS)
    if len(numbers) == CHUNK:
        return numbers[-1]
    last = Room.objects.filter(pk=room_id).values_list("last_number", flat=True).first() or 0
    return behind + SLICE if behind + SLICE < last else None


def _erase(change: RoomChange, person_id: int, numbers: Sequence[int], now: datetime) -> None:
    """What another deleted meanwhile is theirs, as whose deletion it counts."""
    room_id = change.room.pk
    found = Message.objects.filter(room_id=room_id, author_id=person_id, number__in=numbers, deleted_at=None)
    messages = list(found.select_related("author").order_by("number"))
    make_tombstones(change, messages, now)
    change.save()
    happened = [MessageDeleted(room_id, message.number, person_id, person_id) for message in messages]
    record(happened, statements=change.statements, now=now)
