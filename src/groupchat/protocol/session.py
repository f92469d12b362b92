"""The beginning of a connection, and its signs of life."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from groupchat.protocol.base import Command, Seq


class Hello(Command):
    """The first command of every connection."""

    type: Literal["hello"]
    protocol: int
    epoch: Annotated[str, Field(max_length=64)] | None = None
    me: Seq | None = None
    person: Annotated[int, Field(ge=0, lt=2**63)] | None = None
    positions: dict[Annotated[str, Field(max_length=20)], Seq] = Field(default_factory=dict)


class Ping(Command):
    """Asks for a reply; a browser cannot send a WebSocket ping."""

    type: Literal["ping"]
