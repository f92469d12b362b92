"""Slash commands of a site."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from groupchat import permissions
from groupchat.actions import slash
from groupchat.actions.messages import Post, Posted
from groupchat.conf import conf
from groupchat.errors import ChatError, Unauthenticated, Unavailable
from groupchat.protocol import RunCommand, SlashCommands
from groupchat.realtime.gateway.commands.declaration import Declaration
from groupchat.slash import Answer, Say, registered

if TYPE_CHECKING:
    from groupchat.realtime.gateway.native import NativeSession


async def list_commands(connection: NativeSession, command: SlashCommands) -> None:
    commands = [{"name": one.name, "help": str(one.help)} for one in registered()]
    connection.reply(command.ref, {"commands": commands})


async def run_command(connection: NativeSession, command: RunCommand) -> None:
    if connection.person is None:
        raise Unauthenticated("Write something first: a command is run by somebody who is known.")
    running = await connection.runtime.database.write(
        slash.prepare, person=connection.person, room_id=command.room, name=command.name, text=command.text
    )
    answer = await _answer(connection, running)
    number = None
    if isinstance(answer, Say):
        number = (await _post(connection, running, answer.text)).number
    text = answer[: conf().max_body_characters] if isinstance(answer, str) else None
    connection.reply(command.ref, {"text": text, "number": number})


async def _answer(connection: NativeSession, running: slash.Running) -> Answer:
    """Whoever wrote it waits for so long. The site's function goes on, for nobody can stop a thread; where it has not
    begun by then, it never does.
    """
    most = conf().max_commands_waiting
    submitted = connection.runtime.database.submit_for_site(most, slash.carry_out, running)
    work = asyncio.wrap_future(submitted)
    work.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be left to hear of it
    try:
        return await asyncio.wait_for(asyncio.shield(work), conf().command_seconds or None)
    except TimeoutError:
        if submitted.cancel():
            raise Unavailable(
                f"/{running.command.name} could not begin: others take long. Try it again later."
            ) from None
        raise Unavailable(f"/{running.command.name} has not answered yet. It may still do what it does.") from None


async def _post(connection: NativeSession, running: slash.Running, text: str) -> Posted:
    """As any post of its writer's: checked, limited and told as one."""
    answered: asyncio.Future[Posted | ChatError] = connection.runtime.loop.create_future()
    post = Post(running.room.pk, running.person, text, uuid4().hex, at_door=True)
    connection.runtime.writes.submit(connection.visitor_key, post, answered.set_result)
    result = await answered
    if isinstance(result, ChatError):
        raise result
    return result


COMMANDS: tuple[Declaration[Any], ...] = (
    Declaration(SlashCommands, list_commands, right=permissions.ANYBODY, reply=("commands",)),
    Declaration(
        RunCommand,
        run_command,
        right=permissions.POST,
        reply=("text", "number"),
        limits=("max_commands_run_per_minute", "max_commands_waiting", "max_body_characters", "command_seconds"),
    ),
)
