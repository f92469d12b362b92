"""What a guest set aside becomes that of the person of whom they become a part."""

from __future__ import annotations

from django.db import transaction

from groupchat.actions.counters import changed_agenda, lock_people
from groupchat.models import SavedMessage, ScheduledMessage


@transaction.atomic
def take_agenda(*, guest_id: int, person_id: int) -> None:
    """What both saved, and what both are to send with one client_message_id, is the person's own. Done again it
    changes nothing.
    """
    people = lock_people([guest_id, person_id])
    saved = SavedMessage.objects.filter(person_id=guest_id)
    scheduled = ScheduledMessage.objects.filter(person_id=guest_id)
    if not saved.exists() and not scheduled.exists():
        return
    if people[person_id].deleted_at is None:
        had = set(SavedMessage.objects.filter(person_id=person_id).values_list("room_id", "number"))
        saved.filter(pk__in=[one.pk for one in saved if (one.room_id, one.number) not in had]).update(
            person_id=person_id
        )
        to_send = ScheduledMessage.objects.filter(person_id=person_id)
        ids = set(to_send.values_list("room_id", "client_message_id"))
        new = [one.pk for one in scheduled if (one.room_id, one.client_message_id) not in ids]
        scheduled.filter(pk__in=new).update(person_id=person_id)
    SavedMessage.objects.filter(person_id=guest_id).delete()
    ScheduledMessage.objects.filter(person_id=guest_id).delete()
    changed_agenda([guest_id, person_id])
