"""What changed since a position: of a room, or of one's own."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from groupchat.protocol.agenda import AgendaResource
from groupchat.protocol.base import Command, PositiveId, Seq
from groupchat.protocol.memberships import MemberResource, MembershipResource
from groupchat.protocol.messages import MessageResource, NoticeResource
from groupchat.protocol.order import OrderResource
from groupchat.protocol.people import PersonResource
from groupchat.protocol.rooms import RoomResource, RoomState


class Changes(Command):
    """The changes since a position: of a room, or without `room` one's own."""

    type: Literal["changes"]
    room: PositiveId | None = None
    since: Seq


class ChangesFrame(TypedDict):
    """All that changed in a room with `since < seq <= to`, in its present state, each list in order of seq.

    `last_number` is the room's newest message number at `to`. Lists without entries are left out.
    """

    type: Literal["changes"]
    room: int
    since: int
    to: int
    last_number: int
    info: NotRequired[RoomResource]
    members: NotRequired[list[MemberResource]]
    messages: NotRequired[list[MessageResource]]
    notices: NotRequired[list[NoticeResource]]


class MyChangesFrame(TypedDict):
    """The same for a person's own counter; sent to that person's connections only. `people`: those of the conversations
    among `rooms`; `order`: what only they are told of keeping order, where that is new. `blocks`: the ids of all whom
    one blocks, where that changed. `agenda`: the whole of what one set aside for later, where that changed.
    """

    type: Literal["changes"]
    me: int
    since: int
    to: int
    memberships: NotRequired[list[MembershipResource]]
    rooms: NotRequired[list[RoomState]]
    people: NotRequired[list[PersonResource]]
    order: NotRequired[OrderResource]
    blocks: NotRequired[list[int]]
    agenda: NotRequired[AgendaResource]
