"""Messages that are sent later: once, if their author may write there when the time has come.

A message is posted and its row goes in one transaction, under the same client_message_id as ever: whatever dies on the
way, and however many processes try, it stands in the room once. The post comes first and the row is looked at again
behind it, for rooms are locked before people: where its author changed or cancelled it meanwhile, nothing was sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from groupchat.actions.counters import changed_agenda, lock_people
from groupchat.actions.messages import Post, Posted, post
from groupchat.actions.times import require_ahead
from groupchat.conf import conf
from groupchat.errors import ChatError, IdempotencyConflict, LimitReached, NotFound, RateLimited, Unavailable
from groupchat.models import Message, Person, Room, ScheduledMessage
from groupchat.parts import check_parts
from groupchat.permissions import require_active, require_post
from groupchat.text import clean_body, clean_client_message_id
from groupchat.timeline import membership_in

SENT_AT_ONCE = 20  # of one person
AGAIN_SECONDS = 10.0  # after which is tried what could not be done now


@transaction.atomic
def schedule(
    *,
    person: Person,
    room_id: int,
    body: str,
    at: datetime,
    client_message_id: str,
    reply_to: int | None = None,
    now: datetime | None = None,
) -> ScheduledMessage:
    """Write down a message that is to be sent at a time. With the same client_message_id it is the same one; where
    that was sent meanwhile, it has no id, and `at` is when it was.

    Raises what a post raises, Invalid for a time that is over or too far ahead, and LimitReached past
    `max_scheduled_messages`.
    """
    now = now or timezone.now()
    clean_body(body)
    clean_client_message_id(client_message_id)
    person = lock_people([person.pk])[person.pk]
    require_active(person)
    had = ScheduledMessage.objects.filter(person=person, room_id=room_id, client_message_id=client_message_id).first()
    if had is not None:
        return _the_same(had, body, reply_to)
    sent = Message.objects.filter(client_message_id=client_message_id, author=person, room_id=room_id).first()
    if sent is not None:
        return _as_sent(sent, body)
    require_ahead(at, field="at", now=now)
    _require_writable(person, room_id, reply_to)
    most = conf().max_scheduled_messages
    if most and ScheduledMessage.objects.filter(person=person).count() >= most:
        raise LimitReached(f"You have {most} messages to be sent. Cancel one of them first.")
    made = ScheduledMessage.objects.create(
        person=person,
        room_id=room_id,
        body=body,
        client_message_id=client_message_id,
        reply_to=reply_to,
        at=at,
        try_at=at,
    )
    changed_agenda([person.pk])
    return made


def _the_same(had: ScheduledMessage, body: str, reply_to: int | None) -> ScheduledMessage:
    if (had.body, had.reply_to) != (body, reply_to):
        raise IdempotencyConflict("You wrote another message with this client_message_id.")
    return had


def _as_sent(sent: Message, body: str) -> ScheduledMessage:
    """The answer to a retry that comes when it stands in the room already: edited since, perhaps, or deleted."""
    if sent.body != body and sent.edited_at is None and sent.deleted_at is None:
        raise IdempotencyConflict("You sent another message with this client_message_id.")
    return ScheduledMessage(person_id=sent.author_id, room_id=sent.room_id, body=body, at=sent.at)


def _require_writable(person: Person, room_id: int, reply_to: int | None) -> None:
    room = require_post(person, Room.objects.filter(pk=room_id).first(), membership_in(room_id, person))
    if reply_to is not None:
        check_parts({"reply_to": reply_to}, room)


@transaction.atomic
def change(
    *,
    person: Person,
    id: int,
    body: str | None = None,
    at: datetime | None = None,
    now: datetime | None = None,
) -> int:
    """Say something else, or at another time; what is None stays. One that was refused is tried again, at
    its time or at once. Gives the seq of the person. Raises NotFound and Invalid.
    """
    now = now or timezone.now()
    if body is not None:
        clean_body(body)
    if at is not None:
        require_ahead(at, field="at", now=now)
    one = _of(person, id)
    before = (one.body, one.at, one.failure)
    one.body = one.body if body is None else body
    one.at = one.at if at is None else at
    one.failure = None
    if (one.body, one.at, one.failure) == before:
        return Person.objects.values_list("agenda_seq", flat=True).get(pk=person.pk) or 0
    one.try_at = one.at
    one.save(update_fields=["body", "at", "try_at", "failure"])
    return changed_agenda([person.pk])[person.pk]


@transaction.atomic
def cancel(*, person: Person, id: int) -> int:
    """Don't send it; gives the seq of the person. Raises NotFound where it is none of theirs, or was sent."""
    _of(person, id).delete()
    return changed_agenda([person.pk])[person.pk]


def _of(person: Person, id: int) -> ScheduledMessage:
    """One of theirs, behind the lock of the person."""
    require_active(lock_people([person.pk])[person.pk])
    one = ScheduledMessage.objects.filter(pk=id, person=person).first()
    if one is None:
        raise NotFound("There is no such message to be sent. It may have been sent already.", field="id")
    return one


def send_now(*, person: Person, id: int, now: datetime | None = None) -> Posted:
    """Send it now. Raises what a post raises; then it waits as before."""
    require_active(person)
    while True:
        one = ScheduledMessage.objects.filter(pk=id, person=person).first()
        if one is None:
            raise NotFound("There is no such message to be sent. It may have been sent already.", field="id")
        try:
            with transaction.atomic():
                (outcome,) = _send(person, [one], now or timezone.now())
                if isinstance(outcome, ChatError):
                    raise outcome
                return outcome
        except _ChangedMeanwhile:
            continue


def is_something_to_send(*, now: datetime | None = None) -> bool:
    return ScheduledMessage.objects.filter(try_at__lte=now or timezone.now()).exists()


def send_some(*, now: datetime | None = None) -> bool:
    """Send what somebody's time has come for, in order; whether there may be more."""
    now = now or timezone.now()
    due = ScheduledMessage.objects.filter(try_at__lte=now).order_by("try_at", "pk")
    first = due.select_related("person").first()
    if first is None:
        return False
    theirs = list(due.filter(person_id=first.person_id)[:SENT_AT_ONCE])
    try:
        with transaction.atomic():
            _send(first.person, theirs, now)
    except _ChangedMeanwhile:
        pass
    return True


class _ChangedMeanwhile(Exception):
    """Its author changed or cancelled it, or another process sent it, while it was about to be sent."""


def _send(person: Person, some: Sequence[ScheduledMessage], now: datetime) -> Sequence[Posted | ChatError]:
    outcomes = post([_post_of(person, one) for one in some], now=now)
    lock_people([person.pk])
    present = {one.pk: one for one in ScheduledMessage.objects.filter(pk__in=[one.pk for one in some])}
    if any(_said(present.get(one.pk)) != _said(one) for one in some):
        raise _ChangedMeanwhile
    for one, outcome in zip(some, outcomes, strict=True):
        if isinstance(outcome, Posted):
            one.delete()
        elif isinstance(outcome, RateLimited | Unavailable):
            one.try_at = now + timedelta(seconds=outcome.retry_after or AGAIN_SECONDS)
            one.save(update_fields=["try_at"])
        else:
            one.try_at, one.failure = None, outcome.as_json()
            one.save(update_fields=["try_at", "failure"])
    changed_agenda([person.pk])
    return outcomes


def _post_of(person: Person, one: ScheduledMessage) -> Post:
    parts = {"reply_to": one.reply_to} if one.reply_to is not None else None
    return Post(one.room_id, person, one.body, one.client_message_id, None, parts, at_door=True)


def _said(one: ScheduledMessage | None) -> tuple[object, ...] | None:
    return (one.body, one.at, one.try_at) if one is not None else None
