"""What a client gets for its hello: everything of its own is subscribed to, told, and followed from there."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from groupchat import __version__, permissions
from groupchat.conf import conf
from groupchat.errors import Close, Forbidden, WrongVersion
from groupchat.floors import floor_behind
from groupchat.models import Person
from groupchat.protocol import PROTOCOL, Hello, PersonResource, Ping, RoomState, encode
from groupchat.publication import RoomChanges
from groupchat.realtime.delivery import resume
from groupchat.realtime.fanout.floors import Sight
from groupchat.realtime.fanout.topics import TopicKey
from groupchat.realtime.gateway.commands.declaration import Declaration
from groupchat.realtime.gateway.commands.opening import sight_of
from groupchat.resources import person_resource

if TYPE_CHECKING:
    from groupchat.realtime.gateway.native import NativeSession


class _Own(NamedTuple):
    """What was read of somebody: their own topic (None: nobody's), and how everything of theirs stands."""

    topic: TopicKey | None
    epoch: str | None
    found: resume.ResumeResult
    merged: int | None = None  # the guest whom the client was, and who is a part of this person by now


async def hello(connection: NativeSession, command: Hello) -> None:
    """Subscribe to everything of one's own, say what there is, then what changed, then that this is all."""
    if command.protocol != PROTOCOL:
        connection.refuse(command.ref, WrongVersion("There is a new version. Reload.", field="protocol"))
        connection.close(Close.RELOAD)
        return
    began, arrivals = time.monotonic(), connection.runtime.arrivals
    arrivals.hellos += 1
    arrivals.resumes += command.me is not None or bool(command.positions)
    own = await _read(connection, command)
    while own is not None and own.topic is None and connection.person is not None:
        own = await _read(connection, command)  # a guest became a person meanwhile; nothing was said yet
    if own is None:
        connection.close(Close.SIGNED_OUT)  # since the handshake
        return
    # From here to the end nothing is waited for: what was read is what is said.
    rooms = _welcome(connection, command, own)
    positions = _tell_changes(connection, own.found.changes)
    _commit(connection, own, rooms, positions)
    connection.send(encode({"type": "caught_up"}))
    arrivals.seconds.observe(time.monotonic() - began)


async def _read(connection: NativeSession, command: Hello) -> _Own | None:
    """Begin to hear of everything of one's own, then read it; None: the person is admitted no more."""
    database = connection.runtime.database
    person = connection.person or await database.read(_arrived, connection)
    if person is not None and connection.person is None:
        connection.adopt(person)
    topic: TopicKey | None = None
    if person is not None:
        topic = TopicKey("me", person.pk)
        try:
            ids = await connection.runtime.rooms_of.ask(person)
        except Forbidden:
            return None
        await connection.begin([topic, *(TopicKey("room", room_id) for room_id in ids)])
    epoch = resume.known_epoch() or await database.read(resume.epoch)
    found = resume.NOTHING_YET
    if person is not None:
        positions = {int(room): seq for room, seq in command.positions.items() if room.isdecimal()}
        same_epoch = command.epoch is None or command.epoch == epoch
        request = resume.ResumeRequest(person, positions, same_epoch)
        found = await connection.runtime.resumes.ask(request)
        while new := connection.not_begun(found.rooms):  # joined, on another socket, between the two reads
            await connection.begin(new)
            found = await connection.runtime.resumes.ask(request)
    merged = None
    if person is not None and command.person is not None and command.person != person.pk:
        merged = await database.read(_merged, command.person, person.pk)
    return _Own(topic, epoch, found, merged)


def _merged(guest_id: int, person_id: int) -> int | None:
    return guest_id if Person.objects.filter(pk=guest_id, merged_into_id=person_id).exists() else None


def _arrived(connection: NativeSession) -> Person | None:
    """A guest may have become a person on another socket, or by a form, since the handshake."""
    guest = connection.visitor.guest
    return Person.objects.filter(guest_id=guest.id).first() if guest is not None else None


def _welcome(connection: NativeSession, command: Hello, own: _Own) -> Sequence[RoomState]:
    """Answer the hello. Gives the rooms that it told of."""
    connection.welcomed = True
    person = own.found.person
    if person is not None:
        connection.see_sessions(person)
    me = person_resource(person) if person is not None else None
    if me is not None:
        connection.learn(me["id"], me["version"])
    rooms = [state for state in own.found.rooms if TopicKey("room", state["room"]["id"]) in connection.topics]
    connection.send(
        encode(
            {
                "type": "hello",
                "ref": command.ref,
                "protocol": PROTOCOL,
                "server": __version__,
                "epoch": own.epoch,
                "me": me,
                "is_owner": person.is_owner if person is not None else False,
                "seq": own.found.seq,
                "rooms": rooms,
                **_people(connection, own.found.people),
                "limits": _limits(),
            }
            | ({"is_admin": True} if person is not None and person.is_admin else {})
            | ({"merged": own.merged} if own.merged is not None else {})
            | ({"order": own.found.order} if own.found.order is not None else {})
            | _look(person)
            | ({"blocks": own.found.blocks} if own.found.blocks else {})
            | ({"agenda": own.found.agenda} if own.found.agenda is not None else {})
        )
    )
    return rooms


def _look(person: Person | None) -> dict[str, Any]:
    """How their pages are to look on every device, where they chose that."""
    if person is None or not person.theme:
        return {}
    return {"look": {"theme": person.theme, "more_contrast": person.more_contrast}}


def _people(connection: NativeSession, people: Sequence[PersonResource]) -> dict[str, Any]:
    """The people of one's conversations, where there are any; this connection has now been told of them."""
    for person in people:
        connection.learn(person["id"], person["version"])
    return {"people": people} if people else {}


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


def _tell_changes(connection: NativeSession, rooms: Mapping[int, RoomChanges | None]) -> dict[int, int]:
    """What changed in these rooms since the client's positions, or that they must be taken anew. Gives the positions
    that the client has come to.
    """
    positions: dict[int, int] = {}
    waiting, limit = 0, conf().largest_answer_bytes
    for room_id, changes in rooms.items():
        payload = encode(changes.frame) if changes is not None else b""
        # More than the outbox holds would close the socket as slow, now and at each return; a fresh page is small.
        if changes is None or (limit and waiting + len(payload) > limit):
            connection.runtime.arrivals.resets += 1
            connection.send(encode({"type": "reset", "room": room_id}))
        else:
            connection.introduce(changes.people)
            connection.send(payload)
            waiting += len(payload)
            positions[room_id] = changes.frame["to"]
    return positions


def _commit(connection: NativeSession, own: _Own, rooms: Sequence[RoomState], positions: Mapping[int, int]) -> None:
    """Let the hub go on from where the client stands now, and drop what was left between the reads."""
    hub = connection.runtime.hub
    if own.topic is not None:
        hub.commit(connection, own.topic, position=own.found.seq, last_number=0)
    for state in rooms:
        room_id = state["room"]["id"]
        position = positions.get(room_id, state["seq"])
        last_number = state["last_number"]
        key = TopicKey("room", room_id)
        sight = sight_of(state)
        if (changes := own.found.changes.get(room_id)) is not None:  # read later than the state
            sight = Sight(floor_behind(changes, connection.person_id, sight.floor))
        hub.commit(connection, key, position=position, last_number=last_number, sight=sight)
    known = {TopicKey("room", state["room"]["id"]) for state in rooms} | {own.topic}
    for key in [key for key in connection.topics if isinstance(key, TopicKey) and key not in known]:
        if connection in hub.topics[key].joining:
            hub.leave(connection, key)


async def pong(connection: NativeSession, command: Ping) -> None:
    """Say that somebody is there."""
    connection.reply(command.ref, {})


COMMANDS: tuple[Declaration[Any], ...] = (
    Declaration(
        Hello,
        hello,
        right=permissions.ANYBODY,
        reply="hello",
        limits=("max_positions", "max_changes", "max_uncounted", "max_rooms_per_connection", "max_outbox_bytes"),
    ),
    Declaration(Ping, pong, right=permissions.ANYBODY, reply=()),
)
