"""The threads of the answers that there were before: each room in a transaction of its own, so that a version that runs
beside goes on posting. Begun anew after a crash it makes the same.
"""

from typing import Any

from django.db import migrations, transaction
from django.db.models.functions import Coalesce

ROWS_AT_ONCE = 1_000
THREAD_BIT, ROOT_BIT = 8, 16  # of groupchat.parts
PEOPLE = 5


def gather(apps: Any, schema_editor: Any) -> None:
    """The threads of the answers that there are: nobody need be told, for pages are read anew after an update."""
    Reply = apps.get_model("groupchat", "MessageReply")
    for room_id in list(Reply.objects.order_by("room_id").values_list("room_id", flat=True).distinct()):
        with transaction.atomic():
            _gather_room(apps, room_id)


def _gather_room(apps: Any, room_id: int) -> None:
    Message = apps.get_model("groupchat", "Message")
    Reply = apps.get_model("groupchat", "MessageReply")
    Thread = apps.get_model("groupchat", "MessageThread")
    Thread.objects.filter(room_id=room_id).delete()
    roots: dict[int, int] = {}
    threads: dict[int, Any] = {}
    replies = list(Reply.objects.filter(room_id=room_id).order_by("number"))
    for start in range(0, len(replies), ROWS_AT_ONCE):
        some = replies[start : start + ROWS_AT_ONCE]
        messages = Message.objects.filter(room_id=room_id, number__in=[reply.number for reply in some])
        written = {
            number: (author_id, at) for number, author_id, at in messages.values_list("number", "author_id", "at")
        }
        for reply in some:
            reply.root = roots[reply.number] = roots.get(reply.to, reply.to)
            author_id, at = written[reply.number]
            thread = threads.setdefault(reply.root, Thread(room_id=room_id, number=reply.root, count=0, people=[]))
            thread.count += 1
            thread.last_number, thread.last_at = reply.number, at
            if author_id not in thread.people and len(thread.people) < PEOPLE:
                thread.people.append(author_id)
        Reply.objects.bulk_update(some, ["root"])
        nested = [reply.number for reply in some if reply.root != reply.to]
        _mark(Message.objects.filter(room_id=room_id, number__in=nested), ROOT_BIT)
    Thread.objects.bulk_create(threads.values(), batch_size=ROWS_AT_ONCE)
    numbers = list(threads)
    for start in range(0, len(numbers), ROWS_AT_ONCE):
        some = numbers[start : start + ROWS_AT_ONCE]
        _mark(Message.objects.filter(room_id=room_id, number__in=some), THREAD_BIT)


def _mark(messages: Any, bit: int) -> None:
    messages.update(parts=Coalesce("parts", 0).bitor(bit))


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("groupchat", "0028_draft_is_ones_own"),
    ]

    operations = [
        migrations.RunPython(gather, migrations.RunPython.noop),
    ]
