"""What a message said before it was edited."""

from __future__ import annotations

from dataclasses import dataclass

from groupchat.conf import conf
from groupchat.models import MessageVersion, Person, Room
from groupchat.permissions import require_versions
from groupchat.resources import moment
from groupchat.timeline import ALL_OF_THEM, MOST_BYTES_OF_A_CHARACTER, message_in


@dataclass(frozen=True, slots=True)
class Version:
    """What a message said before it was edited, and when its author wrote that."""

    body: str
    at: str


def versions(room_id: int, number: int, person: Person | None) -> list[Version]:
    """The earlier versions of a message, the oldest first; where they are more than one answer holds, the newest of
    them. Raises NotFound and Forbidden.
    """
    message, membership = message_in(Room.objects.filter(pk=room_id).first(), number, person)
    require_versions(person, message, membership)
    left = conf().largest_answer_bytes or ALL_OF_THEM
    found: list[Version] = []
    for version in MessageVersion.objects.filter(room_id=room_id, number=number).order_by("-version"):
        left -= MOST_BYTES_OF_A_CHARACTER * len(version.body)
        if left < 0 and found:
            break
        found.append(Version(version.body, moment(version.at)))
    return found[::-1]
