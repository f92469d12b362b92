"""Who is in a room, and how far one has read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groupchat import moderation, permissions
from groupchat.actions import limits, members, memberships, rooms, sanctions
from groupchat.actions.unreading import mark_unread
from groupchat.errors import Invalid
from groupchat.models import Membership
from groupchat.protocol import (
    Ban,
    GiveRole,
    Invite,
    JoinRoom,
    LeaveRoom,
    Members,
    OrderRooms,
    PinRoom,
    Read,
    Remove,
    Sanctions,
    Silence,
    Unban,
)
from groupchat.realtime.delivery.opening import Asked, Roll
from groupchat.realtime.gateway.commands.declaration import Declaration
from groupchat.realtime.gateway.commands.opening import STATE, open_room, require_place
from groupchat.realtime.writing.group_commit import Locks

if TYPE_CHECKING:
    from groupchat.realtime.gateway.native import NativeSession


async def join_room(connection: NativeSession, command: JoinRoom) -> None:
    require_place(connection, command.room)
    await connection.act(rooms.join, room_id=command.room)
    await open_room(connection, command.ref, command.room, {})


async def leave_room(connection: NativeSession, command: LeaveRoom) -> None:
    if connection.person is None:  # whoever has written nothing is in no room: there is nothing to leave
        await connection.runtime.room_states.ask(Asked(None, command.room))
    else:
        await connection.act(rooms.leave, room_id=command.room)
    connection.reply(command.ref, {})


async def read_members(connection: NativeSession, command: Members) -> None:
    page = await connection.runtime.rolls.ask(Roll(connection.person, command.room, command.after, command.limit))
    connection.introduce(page.people)
    connection.reply(
        command.ref,
        {"room": page.room, "seq": page.seq, "count": page.count, "members": page.members, "next": page.next},
    )


async def mark_read(connection: NativeSession, command: Read) -> None:
    if command.number is None and command.numbers is None:
        raise Invalid("Say up to which number is read, or which numbers.", field="number")
    if command.back:
        membership = await _mark_unread(connection, command)
    else:
        membership = await connection.act(
            memberships.read,
            in_bulk=memberships.read_all,
            room_id=command.room,
            number=command.number,
            numbers=command.numbers,
        )
    connection.reply(command.ref, {"last_read_number": membership.last_read_number, "seq": membership.person_seq})


async def _mark_unread(connection: NativeSession, command: Read) -> Membership:
    if command.number is None or command.numbers is not None:
        raise Invalid("Say behind which number everything is unread.", field="number")
    return await connection.act(mark_unread, room_id=command.room, number=command.number)


async def pin_room(connection: NativeSession, command: PinRoom) -> None:
    person = connection.person
    membership = await connection.act(
        memberships.pin,
        locks=Locks.person(person.pk) if person is not None else None,
        room_id=command.room,
        pinned=command.pinned,
    )
    connection.reply(command.ref, {"pinned": membership.pinned, "seq": membership.person_seq})


async def order_rooms(connection: NativeSession, command: OrderRooms) -> None:
    await connection.act(memberships.order, room_ids=command.rooms)
    connection.reply(command.ref, {})


async def invite(connection: NativeSession, command: Invite) -> None:
    came = await connection.act(
        members.invite_limited,
        room_id=command.room,
        people=command.people,
        before_inviting=limits.require_invitations,
    )
    connection.reply(command.ref, {"invited": came})


async def remove(connection: NativeSession, command: Remove) -> None:
    room = await connection.act(members.remove, room_id=command.room, target_id=command.person)
    connection.reply(command.ref, {"seq": room.seq})


async def give_role(connection: NativeSession, command: GiveRole) -> None:
    room = await connection.act(members.give_role, room_id=command.room, target_id=command.person, role=command.role)
    connection.reply(command.ref, {"seq": room.seq})


async def ban(connection: NativeSession, command: Ban) -> None:
    await connection.act(
        sanctions.ban,
        room_id=command.room,
        target_id=command.person,
        seconds=command.seconds,
        reason=command.reason,
    )
    connection.reply(command.ref, {})


async def unban(connection: NativeSession, command: Unban) -> None:
    await connection.act(sanctions.unban, room_id=command.room, target_id=command.person)
    connection.reply(command.ref, {})


async def silence(connection: NativeSession, command: Silence) -> None:
    await connection.act(
        sanctions.silence,
        room_id=command.room,
        target_id=command.person,
        seconds=command.seconds,
        reason=command.reason,
    )
    connection.reply(command.ref, {})


async def read_sanctions(connection: NativeSession, command: Sanctions) -> None:
    page = await connection.runtime.database.read(
        moderation.sanctions, connection.person, command.room, after=command.after
    )
    connection.introduce(page.people)
    connection.reply(command.ref, {"room": page.room, "sanctions": page.sanctions, "next": page.next})


COMMANDS: tuple[Declaration[Any], ...] = (
    Declaration(
        JoinRoom,
        join_room,
        right=permissions.JOIN,
        reply=STATE,
        limits=("max_rooms_per_connection",),
    ),
    Declaration(LeaveRoom, leave_room, right=permissions.LEAVE, reply=()),
    Declaration(
        Invite,
        invite,
        right=permissions.INVITE,
        reply=("invited",),
        limits=("max_invited_people", "max_invitations_per_hour"),
    ),
    Declaration(Remove, remove, right=permissions.REMOVE, reply=("seq",)),
    Declaration(Ban, ban, right=permissions.REMOVE, reply=()),
    Declaration(Unban, unban, right=permissions.REMOVE, reply=()),
    Declaration(Silence, silence, right=permissions.REMOVE, reply=()),
    Declaration(Sanctions, read_sanctions, right=permissions.REMOVE, reply=("room", "sanctions", "next")),
    Declaration(GiveRole, give_role, right=permissions.GIVE_ROLE, reply=("seq",)),
    Declaration(
        Members,
        read_members,
        right=permissions.READ,
        reply=("room", "seq", "count", "members", "next"),
        limits=("max_page_members",),
    ),
    Declaration(
        Read,
        mark_read,
        right=permissions.MEMBER,
        reply=("last_read_number", "seq"),
        limits=("max_read_ranges", "max_unread_back"),
    ),
    Declaration(PinRoom, pin_room, right=permissions.MEMBER, reply=("pinned", "seq")),
    Declaration(OrderRooms, order_rooms, right=permissions.ONESELF, reply=()),
)
