"""Rooms: hearing them, making them, changing them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from groupchat import directory, permissions
from groupchat.actions import limits, rooms
from groupchat.protocol import (
    ArchiveRoom,
    Converse,
    CreateRoom,
    DeleteRoom,
    EnterRoom,
    FindRooms,
    RenameRoom,
    RestoreRoom,
    RoomOrder,
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
    from collections.abc import Callable

    from groupchat.models import Person
    from groupchat.realtime.gateway.native import NativeSession

_OF_NEW_ROOMS = ("max_new_rooms_per_hour", "max_guest_rooms_per_hour", "max_guest_rooms_per_hour_of_address")
_OF_NAMES = ("max_room_name_characters", "max_room_renames_per_hour", "max_former_names")


async def subscribe(connection: NativeSession, command: Subscribe) -> None:
    found = await connection.runtime.room_states.ask(Asked(connection.person, command.room, command.slug))
    await open_room(connection, command.ref, found["room"]["id"], {})


async def unsubscribe(connection: NativeSession, command: Unsubscribe) -> None:
    connection.runtime.hub.leave(connection, TopicKey("room", command.room))
    connection.reply(command.ref, {})


async def enter_room(connection: NativeSession, command: EnterRoom) -> None:
    if connection.rooms_left() == 0:  # before anything is written
        require_place(connection, await connection.runtime.database.read(rooms.id_of, name=command.name))
    allow = _may_make(connection)
    entered = await connection.act(rooms.enter_limited, name=command.name, before_making=allow)
    await open_room(connection, command.ref, entered.room.pk, {"created": entered.created})


def _may_make(connection: NativeSession) -> Callable[[Person], None]:
    return partial(limits.require_new_room, address=connection.address)


async def rename_room(connection: NativeSession, command: RenameRoom) -> None:
    allow = partial(limits.require_new_name, room_id=command.room)
    room = await connection.act(rooms.configure_limited, room_id=command.room, name=command.name, before_renaming=allow)
    connection.reply(command.ref, {"seq": room.seq})


async def set_topic(connection: NativeSession, command: SetTopic) -> None:
    room = await connection.act(rooms.set_topic, room_id=command.room, topic=command.topic)
    connection.reply(command.ref, {"seq": room.seq})


async def create_room(connection: NativeSession, command: CreateRoom) -> None:
    require_place(connection, None)  # before anything is written
    room = await connection.act(
        rooms.create_limited,
        name=command.name,
        kind=command.kind,
        topic=command.topic,
        before_making=_may_make(connection),
    )
    await open_room(connection, command.ref, room.pk, {"created": True})


async def converse(connection: NativeSession, command: Converse) -> None:
    allow = _may_make(connection)
    entered = await connection.act(rooms.converse_limited, people=command.people, before_making=allow)
    await open_room(connection, command.ref, entered.room.pk, {"created": entered.created})


async def change_settings(connection: NativeSession, command: RoomSettings) -> None:
    room = await connection.act(
        rooms.configure_limited,
        room_id=command.room,
        name=command.name,
        topic=command.topic,
        kind=command.kind,
        history=command.history,
        guests=command.guests,
        before_renaming=partial(limits.require_new_name, room_id=command.room),
    )
    connection.reply(command.ref, {"seq": room.seq, "slug": room.slug})


async def keep_order(connection: NativeSession, command: RoomOrder) -> None:
    room = await connection.act(
        rooms.keep_order,
        room_id=command.room,
        slow_mode=command.slow_mode,
        locked=command.locked,
        raid=command.raid,
    )
    connection.reply(command.ref, {"seq": room.seq})


async def archive_room(connection: NativeSession, command: ArchiveRoom) -> None:
    room = await connection.act(rooms.archive, room_id=command.room, archived=command.archived)
    connection.reply(command.ref, {"seq": room.seq})


async def delete_room(connection: NativeSession, command: DeleteRoom) -> None:
    room = await connection.act(rooms.delete, room_id=command.room)
    connection.reply(command.ref, {"seq": room.seq})


async def restore_room(connection: NativeSession, command: RestoreRoom) -> None:
    room = await connection.act(rooms.bring_back, room_id=command.room)
    # Between two parts others write.
    last: int | None = 0
    while last is not None:
        last = await connection.runtime.database.write(rooms.tell_members, room_id=command.room, behind=last)
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
        limits=("max_room_name_characters", "max_rooms_per_connection", *_OF_NEW_ROOMS),
    ),
    Declaration(
        RenameRoom,
        rename_room,
        right=permissions.MANAGE,
        reply=("seq",),
        limits=_OF_NAMES,
    ),
    Declaration(SetTopic, set_topic, right=permissions.MANAGE, reply=("seq",), limits=("max_topic_characters",)),
    Declaration(
        CreateRoom,
        create_room,
        right=permissions.MAKE_ROOM,
        reply=("created", *STATE),
        limits=("max_room_name_characters", "max_topic_characters", "max_rooms_per_connection", *_OF_NEW_ROOMS),
    ),
    Declaration(
        Converse,
        converse,
        right=permissions.CONVERSE,
        reply=("created", *STATE),
        limits=("max_conversation_people", "max_rooms_per_connection", *_OF_NEW_ROOMS),
    ),
    Declaration(
        RoomSettings,
        change_settings,
        right=permissions.MANAGE,
        reply=("seq", "slug"),
        limits=(*_OF_NAMES, "max_topic_characters"),
    ),
    Declaration(
        RoomOrder,
        keep_order,
        right=permissions.KEEP_ORDER,
        reply=("seq",),
        limits=("max_slow_mode_seconds", "max_raid_seconds"),
    ),
    Declaration(ArchiveRoom, archive_room, right=permissions.MANAGE, reply=("seq",)),
    Declaration(DeleteRoom, delete_room, right=permissions.MANAGE, reply=("seq",)),
    Declaration(RestoreRoom, restore_room, right=permissions.RESTORE, reply=("seq",)),
    Declaration(FindRooms, find_rooms, right=permissions.ANYBODY, reply=("rooms", "next"), limits=("max_page_rooms",)),
)
