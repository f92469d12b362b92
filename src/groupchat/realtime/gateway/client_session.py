"""What the two kinds of connections share: limits, refusals, coming and going."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, ClassVar

from groupchat.conf import conf
from groupchat.errors import ChatError, Close, RateLimited
from groupchat.identity import Visitor
from groupchat.models import Person
from groupchat.realtime.admission.handshake import Credentials
from groupchat.realtime.fanout.connection import Connection, Wire
from groupchat.realtime.registries import discard
from groupchat.realtime.runtime import Runtime

logger = logging.getLogger("groupchat.realtime")

REAUTHENTICATION_RETRY_SECONDS = 0.5  # after a look at a session that failed


class ClientSession(Connection):
    """A connection with a visitor behind it, whom the handshake has counted in."""

    __slots__ = ("_left", "address", "credentials", "runtime", "visitor", "visitor_key")

    dialect_name: ClassVar[str]

    def __init__(
        self,
        wire: Wire,
        *,
        runtime: Runtime,
        visitor: Visitor,
        credentials: Credentials,
        address: str,
    ) -> None:
        person_id = visitor.person.pk if visitor.person is not None else None
        super().__init__(wire, dialect=self.dialect_name, max_outbox_bytes=conf().max_outbox_bytes, person_id=person_id)
        self.runtime = runtime
        self.visitor = visitor
        self.visitor_key = visitor.key
        self.credentials = credentials
        self.address = address
        self._left = False
        runtime.connections.add(self)
        if person_id is not None:
            runtime.of_person[person_id].add(self)

    @property
    def person(self) -> Person | None:
        return self.visitor.person

    def received(self, text: str) -> None:
        """A text frame came in."""
        raise NotImplementedError

    def received_bytes(self) -> None:
        """A binary frame came in: nobody who knows the protocol sends one."""
        self.close(Close.BROKEN_FRAME)

    def close(self, code: Close) -> None:
        if not self.closed:
            self.runtime.refusals.close(code, self.address)
        super().close(code)

    def broken(self, code: int) -> None:
        """The server closed the socket for what came in."""
        if not self.closed:
            self.closed = True
            known = Close.TOO_LARGE if code == Close.TOO_LARGE else Close.BROKEN_FRAME
            self.runtime.refusals.close(known, self.address)

    def refuse(self, ref: Any, error: ChatError) -> None:
        """Answer a command with an error."""
        raise NotImplementedError

    def lost(self) -> None:
        """The socket is gone; called once or more."""
        if self._left:
            return
        self._left = True
        self.closed = True
        runtime = self.runtime
        runtime.hub.leave_all(self)
        runtime.connections.discard(self)
        runtime.visitors.leave(self.visitor_key, runtime.loop.time())
        if self.person is not None:
            discard(runtime.of_person, self.person.pk, self)
        runtime.addresses[self.address] -= 1
        if runtime.addresses[self.address] <= 0:
            del runtime.addresses[self.address]

    def adopt(self, person: Person) -> None:
        """Count this connection, and its allowance, as the person's from now on."""
        if self.closed:
            return  # it was counted out already, or is about to be
        if person.is_void_guest:  # since before we knew that this guest is a person
            self.close(Close.SIGNED_UP if person.has_account else Close.SIGNED_OUT)
            return
        if not person.is_admitted:
            self.close(Close.SIGNED_OUT)  # since before we knew that this guest is a person
            return
        before = self.visitor_key
        self.visitor = Visitor(person, self.visitor.guest)
        self.visitor_key = self.visitor.key
        self.person_id = person.pk
        self.runtime.visitors.rename(before, self.visitor_key, self.runtime.loop.time())
        self.runtime.writes.rename(before, self.visitor_key)
        self.runtime.of_person[person.pk].add(self)

    def see_sessions(self, person: Person) -> None:
        """This is our person, read after we began to hear of their sessions: did one end since the handshake?"""
        if self.person is not None and person.sessions_seq != self.person.sessions_seq:
            self.runtime.spawn(self.reauthenticate())

    async def reauthenticate(self) -> None:
        """Ask the session again who this is, until there is an answer; close where it is not the same any more."""
        while not self.closed:
            try:
                visitor = await self.runtime.visitors_of.ask(self.credentials)
                break
            except Exception as error:  # whatever store the site keeps its sessions in
                logger.warning("A session could not be read again; asking once more: %r", error)
                await asyncio.sleep(REAUTHENTICATION_RETRY_SECONDS)
        else:
            return
        if visitor.person is not None:
            same = self.person is not None and visitor.person.pk == self.person.pk and visitor.person.is_admitted
        else:
            same = self.person is None and visitor.guest is not None and visitor.guest == self.visitor.guest
        if not same:
            # A token of a guest who has an account acts for that one's person.
            comes_back = visitor.signed_up_at is not None or (self.credentials.token and visitor.person is not None)
            self.close(Close.SIGNED_UP if comes_back else Close.SIGNED_OUT)
        elif visitor.person is not None:
            self.visitor = Visitor(visitor.person, self.visitor.guest)  # its rights may have changed, or its name
            self.known_anew(visitor.person)

    def known_anew(self, person: Person) -> None:
        """This is who it is now. A client that is told of people hears of it."""

    def too_fast(self) -> RateLimited | None:
        """Takes one command from this visitor's allowance; a flood closes the socket."""
        now = self.runtime.loop.time()
        limit, flood = self.runtime.visitors.buckets(self.visitor_key, now)
        if flood.take(now):
            self.close(Close.FLOODING)
        wait = limit.take(now)
        if wait:
            return RateLimited("Too many messages at once. Try again in a moment.", retry_after=wait)
        return None
