"""What one sets aside for later: saved messages, and messages that are to be sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groupchat import agenda, permissions
from groupchat.actions import saving, scheduling
from groupchat.errors import Unauthenticated
from groupchat.models import Person
from groupchat.protocol import (
    CancelScheduled,
    ChangeScheduled,
    Saved,
    SaveMessage,
    Scheduled,
    ScheduleMessage,
    SendScheduled,
)
from groupchat.realtime.gateway.commands.declaration import Declaration
from groupchat.realtime.gateway.commands.times import moment_in
from groupchat.resources import moment

if TYPE_CHECKING:
    from groupchat.realtime.gateway.native import NativeSession


async def save_message(connection: NativeSession, command: SaveMessage) -> None:
    seq = await connection.act(
        saving.save,
        room_id=command.room,
        number=command.number,
        on=command.on,
        remind_at=moment_in(command.remind_at, "remind_at") if command.remind_at is not None else None,
    )
    connection.reply(command.ref, {"seq": seq})


async def read_saved(connection: NativeSession, command: Saved) -> None:
    page = await connection.runtime.database.read(agenda.saved, _somebody(connection), after=command.after)
    connection.introduce(page.people)
    connection.reply(command.ref, {"saved": page.saved, "next": page.next})


async def schedule_message(connection: NativeSession, command: ScheduleMessage) -> None:
    made = await connection.act(
        scheduling.schedule,
        room_id=command.room,
        body=command.body,
        at=moment_in(command.at, "at"),
        client_message_id=command.client_message_id,
        reply_to=command.reply_to,
    )
    connection.reply(command.ref, {"id": made.pk, "at": moment(made.at)})


async def read_scheduled(connection: NativeSession, command: Scheduled) -> None:
    page = await connection.runtime.database.read(agenda.scheduled, _somebody(connection), after=command.after)
    connection.reply(command.ref, {"scheduled": page.scheduled, "next": page.next})


async def change_scheduled(connection: NativeSession, command: ChangeScheduled) -> None:
    at = moment_in(command.at, "at") if command.at is not None else None
    _somebody(connection)
    seq = await connection.act(scheduling.change, id=command.id, body=command.body, at=at)
    connection.reply(command.ref, {"seq": seq})


async def cancel_scheduled(connection: NativeSession, command: CancelScheduled) -> None:
    _somebody(connection)
    seq = await connection.act(scheduling.cancel, id=command.id)
    connection.reply(command.ref, {"seq": seq})


async def send_scheduled(connection: NativeSession, command: SendScheduled) -> None:
    _somebody(connection)
    posted = await connection.act(scheduling.send_now, id=command.id)
    connection.reply(command.ref, {"room": posted.room_id, "number": posted.number})


def _somebody(connection: NativeSession) -> Person:
    """Whose it is; a guest who wrote nothing has set nothing aside."""
    if connection.person is None:
        raise Unauthenticated("Write something first: who wrote nothing has nothing set aside.")
    return connection.person


_AHEAD = "max_days_ahead"

COMMANDS: tuple[Declaration[Any], ...] = (
    Declaration(
        SaveMessage, save_message, right=permissions.READ, reply=("seq",), limits=("max_saved_messages", _AHEAD)
    ),
    Declaration(Saved, read_saved, right=permissions.ONESELF, reply=("saved", "next")),
    Declaration(
        ScheduleMessage,
        schedule_message,
        right=permissions.POST,
        reply=("id", "at"),
        limits=("max_body_characters", "max_scheduled_messages", _AHEAD),
    ),
    Declaration(Scheduled, read_scheduled, right=permissions.ONESELF, reply=("scheduled", "next")),
    Declaration(
        ChangeScheduled,
        change_scheduled,
        right=permissions.ONESELF,
        reply=("seq",),
        limits=("max_body_characters", _AHEAD),
    ),
    Declaration(CancelScheduled, cancel_scheduled, right=permissions.ONESELF, reply=("seq",)),
    Declaration(SendScheduled, send_scheduled, right=permissions.ONESELF, reply=("room", "number")),
)
