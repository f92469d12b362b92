"""One socket of the protocol: takes frames in, answers commands in order, and becomes a person's when a guest
writes.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db import DatabaseError

from groupchat.actions.guests import act_as_new_guest
from groupchat.actions.messages import Post, Posted
from groupchat.conf import conf
from groupchat.errors import ChatError, Invalid, RateLimited, Unauthenticated, Unavailable
from groupchat.models import Person
from groupchat.parts import parts_of
from groupchat.protocol import (
    AnyCommand,
    Hello,
    PersonResource,
    Ping,
    PostMessage,
    RoomState,
    decode,
    encode,
    ref_of,
    refusal,
    reply,
)
from groupchat.publication import MyChanges
from groupchat.realtime.delivery.publish import people_frame
from groupchat.realtime.delivery.resume import my_changes
from groupchat.realtime.fanout.connection import Wire
from groupchat.realtime.fanout.topics import Topic, TopicKey
from groupchat.realtime.gateway.client_session import ClientSession
from groupchat.realtime.gateway.commands import DECLARED
from groupchat.realtime.registries import GuestSession, discard
from groupchat.realtime.writing.group_commit import Act, InBulk, Locks
from groupchat.resources import moment, person_resource

logger = logging.getLogger("groupchat.realtime")

R = TypeVar("R")

MAX_WAITING_COMMANDS = 1_000  # of one connection; the rate limit is far below it, unless it is switched off
JOIN_SECONDS = 0.25  # how long a subscription waits for the broker; without it the sweep delivers
_BUSY = "Too many commands are waiting. Wait for their replies."
_UNKNOWN = "The database did not answer. Send the same again."


class NativeSession(ClientSession):
    """A socket at `/ws/`."""

    __slots__ = ("_inbox", "_working", "greeted", "welcomed")

    dialect_name = "native"

    def __init__(self, wire: Wire, **of_door: Any) -> None:
        super().__init__(wire, **of_door)
        self.greeted = False  # hello came
        self.welcomed = False  # and was answered
        self._inbox: deque[AnyCommand] | None = None
        self._working = False
        if self.visitor.person is None and self.visitor.guest is not None:
            self.runtime.of_guest[self.visitor.guest.id].add(self)

    # --- frames ----------------------------------------------------------------------------------------------------

    def received(self, text: str) -> None:
        self.is_alive = True
        if self.closed:
            return
        fast = self.too_fast()
        if fast is not None:
            self.refuse(ref_of(text), fast)
            return
        try:
            command = decode(text)
        except ChatError as error:
            self.refuse(ref_of(text), error)
            return
        if isinstance(command, Ping):
            self.reply(command.ref, {})
        elif not self.greeted and not isinstance(command, Hello):
            self.refuse(command.ref, Invalid("Send hello first.", field="type"))
        elif isinstance(command, PostMessage) and not self._working and self.person is not None:
            self.post(command)
        else:
            self._enqueue(command)

    def refuse(self, ref: Any, error: ChatError) -> None:
        self.send(refusal(ref, error))

    def reply(self, ref: Any, result: dict[str, Any]) -> None:
        self.send(reply(ref, result))

    def introduce(self, people: Sequence[PersonResource]) -> None:
        """Introduce the people whom the next frame names and this client does not know."""
        unknown = [one for one in people if not self.knows(one["id"], one["version"])]
        if unknown:
            self.send(people_frame(unknown).payload)
            for one in unknown:
                self.learn(one["id"], one["version"])

    # --- commands, one after the other -----------------------------------------------------------------------------

    def _enqueue(self, command: AnyCommand) -> None:
        if isinstance(command, Hello):
            self.greeted = True
        if self._inbox is None:
            self._inbox = deque()
        if len(self._inbox) >= MAX_WAITING_COMMANDS:
            self.refuse(command.ref, RateLimited(_BUSY, retry_after=1.0))
            return
        self._inbox.append(command)
        if not self._working:
            self._working = True
            self.runtime.spawn(self._work())

    async def _work(self) -> None:
        try:
            while self._inbox and not self.closed:
                command = self._inbox.popleft()
                try:
                    await DECLARED[type(command)].carry_out(self, command)
                except ChatError as error:
                    self.refuse(command.ref, error)
                except DatabaseError as error:
                    logger.warning("The database failed on %s: %r", command.type, error)
                    self.refuse(command.ref, Unavailable(_UNKNOWN, retry_after=1.0))
                except Exception:
                    logger.exception("%s failed.", command.type)
                    self.refuse(command.ref, Unavailable("The server made a mistake.", retry_after=5.0))
        finally:
            self._working = False
            self._inbox = None
            if self.closed:  # it went while a command subscribed it: nothing would take it out of the topics again
                self.runtime.hub.leave_all(self)

    def post(self, command: PostMessage) -> None:
        """Hand a post to the next batch; its reply comes after the commit."""
        ref = command.ref

        def answer(result: Posted | ChatError) -> None:
            if isinstance(result, ChatError):
                self.refuse(ref, result)
            else:
                self.reply(ref, _where(result))

        self.runtime.writes.submit(self.visitor_key, self._post_of(command), answer)

    async def post_as_guest(self, command: PostMessage) -> None:
        """Post, and be a person by it, before anything else is done: it may be about what they are then."""
        answered: asyncio.Future[Posted | ChatError] = self.runtime.loop.create_future()
        self.runtime.writes.submit(self.visitor_key, self._post_of(command), answered.set_result)
        result = await answered
        if isinstance(result, ChatError):
            raise result
        self.reply(command.ref, _where(result))
        if self.person is not None:
            return
        if result.arrival is not None:
            await self.become(result.arrival.person, result.arrival.mine)
        else:
            await self.arrived(result.author_id)

    def _post_of(self, command: PostMessage) -> Post:
        author = self.visitor.author
        assert author is not None  # the handshake lets nobody else in
        said = (command.body, command.client_message_id, command.seen, parts_of(command))
        return Post(command.room, author, *said, at_door=True)

    # --- subscriptions ---------------------------------------------------------------------------------------------

    async def begin(self, keys: Sequence[TopicKey]) -> None:
        """Subscribe, and give the broker a moment to send us these topics."""
        topics: list[Topic] = [self.runtime.hub.begin(self, key) for key in keys]
        joining = [topic.joined for topic in topics if topic.joined is not None and not topic.joined.done()]
        if joining:
            await asyncio.wait(joining, timeout=JOIN_SECONDS)

    def not_begun(self, rooms: Sequence[RoomState]) -> list[TopicKey]:
        """Which of these are not subscribed to, as far as there is room for them."""
        keys = [key for state in rooms if (key := TopicKey("room", state["room"]["id"])) not in self.topics]
        left = self.rooms_left()
        return keys if left is None else keys[:left]

    def rooms_left(self) -> int | None:
        """How many rooms more this connection may hear; None where there is no limit."""
        limit = conf().max_rooms_per_connection
        rooms_now = sum(isinstance(key, TopicKey) and key.kind == "room" for key in self.topics)
        return max(limit - rooms_now, 0) if limit else None

    def subscription_ended(self, topic: object) -> None:
        """The client saw in the frame itself that it is out."""

    # --- who it is -------------------------------------------------------------------------------------------------

    async def act(
        self, action: Callable[..., R], *, locks: Locks | None = None, in_bulk: InBulk | None = None, **arguments: Any
    ) -> R:
        """Carry out an action as the person behind this connection, behind all that they sent before.

        With `locks` or `in_bulk` it may share a transaction with actions of others. A guest without a row gets one with
        the first action that succeeds: a refused one leaves no trace. Raises what the action raises, and
        Unauthenticated.
        """
        writes, sender = self.runtime.writes, self.visitor_key
        if self.person is not None:
            result: R = await writes.act(sender, Act(action, {"person": self.person, **arguments}, locks, in_bulk))
            return result
        guest = self.visitor.guest
        if guest is None:
            raise Unauthenticated("Sign in first.")
        as_guest = {"guest": guest, "action": action, **arguments}
        acted: tuple[R, Person] = await writes.act(sender, Act(act_as_new_guest, as_guest))
        await self.become(acted[1])
        return acted[0]

    def known_anew(self, person: Person) -> None:
        if self.welcomed:
            self.introduce([person_resource(person)])

    async def arrived(self, person_id: int) -> None:
        """This guest became a person elsewhere, or on another socket."""
        await self.become(await self.runtime.database.read(Person.objects.get, pk=person_id))

    async def become(self, person: Person, mine: MyChanges | None = None) -> None:
        """This guest is a person now, on all of their sockets here: tell them, and let them hear of their own. `mine`
        are the changes of their own counter so far, where they are known.
        """
        guest = self.visitor.guest
        connections: set[GuestSession] = {self}
        if guest is not None:
            connections |= self.runtime.of_guest.pop(guest.id, set())
        for connection in connections:
            await connection.become_too(person, mine)

    async def become_too(self, person: Person, changes: MyChanges | None) -> None:
        """The guest of this socket is a person now, and somebody told the other sockets, or does."""
        if self.person is not None or self.closed:
            return
        self.adopt(person)
        if self.closed or not self.welcomed:
            return  # the answer to hello tells
        key = TopicKey("me", person.pk)
        await self.begin([key])
        resource = person_resource(person)
        self.learn(resource["id"], resource["version"])
        self.send(encode({"type": "me", "me": resource, "is_owner": person.is_owner, "seq": 0}))
        # What came between these changes and our beginning to listen, the hub or the sweep finds missing.
        changes = changes or await self.runtime.database.read(my_changes, person.pk, 0)
        position = 0
        if changes is not None:
            position = changes.frame["to"]
            if position:
                self.send(encode(changes.frame))
            if changes.sessions:  # before we began to hear of them
                self.runtime.spawn(self.reauthenticate())
        self.runtime.hub.commit(self, key, position=position, last_number=0)

    def adopt(self, person: Person) -> None:
        if self.visitor.guest is not None:
            discard(self.runtime.of_guest, self.visitor.guest.id, self)
        super().adopt(person)

    def lost(self) -> None:
        super().lost()
        if self.visitor.guest is not None:
            discard(self.runtime.of_guest, self.visitor.guest.id, self)


def _where(posted: Posted) -> dict[str, Any]:
    """Where the message stands, as the reply says it."""
    return {
        "room": posted.room_id,
        "number": posted.number,
        "seq": posted.seq,
        "at": moment(posted.at),
        "duplicate": posted.duplicate,
    }
