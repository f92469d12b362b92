"""Rooms: hearing them, making them, changing them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groupchat import directory, permissions
from groupchat.actions import rooms
from groupchat.protocol import (
    ArchiveRoom,
    Converse,
    CreateRoom,
    DeleteRoom,
    EnterRoom,
    FindRooms,
    RenameRoom,
    RestoreRoom,
    RoomSettings,
    SetTopic,
    Subscribe,
    Unsubscribe,
)
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
    entered = await connection.act(rooms.enter, name=command.name)
    await open_room(connection, command.ref, entered.room.pk, {"created": entered.created})


async def rename_room(connection: NativeSession, command: RenameRoom) -> None:
    room = await connection.act(rooms.rename, room_id=command.room, name=command.name)
    connection.reply(command.ref, {"seq": room.seq})


async def set_topic(connection: NativeSession, command: SetTopic) -> None:
    room = await connection.act(rooms.set_topic, room_id=command.room, topic=command.topic)
    connection.reply(command.ref, {"seq": room.seq})


async def create_room(connection: NativeSession, command: CreateRoom) -> None:
    require_place(connection, None)  # before anything is written
    room = await connection.act(rooms.create, name=command.name, kind=command.kind, topic=command.topic)
    await open_room(connection, command.ref, room.pk, {"created": True})


async def converse(connection: NativeSession, command: Converse) -> None:
    entered = await connection.act(rooms.converse, people=command.people)
    await open_room(connection, command.ref, entered.room.pk, {"created": entered.created})


async def change_settings(connection: NativeSession, command: RoomSettings) -> None:
    changes = {"name": command.name, "topic": command.topic, "kind": command.kind, "history": command.history}
    room = await connection.act(rooms.configure, room_id=command.room, **changes)
    connection.reply(command.ref, {"seq": room.seq, "slug": room.slug})


async def archive_room(connection: NativeSession, command: ArchiveRoom) -> None:
    room = await connection.act(rooms.archive, room_id=command.room, archived=command.archived)
    connection.reply(command.ref, {"seq": room.seq})


async def delete_room(connection: NativeSession, command: DeleteRoom) -> None:
    room = await connection.act(rooms.delete, room_id=command.room)
    connection.reply(command.ref, {"seq": room.seq})


async def restore_room(connection: NativeSession, command: RestoreRoom) -> None:
    room = await connection.act(rooms.restore, room_id=command.room)
    connection.reply(command.ref, {"seq": room.seq})


async def find_rooms(connection: NativeSession, command: FindRooms) -> None:
    found = await connection.runtime.database.read(
        directory.find_rooms, connection.person, query=command.query, after=command.after, limit=command.limit
    )
    rooms_found = [{**one.state, "members": one.members} for one in found.rooms]
    connection.reply(command.ref, {"rooms": rooms_found, "next": found.next})


COMMANDS: tuple[Declaration[Any], ...] = (
    Declaration(Subscribe, subscribe, right=permissions.READ, reply=STATE, limits=("max_rooms_per_connection",)),
    Declaration(Unsubscribe, unsubscribe, right=permissions.ANYBODY, reply=()),
    Declaration(
        EnterRoom,
        enter_room,
        right=permissions.JOIN,
        reply=("created", *STATE),
        writes=True,
        limits=("max_room_name_characters", "max_rooms_per_connection"),
    ),
    Declaration(
        RenameRoom,
        rename_room,
        right=permissions.MANAGE,
        reply=("seq",),
        writes=True,
        limits=("max_room_name_characters",),
    ),
    Declaration(
        SetTopic, set_topic, right=permissions.MANAGE, reply=("seq",), writes=True, limits=("max_topic_characters",)
    ),
    Declaration(
        CreateRoom,
        create_room,
        right=permissions.MAKE_ROOM,
        reply=("created", *STATE),
        writes=True,
        limits=("max_room_name_characters", "max_topic_characters", "max_rooms_per_connection"),
    ),
    Declaration(
        Converse,
        converse,
        right=permissions.CONVERSE,
        reply=("created", *STATE),
        writes=True,
        limits=("max_conversation_people", "max_rooms_per_connection"),
    ),
    Declaration(
        RoomSettings,
        change_settings,
        right=permissions.MANAGE,
        reply=("seq", "slug"),
        writes=True,
        limits=("max_room_name_characters", "max_topic_characters"),
    ),
    Declaration(ArchiveRoom, archive_room, right=permissions.MANAGE, reply=("seq",), writes=True),
    Declaration(DeleteRoom, delete_room, right=permissions.MANAGE, reply=("seq",), writes=True),
    Declaration(RestoreRoom, restore_room, right=permissions.RESTORE, reply=("seq",), writes=True),
    Declaration(FindRooms, find_rooms, right=permissions.ANYBODY, reply=("rooms", "next"), limits=("max_page_rooms",)),
)
