"""Rooms: hearing them, making them, changing them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from groupchat import permissions
from groupchat.actions import limits, rooms
from groupchat.protocol import EnterRoom, RenameRoom, SetTopic, Subscribe, Unsubscribe
from groupchat.realtime.delivery.opening import Asked
from groupchat.realtime.fanout.topics import TopicKey
from groupchat.realtime.gateway.commands.declaration import Declaration
from groupchat.realtime.gateway.commands.opening import STATE, open_room, require_place

if TYPE_CHECKING:
    from groupchat.realtime.gateway.native import NativeSession


async def subscribe(connection: NativeSession, command: Subscribe) -> None:
    found = await connection.runtime.room_states.ask(Asked(connection.person, command.room, command.slug))
    await open_room(connection, command.ref, found["room"]["id"], {})


async def unsubscribe(connection: NativeSession, command: Unsubscribe) -> None:
    connection.runtime.hub.leave(connection, TopicKey("room", command.room))
    connection.reply(command.ref, {})


async def enter_room(connection: NativeSession, command: EnterRoom) -> None:
    if connection.rooms_left() == 0:  # before anything is written
        require_place(connection, await connection.runtime.database.read(rooms.id_of, name=command.name))
    allow = partial(limits.require_new_room, address=connection.address)
    entered = await connection.act(rooms.enter_limited, name=command.name, before_making=allow)
    await open_room(connection, command.ref, entered.room.pk, {"created": entered.created})


async def rename_room(connection: NativeSession, command: RenameRoom) -> None:
    allow = partial(limits.require_new_name, room_id=command.room)
    room = await connection.act(rooms.rename_limited, room_id=command.room, name=command.name, before_renaming=allow)
    connection.reply(command.ref, {"seq": room.seq})


async def set_topic(connection: NativeSession, command: SetTopic) -> None:
    room = await connection.act(rooms.set_topic, room_id=command.room, topic=command.topic)
    connection.reply(command.ref, {"seq": room.seq})


COMMANDS: tuple[Declaration[Any], ...] = (
    Declaration(Subscribe, subscribe, right=permissions.READ, reply=STATE, limits=("max_rooms_per_connection",)),
    Declaration(Unsubscribe, unsubscribe, right=permissions.ANYBODY, reply=()),
    Declaration(
        EnterRoom,
        enter_room,
        right=permissions.JOIN,
        reply=("created", *STATE),
        writes=True,
        limits=(
            "max_room_name_characters",
            "max_rooms_per_connection",
            "max_new_rooms_per_hour",
            "max_guest_rooms_per_hour",
            "max_guest_rooms_per_hour_of_address",
        ),
    ),
    Declaration(
        RenameRoom,
        rename_room,
        right=permissions.MANAGE,
        reply=("seq",),
        writes=True,
        limits=("max_room_name_characters", "max_room_renames_per_hour", "max_former_names"),
    ),
    Declaration(
        SetTopic, set_topic, right=permissions.MANAGE, reply=("seq",), writes=True, limits=("max_topic_characters",)
    ),
)
