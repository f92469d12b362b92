"""Coming into a room: subscribing to it, and answering with it as it is now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groupchat import timeline
from groupchat.conf import conf
from groupchat.errors import ChatError, Close, LimitReached
from groupchat.protocol import RoomState
from groupchat.realtime.delivery.opening import Asked
from groupchat.realtime.fanout.floors import Sight
from groupchat.realtime.fanout.topics import TopicKey

if TYPE_CHECKING:
    from groupchat.realtime.gateway.native import NativeSession

STATE = ("room", "seq", "last_number", "last_message_at", "me")
"""The members of the answer, but for `uncounted`, which is there where something is not counted."""


async def open_room(connection: NativeSession, ref: Any, room_id: int, extra: dict[str, Any]) -> None:
    """Subscribe to a room, and answer with it as it is now."""
    hub = connection.runtime.hub
    key = TopicKey("room", room_id)
    require_place(connection, room_id)
    was_subscribed = key in connection.topics
    await connection.begin([key])
    try:
        state = await connection.runtime.room_states.ask(Asked(connection.person, room_id))
        among = state["room"].get("people")
        people = await connection.runtime.database.read(timeline.people, among) if among else ()
    except Exception as error:
        hub.leave(connection, key)
        if was_subscribed and not isinstance(error, ChatError):
            # It goes on as one that hears the room, and does so no more: a new connection makes that true again.
            connection.close(Close.ERROR)
        raise
    connection.introduce(people)
    connection.reply(ref, {**extra, **state})
    hub.commit(connection, key, position=state["seq"], last_number=state["last_number"], sight=sight_of(state))


def sight_of(state: RoomState) -> Sight:
    """What whoever was told this may see of the room."""
    me = state["me"]
    return Sight(me["floor"]) if me is not None else Sight(state.get("floor", 0), looks=True)


def heard_from(connection: NativeSession, room_id: int) -> int | None:
    """From which number on the connection hears the room, 0: all of it; None where it does not."""
    return connection.runtime.hub.floor(connection, TopicKey("room", room_id))


def require_place(connection: NativeSession, room_id: int | None) -> None:
    """The connection hears this room, or may hear one more; raises LimitReached."""
    if connection.rooms_left() == 0 and TopicKey("room", room_id or 0) not in connection.topics:
        limit = conf().max_rooms_per_connection
        raise LimitReached(f"You have {limit} rooms, and more can't be open at once. Leave one first.", field="room")
