"""The tutorial protocol: the protocol of the Channels tutorial, over the same actions, hub and history."""

from __future__ import annotations

import secrets
from functools import partial
from typing import Any

from django.db import DatabaseError

from groupchat.actions import limits, rooms
from groupchat.actions.guests import act_as_new_guest
from groupchat.actions.messages import Post, Posted
from groupchat.errors import ChatError, Close, NotFound, Unavailable
from groupchat.identity import Visitor
from groupchat.protocol import ClassicPost, decode_classic, encode
from groupchat.realtime.delivery.opening import Behind, Stood
from groupchat.realtime.fanout.connection import Wire
from groupchat.realtime.fanout.topics import TopicKey
from groupchat.realtime.gateway.client_session import ClientSession
from groupchat.text import clean_body, clean_client_message_id, clean_room_name, fold

_FIELDS = {"body": "message"}  # what a field of ours is called here
MAX_WAITING_POSTS = 100  # of one socket, until the room is made


class TutorialSession(ClientSession):
    """A socket in one room. The room may not exist yet: it is made with the first message."""

    __slots__ = ("_heard_from", "_is_out", "_waiting", "name", "room_id")

    dialect_name = "classic"

    def __init__(self, wire: Wire, **of_door: Any) -> None:
        super().__init__(wire, **of_door)
        self.name = ""
        self.room_id: int | None = None
        self._is_out = False
        self._heard_from: int | None = None  # None: the room came to us, or to this address, while we waited
        self._waiting: list[ClassicPost] = []

    # --- coming and going ------------------------------------------------------------------------------------------

    def enter(self, name: str, stood: Stood | ChatError | None) -> None:
        """Listen to the room of this name, from where it `stood` before the socket was accepted (None: no room yet)."""
        self.name = name
        if self.person is not None:
            self.runtime.spawn(self._hear_of_sessions(self.person.pk))
        if stood is None:
            self._await_room()
        elif isinstance(stood, ChatError):
            self._leave(stood, Close.REMOVED)
        else:
            self._heard_from = stood.last_number + 1
            self._listen(stood.room, stood.seq, stood.last_number)
            if stood.is_open:
                self._tell_that_it_is_open(stood)

    def _tell_that_it_is_open(self, stood: Stood) -> None:
        """Who comes next without a row may hear the room unasked, where the hub stands where we were let in."""
        hub, key = self.runtime.hub, TopicKey("room", stood.room)
        if hub.hears(self, key) and hub.topics[key].position == stood.seq:
            hub.topics[key].is_open = True

    async def _hear_of_sessions(self, person_id: int) -> None:
        """Whoever signs out, or is switched off, leaves this door too."""
        if self.closed:
            return
        key = TopicKey("me", person_id)
        self.runtime.hub.begin(self, key)
        try:
            person = await self.runtime.people_now.ask(person_id)
        except (DatabaseError, NotFound):
            self.close(Close.ERROR)
            return
        if self.person is None:
            self.adopt(person)
        self.see_sessions(person)
        self.runtime.hub.commit(self, key, position=person.seq, last_number=0)

    def _await_room(self) -> None:
        """There is no such room: it may be made by us or by somebody else while we listen."""
        try:
            self.name = clean_room_name(self.name)
        except ChatError as error:
            self._leave(error, Close.UNKNOWN_ROOM)
            return
        self.runtime.awaited.add(fold(self.name), self)

    def open(self, room_id: int) -> None:
        """The room was made while we were waiting: hear all of its posts."""
        if self.room_id is None and not self.closed:
            self._listen(room_id, 0, 0)
            waiting, self._waiting = self._waiting, []
            for post in waiting:
                self._post(post)

    def _listen(self, room_id: int, position: int, last_number: int) -> None:
        """Hear the room's posts behind this one, which was the last when the room stood at `position`."""
        self.room_id = room_id
        key = TopicKey("room", room_id)
        topic = self.runtime.hub.begin(self, key)
        if topic.position is not None and topic.position <= position:
            self.runtime.hub.commit(self, key, position=position, last_number=last_number)  # nothing came since
        else:
            self.runtime.spawn(self._catch_up(key, last_number))

    async def _catch_up(self, key: TopicKey, last_number: int) -> None:
        """Send what was said behind this message, then hear the room from there."""
        try:
            while True:
                behind = Behind(self.person, key.id, last_number, self._heard_from)
                found = await self.runtime.posts_behind.ask(behind)
                if found.chunk is not None and not self.write(found.chunk):
                    return
                last_number = found.last_number
                if self._heard_from is None:
                    self._heard_from = last_number + 1
                if found.is_whole:
                    break
        except ChatError as error:
            self._leave(error, Close.UNKNOWN_ROOM)
        except DatabaseError:
            self.close(Close.ERROR)
        else:
            self.runtime.hub.commit(self, key, position=found.seq, last_number=last_number)

    def lost(self) -> None:
        super().lost()
        if self.room_id is None:
            self.runtime.awaited.discard(fold(self.name), self)

    def subscription_ended(self, topic: object) -> None:
        """Our person is out of the room, and this socket is for nothing else."""
        if topic == TopicKey("room", self.room_id or 0):
            self._is_out = True
            self.runtime.spawn(self._removed())
        else:
            self.close(Close.SIGNED_OUT)

    async def _removed(self) -> None:
        await self.reauthenticate()  # whoever is gone is out of all rooms, and hears that they signed out
        self.close(Close.REMOVED)

    def subscription_reset(self, topic: object, last_number: int) -> None:
        assert isinstance(topic, TopicKey)
        if topic.kind == "room":
            self.runtime.spawn(self._catch_up(topic, last_number))
        else:
            self.runtime.spawn(self._hear_of_sessions(topic.id))

    def _leave(self, error: ChatError, code: Close) -> None:
        self.refuse(None, error)
        self.close(code)

    # --- posts -----------------------------------------------------------------------------------------------------

    def received(self, text: str) -> None:
        self.is_alive = True
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
        if self.room_id is not None:
            self._post(post)
        elif len(self._waiting) >= MAX_WAITING_POSTS:
            self.refuse(None, Unavailable("The room is not open yet. Try again in a moment.", retry_after=1.0))
        else:
            self._waiting.append(post)
            self.make_room()

    def refuse(self, ref: Any, error: ChatError) -> None:
        told = error.as_json()
        if "field" in told:
            told["field"] = _FIELDS.get(told["field"], told["field"])
        # The tutorial's page prints the `message` of whatever comes.
        self.send(encode({"error": told, "message": error.message}))

    @property
    def has_posts_waiting(self) -> bool:
        """Whether there is something to say in a room that has yet to be made."""
        return bool(self._waiting) and not self.closed

    def make_room(self) -> None:
        """The first message makes the room, and the guest, if there is no row of them yet; once for all who wait."""
        if self.runtime.awaited.begin_making(fold(self.name)):
            self.runtime.spawn(self._make_room())

    async def _make_room(self) -> None:
        key = fold(self.name)
        try:
            room_id = await self.runtime.database.write(_enter_room, self.visitor, self.name, self.address)
        except ChatError as error:
            for _ in self._waiting:
                self.refuse(None, error)
            self._waiting.clear()
            self.runtime.awaited.not_made(key)
        except DatabaseError:
            self.close(Close.ERROR)
            self.runtime.awaited.not_made(key)
        else:
            self.runtime.room_made(key, room_id)

    def _post(self, post: ClassicPost) -> None:
        author = self.visitor.author
        if self.room_id is None or author is None or self.closed or self._is_out:
            return
        self.runtime.writes.submit(
            self.visitor_key,
            Post(self.room_id, author, post.message, post.client_message_id or secrets.token_hex(16), at_door=True),
            self._answer,
        )

    def _answer(self, result: Posted | ChatError) -> None:
        if isinstance(result, ChatError):
            self.refuse(None, result)
        elif self.person is None and TopicKey("me", result.author_id) not in self.topics:
            # This guest is a person now: whatever ends a person's sockets must find this one, too.
            self.runtime.spawn(self._hear_of_sessions(result.author_id))


def _enter_room(visitor: Visitor, name: str, address: str) -> int:
    allow = partial(limits.require_new_room, address=address)
    if visitor.person is not None:
        return rooms.enter_limited(person=visitor.person, name=name, before_making=allow).room.pk
    assert visitor.guest is not None  # the handshake lets nobody else in
    entered, _ = act_as_new_guest(guest=visitor.guest, action=rooms.enter_limited, name=name, before_making=allow)
    return entered.room.pk
