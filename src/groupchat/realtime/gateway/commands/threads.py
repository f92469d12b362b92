"""All answers to a message, and following them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groupchat import permissions, threads
from groupchat.actions.following import follow
from groupchat.errors import Invalid
from groupchat.protocol import FollowThread, Thread
from groupchat.realtime.gateway.commands.declaration import Declaration
from groupchat.realtime.gateway.commands.opening import heard_from
from groupchat.realtime.writing.group_commit import Locks

if TYPE_CHECKING:
    from groupchat.realtime.gateway.native import NativeSession


async def read_thread(connection: NativeSession, command: Thread) -> None:
    if command.before is not None and command.after is not None:
        raise Invalid("Ask for what is before a number or after it.", field="before")
    page = await connection.runtime.database.read(
        threads.thread,
        connection.person,
        command.room,
        command.root,
        before=command.before,
        after=command.after,
        limit=command.limit,
        heard_from=heard_from(connection, command.room),
    )
    connection.introduce(page.people)
    connection.reply(
        command.ref,
        {
            "room": page.room,
            "seq": page.seq,
            "root": page.root,
            "message": page.message,
            "messages": page.messages,
            "more": page.more,
            "following": page.following,
        },
    )


async def follow_thread(connection: NativeSession, command: FollowThread) -> None:
    person = connection.person
    membership = await connection.act(
        follow,
        locks=Locks.person(person.pk) if person is not None else None,
        room_id=command.room,
        root=command.root,
        on=command.on,
    )
    connection.reply(command.ref, {"on": command.on, "seq": membership.person_seq})


COMMANDS: tuple[Declaration[Any], ...] = (
    Declaration(
        Thread,
        read_thread,
        right=permissions.READ,
        reply=("room", "seq", "root", "message", "messages", "more", "following"),
        limits=("max_page_messages",),
    ),
    Declaration(
        FollowThread,
        follow_thread,
        right=permissions.MEMBER,
        reply=("on", "seq"),
        limits=("max_followed_threads",),
    ),
)
