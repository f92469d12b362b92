"""The commands of the protocol: a module a noun, and each command declared once in it."""

from __future__ import annotations

from typing import Any

from groupchat.realtime.gateway.commands import (
    agenda,
    blocks,
    changes,
    drafts,
    invites,
    memberships,
    messages,
    order,
    people,
    pins,
    reactions,
    rooms,
    session,
    slash,
    threads,
    typing,
)
from groupchat.realtime.gateway.commands.declaration import OF_EVERY_COMMAND, Declaration

__all__ = ["COMMANDS", "DECLARED", "OF_EVERY_COMMAND", "Declaration"]

COMMANDS: tuple[Declaration[Any], ...] = (
    *session.COMMANDS,
    *rooms.COMMANDS,
    *memberships.COMMANDS,
    *drafts.COMMANDS,
    *invites.COMMANDS,
    *messages.COMMANDS,
    *reactions.COMMANDS,
    *pins.COMMANDS,
    *agenda.COMMANDS,
    *threads.COMMANDS,
    *order.COMMANDS,
    *people.COMMANDS,
    *blocks.COMMANDS,
    *slash.COMMANDS,
    *changes.COMMANDS,
    *typing.COMMANDS,
)

DECLARED: dict[type[Any], Declaration[Any]] = {one.schema: one for one in COMMANDS}
"""By the schema that a frame was decoded to."""
