"""Who one is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groupchat import directory, permissions
from groupchat.actions import limits, people
from groupchat.errors import Unauthenticated
from groupchat.protocol import FindPeople, RenameMe
from groupchat.realtime.gateway.commands.declaration import Declaration
from groupchat.resources import person_resource
from groupchat.text import clean_person_name

if TYPE_CHECKING:
    from groupchat.realtime.gateway.native import NativeSession


async def rename_me(connection: NativeSession, command: RenameMe) -> None:
    """Every room of the person tells it to all who hear it: far more than what a name costs otherwise."""
    if connection.person is None:
        raise Unauthenticated("Write something first: a guest who wrote nothing is not known by any name.")
    name = clean_person_name(command.name)  # first: what is refused uses nothing up
    await connection.runtime.database.write(
        limits.require,
        limits.Asked("me.rename", connection.person.pk),
        message="You had many names just now. Keep this one for a while.",
    )
    before = connection.person.version
    renamed = await connection.act(people.take_name, name=name)
    # Between two parts others write.
    last: int | None = 0 if renamed.version != before else None
    while last is not None:
        last = await connection.runtime.database.write(people.name_anew, person_id=renamed.pk, behind=last)
    person = person_resource(renamed)
    connection.introduce([person])
    connection.reply(command.ref, {"person": person})


async def find_people(connection: NativeSession, command: FindPeople) -> None:
    if connection.person is None:
        raise Unauthenticated("Write something first: who wrote nothing has nobody to share a room with.")
    found = await connection.runtime.database.read(
        directory.find_people, connection.person, query=command.query, limit=command.limit
    )
    connection.reply(command.ref, {"people": found})


COMMANDS: tuple[Declaration[Any], ...] = (
    Declaration(
        RenameMe,
        rename_me,
        right=permissions.ONESELF,
        reply=("person",),
        limits=("max_person_name_characters", "max_renames_per_hour"),
    ),
    Declaration(FindPeople, find_people, right=permissions.FIND_PEOPLE, reply=("people",)),
)
