"""Slash commands of a site."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from pydantic import Field

from groupchat.protocol.base import Command, PositiveId


class SlashCommands(Command):
    """The slash commands that this site adds to those of a client."""

    type: Literal["commands"]


class RunCommand(Command):
    """Run a slash command of the site in a room: it answers its writer alone, or posts as them.

    Not to be sent again when the answer was lost: what the site did may be done.
    """

    type: Literal["command.run"]
    room: PositiveId
    name: Annotated[str, Field(min_length=1, max_length=32)]
    text: str = ""


class SlashCommandResource(TypedDict):
    """A command, and what it does in a sentence."""

    name: str
    help: str
