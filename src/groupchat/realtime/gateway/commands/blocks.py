"""Of whom one wants to hear nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groupchat import permissions
from groupchat.actions import blocks
from groupchat.errors import Unauthenticated
from groupchat.protocol import BlockPerson
from groupchat.realtime.gateway.commands.declaration import Declaration

if TYPE_CHECKING:
    from groupchat.realtime.gateway.native import NativeSession


async def block_person(connection: NativeSession, command: BlockPerson) -> None:
    if connection.person is None:
        raise Unauthenticated("Write something first: who wrote nothing has heard of nobody.")
    blocked = await connection.act(blocks.block, other_id=command.person, on=command.on)
    connection.reply(command.ref, {"blocks": blocked})


COMMANDS: tuple[Declaration[Any], ...] = (
    Declaration(
        BlockPerson,
        block_person,
        right=permissions.ONESELF,
        reply=("blocks",),
        limits=("max_blocked_people",),
    ),
)
