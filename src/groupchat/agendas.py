"""What people set aside for later, in short: as it is told in their own counters, the whole of it each time."""

from __future__ import annotations

from collections.abc import Mapping

from groupchat.models import SavedMessage, ScheduledMessage
from groupchat.protocol import AgendaResource, SavedResource
from groupchat.resources import moment


def agendas_of(seqs: Mapping[int, int]) -> dict[int, AgendaResource]:
    """Of each of these people, with the seq at which theirs last changed; two statements for all of them."""
    found: dict[int, AgendaResource] = {
        person_id: {"seq": seq, "saved": [], "scheduled": []} for person_id, seq in seqs.items()
    }
    if not found:
        return found
    for one in SavedMessage.objects.filter(person_id__in=found).order_by("-pk"):
        found[one.person_id]["saved"].append(saved_resource(one))
    rows = ScheduledMessage.objects.filter(person_id__in=found).order_by("at", "pk").defer("body")
    for row in rows:
        scheduled = found[row.person_id]["scheduled"]
        scheduled.append({"id": row.pk, "room": row.room_id, "at": moment(row.at)})
        if row.failure is not None:
            scheduled[-1]["failed"] = True
    return found


def saved_resource(one: SavedMessage) -> SavedResource:
    resource: SavedResource = {"room": one.room_id, "number": one.number}
    if one.remind_at is not None:
        resource["remind_at"] = moment(one.remind_at)
    if one.due_at is not None:
        resource["due"] = True
    return resource
