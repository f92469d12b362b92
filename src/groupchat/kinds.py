"""What has a seq of its own in a room: the table over which changes are gathered, published, read and resumed.

A new kind is a row here, its list in `protocol.ChangesFrame`, and the same name in the client's `lib/kinds.js`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model

from groupchat.models import Membership, Message, Notice, Room
from groupchat.parts import message_resources, people_in
from groupchat.resources import member_resource, notice_resource

R = TypeVar("R", bound=Model)


@dataclass(frozen=True, slots=True)
class Kind(Generic[R]):
    """A kind of rows with `room_id` and `seq`, and an index of both."""

    name: str
    """Its list in a `changes` frame."""
    model: type[R]
    resources: Callable[[Sequence[R]], Sequence[Any]]
    """The rows as they stand on the wire, in their order."""
    key: Callable[[R], Hashable]
    """Which of the room's rows of this kind it is: a later state of the same one takes its place."""
    names: Callable[[Any], Iterable[int]]
    """Whom a resource names, by id: they are introduced before the frame."""
    stands_at: str | None = None
    """The member of a resource with the number of the message that it is or stands behind; None where it has no place
    in the history, and whoever may read the room may see it."""

    @property
    def seq_field(self) -> str:
        """The room's column with the seq at which something of this kind last changed."""
        return f"{self.name}_seq"

    def may_have_changed(self, room: Room, since: int) -> bool:
        """Whether something of this kind may have a higher seq than `since`, in a room as it was just read."""
        changed_at: int | None = getattr(room, self.seq_field)
        return room.kinds_seq != room.seq or changed_at is None or changed_at > since


MEMBERS: Kind[Membership] = Kind(
    "members",
    Membership,
    lambda rows: list(map(member_resource, rows)),
    key=lambda row: row.person_id,
    names=lambda member: (member["person"],),
)
MESSAGES: Kind[Message] = Kind(
    "messages",
    Message,
    message_resources,
    key=lambda row: row.number,
    names=lambda message: (message["author"], *people_in(message)),
    stands_at="number",
)
NOTICES: Kind[Notice] = Kind(
    "notices",
    Notice,
    lambda rows: list(map(notice_resource, rows)),
    key=lambda row: (row.after, row.kind),
    names=lambda notice: (notice["actor"],),
    stands_at="after",
)

ROOM_KINDS: tuple[Kind[Any], ...] = (MEMBERS, MESSAGES, NOTICES)

KIND_OF: dict[type[Model], Kind[Any]] = {kind.model: kind for kind in ROOM_KINDS}


def hearers(room: Room) -> frozenset[int] | None:
    """Who may hear this room, as it is now, by id; None: whoever may read it."""
    if room.deleted_at is not None:
        return frozenset()
    if room.is_open:
        return None
    joined = Membership.objects.filter(room=room, state=Membership.State.JOINED)
    return frozenset(joined.values_list("person_id", flat=True))


def departures(members: Iterable[Membership]) -> dict[int, int]:
    """Those among these who are in the room no more, each with the seq at which they went: their subscriptions end."""
    return {member.person_id: member.seq for member in members if member.state != Membership.State.JOINED}


def floors(members: Iterable[Membership]) -> dict[int, int]:
    """Those among these who are in the room and may not see all of it, each with the number that they may see first."""
    return {
        member.person_id: member.floor
        for member in members
        if member.floor > 0 and member.state == Membership.State.JOINED
    }
