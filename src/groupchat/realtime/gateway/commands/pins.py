"""Pinned messages: pinning one, and which are pinned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groupchat import permissions, pins
from groupchat.actions.pins import pin
from groupchat.protocol import PinMessage, Pins
from groupchat.realtime.gateway.commands.declaration import Declaration
from groupchat.realtime.gateway.commands.opening import heard_from
from groupchat.realtime.writing.group_commit import Locks

if TYPE_CHECKING:
    from groupchat.realtime.gateway.native import NativeSession


async def pin_message(connection: NativeSession, command: PinMessage) -> None:
    seq = await connection.act(
        pin, locks=Locks.room(command.room), room_id=command.room, number=command.number, on=command.on
    )
    connection.reply(command.ref, {"seq": seq})


async def read_pins(connection: NativeSession, command: Pins) -> None:
    page = await connection.runtime.database.read(
        pins.pins,
        connection.person,
        command.room,
        after=command.after,
        heard_from=heard_from(connection, command.room),
    )
    connection.introduce(page.people)
    connection.reply(command.ref, {"room": command.room, "messages": page.messages, "next": page.next})


COMMANDS: tuple[Declaration[Any], ...] = (
    Declaration(PinMessage, pin_message, right=permissions.PIN, reply=("seq",), limits=("max_room_pins",)),
    Declaration(
        Pins,
        read_pins,
        right=permissions.READ,
        reply=("room", "messages", "next"),
        limits=("max_page_messages",),
    ),
)
