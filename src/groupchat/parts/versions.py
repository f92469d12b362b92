"""What a message said before it was edited: how many earlier versions are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Count, Max

from groupchat.conf import conf
from groupchat.models import Message, MessageVersion
from groupchat.parts.part import Part


def _read(room_id: int, numbers: Sequence[int]) -> Mapping[int, int]:
    found = MessageVersion.objects.filter(room_id=room_id, number__in=numbers)
    return dict(found.values_list("number").annotate(Count("pk")))


VERSIONS = Part("versions", bit=2, model=MessageVersion, read=_read)


def keep_version(message: Message) -> None:
    """Keep what a message says before it says something else; of many versions the newest. The caller saves
    `message.parts`.
    """
    kept = MessageVersion.objects.filter(room_id=message.room_id, number=message.number)
    version = (kept.aggregate(newest=Max("version"))["newest"] or 0) + 1
    MessageVersion.objects.create(
        room_id=message.room_id,
        number=message.number,
        version=version,
        body=message.body,
        at=message.edited_at or message.at,
    )
    most = conf().max_message_versions
    if most and version > most:
        kept.filter(version__lte=version - most).delete()
    message.parts = (message.parts or 0) | VERSIONS.bit
