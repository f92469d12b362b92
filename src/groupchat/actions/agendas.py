"""What a guest set aside becomes that of the person of whom they become a part."""

from __future__ import annotations

from django.db import transaction

from groupchat.actions.counters import changed_agenda, lock_people
from groupchat.conf import conf
from groupchat.models import SavedMessage, ScheduledMessage


@transaction.atomic
def take_agenda(*, guest_id: int, person_id: int) -> None:
    """What both saved, and what both are to send with one client_message_id, is the person's own. Of what one person
    may not hold, what was saved last and what is to be sent first is taken. Done again it changes nothing.
    """
    people = lock_people([guest_id, person_id])
    saved = SavedMessage.objects.filter(person_id=guest_id)
    scheduled = ScheduledMessage.objects.filter(person_id=guest_id)
    if not saved.exists() and not scheduled.exists():
        return
    if people[person_id].deleted_at is None:
        limits = conf()
        had = set(SavedMessage.objects.filter(person_id=person_id).values_list("room_id", "number"))
        others = [one.pk for one in saved.order_by("-pk") if (one.room_id, one.number) not in had]
        saved.filter(pk__in=others[: _left(limits.max_saved_messages, len(had))]).update(person_id=person_id)
        to_send = ScheduledMessage.objects.filter(person_id=person_id)
        ids = set(to_send.values_list("room_id", "client_message_id"))
        new = [one.pk for one in scheduled.order_by("at") if (one.room_id, one.client_message_id) not in ids]
        left = _left(limits.max_scheduled_messages, len(ids))
        scheduled.filter(pk__in=new[:left]).update(person_id=person_id)
    SavedMessage.objects.filter(person_id=guest_id).delete()
    ScheduledMessage.objects.filter(person_id=guest_id).delete()
    changed_agenda([guest_id, person_id])


def _left(most: int, there: int) -> int | None:
    """How many more there may be; None: as many as there are."""
    return max(0, most - there) if most else None
