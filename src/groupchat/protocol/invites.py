"""Invite links."""

from __future__ import annotations

from typing import Literal, TypedDict

from groupchat.protocol.base import Command, PositiveId, Seq

InviteRole = Literal["moderator", "member", "reader"]


class InviteLinkResource(TypedDict):
    """An invite link that holds: who made it, what newcomers become, how often it was used. Null: no end, no limit."""

    id: int
    maker: int
    role: InviteRole
    uses: int
    most_uses: int | None
    made_at: str
    expires_at: str | None


class MakeInvite(Command):
    """Make a link by which others come into a room, or (no `room`) to the site; its secret is told this once."""

    type: Literal["invite.make"]
    room: PositiveId | None = None
    expires_in: Seq | None = None
    uses: PositiveId | None = None
    role: InviteRole = "member"


class Invites(Command):
    """The links that hold into a room, or to the site, in order of id, behind the link `after`."""

    type: Literal["invites"]
    room: PositiveId | None = None
    after: Seq = 0


class EndInvite(Command):
    """Let nobody in by a link any more."""

    type: Literal["invite.end"]
    room: PositiveId | None = None
    id: PositiveId
