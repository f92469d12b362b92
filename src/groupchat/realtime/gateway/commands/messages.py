"""Messages: posting, changing and reading them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groupchat import permissions, versions
from groupchat.actions import messages
from groupchat.protocol import DeleteMessage, EditMessage, Messages, MessageVersions, PostMessage
from groupchat.realtime.delivery.opening import Range
from groupchat.realtime.gateway.commands.declaration import Declaration
from groupchat.realtime.gateway.commands.opening import heard_from
from groupchat.realtime.writing.group_commit import Locks

if TYPE_CHECKING:
    from groupchat.realtime.gateway.native import NativeSession


async def post_message(connection: NativeSession, command: PostMessage) -> None:
    if connection.person is None:
        await connection.post_as_guest(command)
    else:
        connection.post(command)


async def edit_message(connection: NativeSession, command: EditMessage) -> None:
    message = await connection.act(
        messages.edit,
        locks=Locks.room(command.room),
        room_id=command.room,
        number=command.number,
        body=command.body,
        at_door=True,
    )
    connection.reply(command.ref, {"seq": message.seq})


async def delete_message(connection: NativeSession, command: DeleteMessage) -> None:
    message = await connection.act(
        messages.delete, locks=Locks.room(command.room), room_id=command.room, number=command.number
    )
    connection.reply(command.ref, {"seq": message.seq})


async def read_messages(connection: NativeSession, command: Messages) -> None:
    place = (command.before, command.after, command.around)
    seen_from = heard_from(connection, command.room)
    asked = Range(connection.person, command.room, *place, command.limit, seen_from)
    page = await connection.runtime.pages.ask(asked)
    connection.introduce(page.people)
    connection.reply(
        command.ref,
        {
            "room": page.room,
            "seq": page.seq,
            "first_number": page.first_number,
            "last_number": page.last_number,
            "messages": page.messages,
            "notices": page.notices,
        },
    )


async def read_versions(connection: NativeSession, command: MessageVersions) -> None:
    found = await connection.runtime.database.read(versions.versions, command.room, command.number, connection.person)
    told = [{"body": version.body, "at": version.at} for version in found]
    connection.reply(command.ref, {"room": command.room, "number": command.number, "versions": told})


COMMANDS: tuple[Declaration[Any], ...] = (
    Declaration(
        PostMessage,
        post_message,
        right=permissions.POST,
        reply=("room", "number", "seq", "at", "duplicate"),
        limits=("max_body_characters", "max_posts_waiting"),
        http="POST /api/v1/rooms/<id>/messages",
    ),
    Declaration(
        EditMessage,
        edit_message,
        right=permissions.EDIT,
        reply=("seq",),
        limits=("max_body_characters",),
    ),
    Declaration(DeleteMessage, delete_message, right=permissions.DELETE, reply=("seq",)),
    Declaration(
        Messages,
        read_messages,
        right=permissions.READ,
        reply=("room", "seq", "first_number", "last_number", "messages", "notices"),
        limits=("max_page_messages",),
    ),
    Declaration(
        MessageVersions,
        read_versions,
        right=permissions.VERSIONS,
        reply=("room", "number", "versions"),
        limits=("max_message_versions",),
    ),
)
