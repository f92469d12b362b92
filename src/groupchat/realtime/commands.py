"""What each command does. One function a command; the connection calls them one after the other."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from groupchat import __version__
from groupchat.actions import memberships, messages, rooms
from groupchat.conf import conf
from groupchat.errors import ChatError, Close, LimitReached, Unauthenticated, WrongVersion
from groupchat.models import Person
from groupchat.protocol import (
    PROTOCOL,
    AnyCommand,
    Changes,
    DeleteMessage,
    EditMessage,
    EnterRoom,
    Hello,
    JoinRoom,
    LeaveRoom,
    Members,
    Messages,
    PostMessage,
    Read,
    RenameRoom,
    SetTopic,
    Subscribe,
    Unsubscribe,
    encode,
)
from groupchat.realtime import resume
from groupchat.realtime.topics import TopicKey
from groupchat.resources import person_resource

if TYPE_CHECKING:
    from groupchat.realtime.chat import ChatConnection


async def carry_out(connection: ChatConnection, command: AnyCommand) -> None:
    """Do what the command says and answer it; raises what the door turns into an error."""
    await _COMMANDS[type(command)](connection, command)


async def hello(connection: ChatConnection, command: Hello) -> None:
    """Subscribe to everything of one's own, say what there is, then what changed, then that this is all."""
    if command.protocol != PROTOCOL:
        connection.refuse(command.ref, WrongVersion("There is a new version. Reload.", field="protocol"))
        connection.close(Close.RELOAD)
        return
    began, arrivals = time.monotonic(), connection.runtime.arrivals
    arrivals.hellos += 1
    arrivals.resumes += command.me is not None or bool(command.positions)
    hub, database = connection.runtime.hub, connection.runtime.database
    person = connection.person or await database.read(_arrived, connection)
    if person is not None and connection.person is None:
        connection.adopt(person)
    mine: TopicKey | None = None
    if person is not None:
        mine = TopicKey("me", person.pk)
        ids = await connection.runtime.rooms_of.ask(person)
        await connection.begin([mine, *(TopicKey("room", room_id) for room_id in ids)])
    epoch = resume.known_epoch() or await database.read(resume.epoch)
    positions = {int(room): seq for room, seq in command.positions.items() if room.isdecimal()}
    same_epoch = command.epoch is None or command.epoch == epoch
    found = resume.NOTHING_YET
    if person is not None:
        returns = resume.Return(person, positions, same_epoch)
        found = await connection.runtime.resumes.ask(returns)
        while new := connection.not_begun(found.rooms):  # joined, on another socket, between the two reads
            await connection.begin(new)
            found = await connection.runtime.resumes.ask(returns)
    if person is None and connection.person is not None:
        await hello(connection, command)  # a guest became a person meanwhile; nothing was said yet
        return
    connection.welcomed = True
    if found.person is not None:
        connection.see_sessions(found.person)
    me = person_resource(found.person) if found.person is not None else None
    if me is not None:
        connection.learn(me["id"], me["version"])
    begun = [state for state in found.rooms if TopicKey("room", state["room"]["id"]) in connection.topics]
    connection.send(
        encode(
            {
                "type": "hello",
                "ref": command.ref,
                "protocol": PROTOCOL,
                "server": __version__,
                "epoch": epoch,
                "me": me,
                "is_owner": found.person.is_owner if found.person is not None else False,
                "seq": found.seq,
                "rooms": begun,
                "limits": _limits(),
            }
        )
    )
    resumed: dict[int, int] = {}
    waiting, limit = 0, connection.max_outbox_bytes // 2
    for room_id, changes in found.changes.items():
        payload = encode(changes.frame) if changes is not None else b""
        # More than the outbox holds would close the socket as slow, now and at each return; a fresh page is small.
        if changes is None or (limit and waiting + len(payload) > limit):
            arrivals.resets += 1
            connection.send(encode({"type": "reset", "room": room_id}))
        else:
            connection.tell(changes.people)
            connection.send(payload)
            waiting += len(payload)
            resumed[room_id] = changes.frame["to"]
    if mine is not None:
        hub.commit(connection, mine, position=found.seq, last_number=0)
    for state in begun:
        room_id = state["room"]["id"]
        position = resumed.get(room_id, state["seq"])
        hub.commit(connection, TopicKey("room", room_id), position=position, last_number=state["last_number"])
    known = {TopicKey("room", state["room"]["id"]) for state in begun} | {mine}
    for key in [key for key in connection.topics if isinstance(key, TopicKey) and key not in known]:
        if connection in hub.topics[key].joining:
            hub.leave(connection, key)  # left between the two reads
    connection.send(encode({"type": "caught_up"}))
    arrivals.seconds.observe(time.monotonic() - began)


def _arrived(connection: ChatConnection) -> Person | None:
    """A guest may have become a person on another socket, or by a form, since the handshake."""
    guest = connection.visitor.guest
    return Person.objects.filter(guest_id=guest.id).first() if guest is not None else None


def _limits() -> dict[str, int]:
    options = conf()
    return {
        "body_characters": options.max_body_characters,
        "room_name_characters": options.max_room_name_characters,
        "topic_characters": options.max_topic_characters,
        "frame_bytes": options.max_frame_bytes,
        "page_messages": options.max_page_messages,
        "page_members": options.max_page_members,
    }


async def subscribe(connection: ChatConnection, command: Subscribe) -> None:
    room_id = await connection.runtime.database.read(resume.find_room, connection.person, command.room, command.slug)
    await _open(connection, command.ref, room_id, {})


async def _open(connection: ChatConnection, ref: Any, room_id: int, extra: dict[str, Any]) -> None:
    """Subscribe to a room, and answer with it as it is now."""
    hub = connection.runtime.hub
    key = TopicKey("room", room_id)
    _require_place(connection, room_id)
    heard = key in connection.topics
    await connection.begin([key])
    try:
        state = await connection.runtime.database.read(resume.look, connection.person, room_id)
    except Exception as error:
        hub.leave(connection, key)
        if heard and not isinstance(error, ChatError):
            # It goes on as one that hears the room, and does so no more: a new connection makes that true again.
            connection.close(Close.ERROR)
        raise
    connection.reply(ref, {**extra, **state})
    hub.commit(connection, key, position=state["seq"], last_number=state["last_number"])


def _require_place(connection: ChatConnection, room_id: int | None) -> None:
    """The connection hears this room, or may hear one more; raises LimitReached."""
    if connection.rooms_left() == 0 and TopicKey("room", room_id or 0) not in connection.topics:
        limit = conf().max_rooms_per_connection
        raise LimitReached(f"You have {limit} rooms, and more can't be open at once. Leave one first.", field="room")


async def unsubscribe(connection: ChatConnection, command: Unsubscribe) -> None:
    connection.runtime.hub.leave(connection, TopicKey("room", command.room))
    connection.reply(command.ref, {})


async def enter_room(connection: ChatConnection, command: EnterRoom) -> None:
    if connection.rooms_left() == 0:  # before anything is written
        _require_place(connection, await connection.runtime.database.read(rooms.id_of, name=command.name))
    entered = await connection.act(rooms.enter, name=command.name)
    await _open(connection, command.ref, entered.room.pk, {"created": entered.created})


async def join_room(connection: ChatConnection, command: JoinRoom) -> None:
    _require_place(connection, command.room)
    await connection.act(rooms.join, room_id=command.room)
    await _open(connection, command.ref, command.room, {})


async def leave_room(connection: ChatConnection, command: LeaveRoom) -> None:
    if connection.person is None:  # whoever has written nothing is in no room: there is nothing to leave
        await connection.runtime.database.read(resume.look, None, command.room)
    else:
        await connection.act(rooms.leave, room_id=command.room)
    connection.reply(command.ref, {})


async def rename_room(connection: ChatConnection, command: RenameRoom) -> None:
    room = await connection.act(rooms.rename, room_id=command.room, name=command.name)
    connection.reply(command.ref, {"seq": room.seq})


async def set_topic(connection: ChatConnection, command: SetTopic) -> None:
    room = await connection.act(rooms.set_topic, room_id=command.room, topic=command.topic)
    connection.reply(command.ref, {"seq": room.seq})


async def post_message(connection: ChatConnection, command: PostMessage) -> None:
    connection.post(command)


async def edit_message(connection: ChatConnection, command: EditMessage) -> None:
    message = await connection.act(messages.edit, room_id=command.room, number=command.number, body=command.body)
    connection.reply(command.ref, {"seq": message.seq})


async def delete_message(connection: ChatConnection, command: DeleteMessage) -> None:
    message = await connection.act(messages.delete, room_id=command.room, number=command.number)
    connection.reply(command.ref, {"seq": message.seq})


async def read_messages(connection: ChatConnection, command: Messages) -> None:
    page = await connection.runtime.database.read(
        resume.page,
        connection.person,
        command.room,
        command.before,
        command.after,
        command.around,
        command.limit,
    )
    connection.tell(page.people)
    connection.reply(
        command.ref,
        {
            "room": page.room,
            "seq": page.seq,
            "first_number": page.first_number,
            "last_number": page.last_number,
            "messages": page.messages,
            "notices": page.notices,
        },
    )


async def read_members(connection: ChatConnection, command: Members) -> None:
    page = await connection.runtime.database.read(
        resume.members, connection.person, command.room, command.after, command.limit
    )
    connection.tell(page.people)
    connection.reply(
        command.ref,
        {"room": page.room, "seq": page.seq, "count": page.count, "members": page.members, "next": page.next},
    )


async def read_changes(connection: ChatConnection, command: Changes) -> None:
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
    found = await database.read(resume.changes, connection.person, command.room, command.since)
    payload = encode({**found.frame, "ref": command.ref}) if found is not None else b""
    limit = connection.max_outbox_bytes // 2
    if found is None or (limit and len(payload) > limit):  # as in hello: a fresh page is small
        connection.send(encode({"type": "reset", "room": command.room, "ref": command.ref}))
        return
    connection.tell(found.people)
    connection.send(payload)


async def mark_read(connection: ChatConnection, command: Read) -> None:
    membership = await connection.act(memberships.read, room_id=command.room, number=command.number)
    connection.reply(command.ref, {"last_read_number": membership.last_read_number, "seq": membership.person_seq})


WRITES = (EnterRoom, JoinRoom, LeaveRoom, RenameRoom, SetTopic, EditMessage, DeleteMessage, Read)
"""What changes something, but for posts: each waits for the posts that the same connection sent before it."""

_COMMANDS: dict[type[Any], Callable[[Any, Any], Awaitable[None]]] = {
    Hello: hello,
    Subscribe: subscribe,
    Unsubscribe: unsubscribe,
    EnterRoom: enter_room,
    JoinRoom: join_room,
    LeaveRoom: leave_room,
    RenameRoom: rename_room,
    SetTopic: set_topic,
    PostMessage: post_message,
    EditMessage: edit_message,
    DeleteMessage: delete_message,
    Messages: read_messages,
    Members: read_members,
    Changes: read_changes,
    Read: mark_read,
}
