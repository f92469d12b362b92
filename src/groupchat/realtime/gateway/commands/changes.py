"""What changed since a position."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groupchat import permissions
from groupchat.conf import conf
from groupchat.errors import Unauthenticated
from groupchat.protocol import Changes, encode
from groupchat.realtime.delivery import resume
from groupchat.realtime.gateway.commands.declaration import Declaration
from groupchat.realtime.gateway.commands.opening import heard_from

if TYPE_CHECKING:
    from groupchat.realtime.gateway.native import NativeSession


async def read_changes(connection: NativeSession, command: Changes) -> None:
    """The answer is the frame itself, with the ref."""
    database = connection.runtime.database
    if command.room is None:
        person = connection.person
        if person is None:
            raise Unauthenticated("Write something first: a guest who wrote nothing has nothing of their own.")
        mine = await database.read(resume.my_changes, person.pk, command.since)
        own: dict[str, Any] = {"type": "reset", "me": person.pk} if mine is None else {**mine.frame}
        connection.send(encode({**own, "ref": command.ref}))
        return
    seen_from = heard_from(connection, command.room)
    found = await database.read(resume.changes, connection.person, command.room, command.since, seen_from)
    payload = encode({**found.frame, "ref": command.ref}) if found is not None else b""
    limit = conf().largest_answer_bytes
    if found is None or (limit and len(payload) > limit):  # as in hello: a fresh page is small
        connection.send(encode({"type": "reset", "room": command.room, "ref": command.ref}))
        return
    connection.introduce(found.people)
    connection.send(payload)


COMMANDS: tuple[Declaration[Any], ...] = (
    Declaration(
        Changes,
        read_changes,
        right=permissions.READ,
        reply="changes",
        limits=("max_changes", "max_outbox_bytes"),
    ),
)
