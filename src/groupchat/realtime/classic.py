"""The classic door: the protocol of the Channels tutorial, over the same actions, hub and history."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from django.db import DatabaseError

from groupchat.actions import rooms
from groupchat.actions.guests import act_first
from groupchat.actions.messages import Post, Posted
from groupchat.errors import ChatError, Close, NotFound, Unavailable
from groupchat.identity import Visitor
from groupchat.models import Person
from groupchat.protocol import ChangesFrame, ClassicPost, RoomState, decode_classic, encode
from groupchat.realtime import resume
from groupchat.realtime.connection import Wire
from groupchat.realtime.door import DoorConnection
from groupchat.realtime.publish import as_publication
from groupchat.realtime.topics import TopicKey
from groupchat.text import clean_body, clean_client_message_id, clean_room_name, fold

logger = logging.getLogger("groupchat.realtime")

_FIELDS = {"body": "message"}  # what a field of ours is called here


class ClassicConnection(DoorConnection):
    """A socket in one room. The room may not exist yet: it is made with the first message."""

    __slots__ = ("_making", "_waiting", "name", "room_id")

    dialect_name = "classic"

    def __init__(self, wire: Wire, **of_door: Any) -> None:
        super().__init__(wire, **of_door)
        self.name = ""
        self.room_id: int | None = None
        self._waiting: list[ClassicPost] = []
        self._making = False

    # --- coming and going ------------------------------------------------------------------------------------------

    def enter(self, name: str, stood: RoomState | None) -> None:
        """Listen to the room of this name, from where it `stood` before the socket was accepted (None: no room yet)."""
        self.name = name
        self._making = True  # posts wait until we know whether there is a room
        self.runtime.spawn(self._enter(stood))

    async def _enter(self, stood: RoomState | None) -> None:
        await self._hear_of_sessions()
        if stood is not None:
            await self.listen(stood["room"]["id"], since=stood["seq"], last_number=stood["last_number"])
            return
        try:
            room_id = await self.runtime.database.read(resume.find_room, self.person, None, self.name)
        except NotFound:
            await self._await_room()
            return
        except ChatError as error:
            self._leave(error, Close.REMOVED)
            return
        except DatabaseError:
            self.close(Close.ERROR)
            return
        await self.listen(room_id)  # it was made since

    async def _hear_of_sessions(self) -> None:
        """Whoever signs out, or is switched off, leaves this door too."""
        if self.person is None or self.closed:
            return
        key = TopicKey("me", self.person.pk)
        self.runtime.hub.begin(self, key)
        try:
            person = await self.runtime.database.read(Person.objects.get, pk=self.person.pk)
        except DatabaseError:
            self.close(Close.ERROR)
            return
        self.see_sessions(person)
        self.runtime.hub.commit(self, key, position=person.seq, last_number=0)

    async def _await_room(self) -> None:
        """There is no such room: it may be made by us or by somebody else while we listen."""
        try:
            self.name = clean_room_name(self.name)
        except ChatError as error:
            self._leave(error, Close.UNKNOWN_ROOM)
            return
        if not self.closed:
            self.runtime.unmade.setdefault(fold(self.name), set()).add(self)
            self._making = False
            if self._waiting:
                self._make()

    async def listen(self, room_id: int, *, since: int = 0, last_number: int = 0) -> None:
        """Hear the room's posts: from this position, or all of them where the room was made while we were waiting."""
        if self.room_id is not None or self.closed:
            return
        self.room_id = room_id
        key = TopicKey("room", room_id)
        hub, database = self.runtime.hub, self.runtime.database
        hub.begin(self, key)
        try:
            found = await database.read(resume.changes, self.person, room_id, since)
            if found is None:  # too much came meanwhile: from now on
                state = await database.read(resume.look, self.person, room_id)
                hub.commit(self, key, position=state["seq"], last_number=state["last_number"])
                return
            for frame in as_publication(found).encode("classic", last_number):
                self.send(frame.payload)
            hub.commit(self, key, position=found.frame["to"], last_number=_newest(found.frame))
        except ChatError as error:
            self._leave(error, Close.UNKNOWN_ROOM)
        except DatabaseError:
            self.close(Close.ERROR)
        finally:
            self._making = False
            self._post_waiting()

    def lost(self) -> None:
        super().lost()
        waiting = self.runtime.unmade.get(fold(self.name))
        if waiting is not None:
            waiting.discard(self)
            if not waiting:
                del self.runtime.unmade[fold(self.name)]

    def subscription_ended(self, topic: object) -> None:
        """Our person is out of the room, and this socket is for nothing else."""
        if topic == TopicKey("room", self.room_id or 0):
            self.close(Close.REMOVED)
        else:
            self.close(Close.SIGNED_OUT)

    def _leave(self, error: ChatError, code: Close) -> None:
        self.refuse(None, error)
        self.close(code)

    # --- posts -----------------------------------------------------------------------------------------------------

    def received(self, text: str) -> None:
        self.heard = True
        if self.closed:
            return
        fast = self.too_fast()
        if fast is not None:
            self.refuse(None, fast)
            return
        try:
            post = decode_classic(text)
            clean_body(post.message)
            if post.client_message_id is not None:
                clean_client_message_id(post.client_message_id)
        except ChatError as error:
            self.refuse(None, error)
            return
        if self.room_id is not None and not self._making:
            self._post(post)
            return
        if len(self._waiting) >= 100:
            self.refuse(None, Unavailable("The room is not open yet. Try again in a moment.", retry_after=1.0))
            return
        self._waiting.append(post)
        if not self._making:
            self._make()

    def refuse(self, ref: Any, error: ChatError) -> None:
        told = error.as_json()
        if "field" in told:
            told["field"] = _FIELDS.get(told["field"], told["field"])
        self.send(encode({"error": told}))

    def _make(self) -> None:
        self._making = True
        self.runtime.spawn(self._make_room())

    async def _make_room(self) -> None:
        """The first message makes the room, and the guest, if there is no row of them yet."""
        try:
            entered = await self.runtime.database.write(_enter_room, self.visitor, self.name)
        except ChatError as error:
            self._making = False
            self._waiting.clear()
            self.refuse(None, error)
            return
        except DatabaseError:
            self.close(Close.ERROR)
            return
        self.runtime.room_made(fold(self.name), entered)
        await self.listen(entered)

    def _post_waiting(self) -> None:
        waiting, self._waiting = self._waiting, []
        for post in waiting:
            self._post(post)

    def _post(self, post: ClassicPost) -> None:
        author = self.visitor.author
        if self.room_id is None or author is None or self.closed:
            return
        self.runtime.posting.submit(
            self.visitor_key,
            Post(self.room_id, author, post.message, post.client_message_id or secrets.token_hex(16)),
            self._answer,
        )

    def _answer(self, result: Posted | ChatError) -> None:
        if isinstance(result, ChatError):
            self.refuse(None, result)
        elif self.person is None:
            self.runtime.spawn(self._become(result.author_id))

    async def _become(self, person_id: int) -> None:
        """This guest is a person now: whatever ends a person's sockets must find this one, too."""
        try:
            person = await self.runtime.database.read(Person.objects.get, pk=person_id)
        except DatabaseError:
            logger.warning("The person of a guest could not be read.", exc_info=True)
            return  # the next message tries again
        if self.person is None and not self.closed:
            self.adopt(person)
            await self._hear_of_sessions()


def _enter_room(visitor: Visitor, name: str) -> int:
    if visitor.person is not None:
        return rooms.enter(person=visitor.person, name=name).room.pk
    assert visitor.guest is not None  # the handshake lets nobody else in
    entered, _ = act_first(guest=visitor.guest, action=rooms.enter, name=name)
    return entered.room.pk


def _newest(frame: ChangesFrame) -> int:
    """The highest number among what was just sent: a message that was read later than its room's row is not sent
    again.
    """
    return max(frame["last_number"], *(message["number"] for message in frame.get("messages", ())), 0)
