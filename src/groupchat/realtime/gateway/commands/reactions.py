"""Reactions: putting them to a message, and who did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groupchat import permissions, reactions
from groupchat.actions.reactions import react, react_all
from groupchat.protocol import React, Reactions
from groupchat.realtime.gateway.commands.declaration import Declaration
from groupchat.realtime.gateway.commands.opening import heard_from

if TYPE_CHECKING:
    from groupchat.realtime.gateway.native import NativeSession


async def react_to_message(connection: NativeSession, command: React) -> None:
    seq = await connection.act(
        react,
        in_bulk=react_all,
        room_id=command.room,
        number=command.number,
        emoji=command.emoji,
        on=command.on,
    )
    connection.reply(command.ref, {"seq": seq})


async def read_reactions(connection: NativeSession, command: Reactions) -> None:
    page = await connection.runtime.database.read(
        reactions.reactions,
        connection.person,
        command.room,
        command.number,
        command.emoji,
        after=command.after,
        heard_from=heard_from(connection, command.room),
    )
    connection.introduce(page.people)
    told = {"room": command.room, "number": command.number, "emoji": command.emoji}
    connection.reply(command.ref, {**told, "people": page.ids, "next": page.next})


COMMANDS: tuple[Declaration[Any], ...] = (
    Declaration(
        React,
        react_to_message,
        right=permissions.REACT,
        reply=("seq",),
        limits=("max_reactions_per_person", "max_reactions_per_message"),
    ),
    Declaration(
        Reactions,
        read_reactions,
        right=permissions.READ,
        reply=("room", "number", "emoji", "people", "next"),
        limits=("max_page_members",),
    ),
)
