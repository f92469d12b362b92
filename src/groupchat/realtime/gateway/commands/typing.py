"""Who is writing just now: told to whoever hears the room, and nowhere kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groupchat import permissions
from groupchat.errors import NotFound
from groupchat.protocol import Typing, TypingFrame, encode
from groupchat.realtime.delivery.publish import introduction_of, named
from groupchat.realtime.fanout.frames import Frame
from groupchat.realtime.fanout.topics import Ephemeral, TopicKey
from groupchat.realtime.gateway.commands.declaration import Declaration
from groupchat.resources import person_resource

if TYPE_CHECKING:
    from groupchat.realtime.gateway.native import NativeSession


async def typing(connection: NativeSession, command: Typing) -> None:
    """Asks no database: whoever hears a room may say so, and who may hear it no more does so no more."""
    key = TopicKey("room", command.room)
    if not connection.runtime.hub.hears(connection, key):
        raise NotFound("You don't hear this room. Subscribe to it first.", field="room")
    if connection.person is not None:  # a guest who has written nothing yet has no name here
        person = person_resource(connection.person)
        frame: TypingFrame = {"type": "typing", "room": command.room, "person": person["id"]}
        connection.runtime.ephemeral.send(
            Ephemeral(
                key=key,
                about=f"typing {person['id']}",
                frame=Frame(encode(frame)),
                named=named([person]),
                introduce=introduction_of({person["id"]: person}),
            )
        )
    connection.reply(command.ref, {})


COMMANDS: tuple[Declaration[Any], ...] = (
    Declaration(Typing, typing, right=permissions.HEAR, reply=(), limits=("max_ephemeral_deliveries_per_second",)),
)
