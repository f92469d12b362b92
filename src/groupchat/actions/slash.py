"""Running the slash commands of a site (`groupchat.slash`) for whoever writes one."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from groupchat.actions import limits
from groupchat.conf import conf
from groupchat.errors import ChatError, NotFound, TooLong, Unavailable
from groupchat.models import Person, Room
from groupchat.permissions import require_active, require_post
from groupchat.slash import Answer, SlashCommand, find
from groupchat.timeline import membership_in

logger = logging.getLogger("groupchat.slash")


@dataclass(frozen=True, slots=True)
class Running:
    """A command that may be run: by whom, in which room, with what behind its name."""

    command: SlashCommand
    person: Person
    room: Room
    text: str


def prepare(*, person: Person, room_id: int, name: str, text: str, now: float | None = None) -> Running:
    """Ask whether this person may run the command there, and count it; it writes nothing else.

    Who may write into a room may run commands in it. Raises NotFound (`field` is `name` where there is no such
    command), Forbidden, TooLong, RateLimited.
    """
    person = Person.objects.get(pk=person.pk)
    require_active(person)
    room = require_post(person, Room.objects.filter(pk=room_id).first(), membership_in(room_id, person))
    found = find(name)
    if found is None:
        raise NotFound(f"There is no command /{name[:32]} here. /help lists those that there are.", field="name")
    most = conf().max_body_characters
    if len(text) > most:
        raise TooLong(f"text: at most {most} characters.", field="text")
    limits.require_command(person, now=now)
    return Running(found, person, room, text)


def carry_out(running: Running) -> Answer:
    """What the site's function answers. Raises the ChatError that it raises; any other fault of it is logged, and
    becomes Unavailable.
    """
    command = running.command
    try:
        return command.run(person=running.person, room=running.room, text=running.text)
    except ChatError:
        raise
    except Exception as error:
        logger.exception("The command /%s failed.", command.name)
        raise Unavailable(f"/{command.name} failed. Whoever looks after this site can read why in its log.") from error
