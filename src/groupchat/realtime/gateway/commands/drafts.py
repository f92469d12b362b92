"""What somebody writes and has not sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groupchat import permissions
from groupchat.actions import memberships
from groupchat.protocol import SetDraft
from groupchat.realtime.gateway.commands.declaration import Declaration
from groupchat.realtime.writing.group_commit import Locks

if TYPE_CHECKING:
    from groupchat.realtime.gateway.native import NativeSession


async def set_draft(connection: NativeSession, command: SetDraft) -> None:
    person = connection.person
    membership = await connection.act(
        memberships.set_draft,
        locks=Locks.person(person.pk) if person is not None else None,
        room_id=command.room,
        text=command.text,
    )
    connection.reply(command.ref, {"seq": membership.person_seq})


COMMANDS: tuple[Declaration[Any], ...] = (
    Declaration(
        SetDraft,
        set_draft,
        right=permissions.MEMBER,
        reply=("seq",),
        limits=("max_draft_characters", "max_draft_characters_in_all"),
    ),
)
