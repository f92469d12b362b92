"""Invite links: made, listed, ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groupchat import invites, permissions
from groupchat.actions import invites as actions
from groupchat.actions import limits
from groupchat.invites import link_resource
from groupchat.protocol import EndInvite, Invites, MakeInvite
from groupchat.realtime.gateway.commands.declaration import Declaration

if TYPE_CHECKING:
    from groupchat.realtime.gateway.native import NativeSession


async def make_invite(connection: NativeSession, command: MakeInvite) -> None:
    made = await connection.act(
        actions.make_limited,
        room_id=command.room,
        expires_in=command.expires_in,
        uses=command.uses,
        role=command.role,
        before_making=limits.require_new_link,
    )
    connection.reply(command.ref, {"link": link_resource(made.link), "token": made.token})


async def read_invites(connection: NativeSession, command: Invites) -> None:
    page = await connection.runtime.database.read(invites.links, connection.person, command.room, after=command.after)
    connection.introduce(page.people)
    connection.reply(command.ref, {"room": page.room, "links": page.links, "next": page.next})


async def end_invite(connection: NativeSession, command: EndInvite) -> None:
    await connection.act(actions.end, room_id=command.room, link_id=command.id)
    connection.reply(command.ref, {})


COMMANDS: tuple[Declaration[Any], ...] = (
    Declaration(
        MakeInvite,
        make_invite,
        right=permissions.MAKE_LINK,
        reply=("link", "token"),
        limits=(
            "invite_link_days",
            "max_invite_link_days",
            "max_invite_link_uses",
            "max_invite_links",
            "max_invite_links_per_hour",
        ),
    ),
    Declaration(Invites, read_invites, right=permissions.MAKE_LINK, reply=("room", "links", "next")),
    Declaration(EndInvite, end_invite, right=permissions.END_LINK, reply=()),
)
