"""The doors for sockets: the handshake, and from then on whatever the client sends.

A consumer here has no channel of its own in the Channels layer and its own receive loop: Channels' dispatch makes a
thread hop for every frame, and a layer channel per socket costs a queue, a task and a copy for every delivery.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs

from channels.consumer import AsyncConsumer
from django.conf import settings
from django.db import DatabaseError

from groupchat import identity
from groupchat.actions.people import Guest
from groupchat.conf import conf
from groupchat.errors import ChatError, Close
from groupchat.identity import Visitor
from groupchat.protocol import RoomState
from groupchat.realtime import resume
from groupchat.realtime import runtime as runtimes
from groupchat.realtime.asgi_wire import AsgiWire
from groupchat.realtime.chat import ChatConnection
from groupchat.realtime.classic import ClassicConnection
from groupchat.realtime.connection import Wire
from groupchat.realtime.door import DoorConnection
from groupchat.realtime.doorway import Credentials, Handshake
from groupchat.realtime.runtime import Runtime

logger = logging.getLogger("groupchat.realtime")

WIRE_EXTENSION = "groupchat.wire"


class _Consumer(AsyncConsumer):  # type: ignore[misc]
    """One handshake, one connection."""

    channel_layer_alias = None
    connection_class: type[DoorConnection]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()  # websocket.connect
        runtime = await runtimes.here()
        handshake = Handshake.of(scope)
        if runtime.draining or not handshake.is_allowed:
            await send({"type": "websocket.close"})  # before accept: the handshake is answered with 403
            return
        limit = conf().max_connections_per_address
        if limit and runtime.addresses[handshake.address] >= limit:
            await self._refuse(send, Close.TOO_MANY_CONNECTIONS)
            return
        runtime.addresses[handshake.address] += 1
        connection: DoorConnection | None = None
        try:
            connection = await self._admit(scope, send, runtime, handshake)
        finally:
            if connection is None:  # else it gives the address back when it is lost
                self._forget_address(runtime, handshake.address)
        if connection is None:
            return
        if isinstance(connection.wire, AsgiWire):
            await self._receive(connection, receive)
        else:
            connection.wire.attach(connection)  # type: ignore[attr-defined]  # frames come to it; this task ends

    async def _admit(self, scope: Any, send: Any, runtime: Runtime, handshake: Handshake) -> DoorConnection | None:
        """The connection, accepted; None where it was refused."""
        wrong_name: ChatError | None = None
        credentials = handshake.credentials
        try:
            visitor = await runtime.visitors_of.ask(credentials)
        except DatabaseError:
            logger.warning("The visitor of a handshake could not be read.", exc_info=True)
            await self._refuse(send, Close.ERROR)
            return None
        headers: list[tuple[bytes, bytes]] = []
        if visitor.author is None and conf().guests and not credentials.token:
            try:
                identity.newcomers.require(handshake.address)
            except ChatError:
                await self._refuse(send, Close.TOO_MANY_CONNECTIONS)
                return None
            guest, wrong_name = self._new_guest(scope)
            visitor = Visitor(None, guest)
            signed = identity.sign_guest(guest)
            credentials = Credentials({**credentials.cookies, identity.GUEST_COOKIE: signed})
            headers.append((b"set-cookie", _guest_cookie(signed)))
        code = self._refusal(runtime, visitor)
        if code is not None:
            await self._refuse(send, code)
            return None
        # From now on, and not from its opening on: others of the same person are at the door, too.
        runtime.visitors.enter(visitor.key)
        connection: DoorConnection | None = None
        try:
            connection = await self._open(scope, send, runtime, handshake.address, visitor, credentials, headers)
        finally:
            if connection is None:
                runtime.visitors.leave(visitor.key, runtime.loop.time())
        if connection is not None and wrong_name is not None:
            connection.refuse(None, wrong_name)
        return connection

    async def _open(
        self,
        scope: Any,
        send: Any,
        runtime: Runtime,
        address: str,
        visitor: Visitor,
        credentials: Credentials,
        headers: Sequence[tuple[bytes, bytes]],
    ) -> DoorConnection | None:
        try:
            stood = await self.before(runtime, visitor, scope)
        except DatabaseError:
            logger.warning("The room of a handshake could not be read.", exc_info=True)
            await self._refuse(send, Close.ERROR)
            return None
        await send({"type": "websocket.accept", "headers": headers})
        wire: Wire | None = scope.get("extensions", {}).get(WIRE_EXTENSION)
        connection = self.connection_class(
            wire if wire is not None else AsgiWire(send, asyncio.current_task()),
            runtime=runtime,
            visitor=visitor,
            credentials=credentials,
            address=address,
        )
        self.opened(connection, scope, stood)
        return connection

    async def _receive(self, connection: DoorConnection, receive: Any) -> None:
        try:
            while True:
                message = await receive()
                if message["type"] == "websocket.disconnect":
                    return
                if message.get("text") is not None:
                    if _is_too_large(message["text"]):  # not every server has a limit of its own, or ours
                        connection.close(Close.TOO_LARGE)
                    else:
                        connection.received(message["text"])
                else:
                    connection.received_bytes()
        except asyncio.CancelledError:
            if not connection.closed:
                raise  # the server stops; else we dropped a socket that did not read
            # Some servers close only when somebody has taken what the client had sent before.
            connection.runtime.spawn(_take_rest(receive))
        finally:
            connection.lost()

    async def before(self, runtime: Runtime, visitor: Visitor, scope: Any) -> RoomState | None:
        """What must be known before the socket is accepted."""
        return None

    def opened(self, connection: Any, scope: Any, stood: RoomState | None) -> None:
        """The connection is there; nothing was received yet."""

    def _new_guest(self, scope: Any) -> tuple[Guest, ChatError | None]:
        names = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("name")
        if names:
            try:
                return identity.new_guest(name=names[0]), None
            except ChatError as error:
                return identity.made_up_guest(), error
        return identity.made_up_guest(), None

    @staticmethod
    def _refusal(runtime: Runtime, visitor: Visitor) -> Close | None:
        if visitor.author is None:
            return Close.SIGN_IN
        if visitor.person is not None and not visitor.person.is_active:
            return Close.SIGN_IN
        limit = conf().max_connections_per_user
        if limit and runtime.visitors.connections[visitor.key] >= limit:
            return Close.TOO_MANY_CONNECTIONS
        return None

    @staticmethod
    def _forget_address(runtime: Runtime, address: str) -> None:
        runtime.addresses[address] -= 1
        if runtime.addresses[address] <= 0:
            del runtime.addresses[address]

    @staticmethod
    async def _refuse(send: Any, code: Close) -> None:
        """Accept and close: a browser sees a close code only after the handshake."""
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": int(code), "reason": ""})


class ChatConsumer(_Consumer):
    """`/ws/`: one socket for everything."""

    connection_class = ChatConnection


class ClassicConsumer(_Consumer):
    """`/ws/chat/<room>/`: the protocol of the Channels tutorial."""

    connection_class = ClassicConnection

    async def before(self, runtime: Runtime, visitor: Visitor, scope: Any) -> RoomState | None:
        # Who was accepted hears all that comes after it, even what is posted before the subscription is made.
        return await runtime.database.read(resume.stand, visitor.person, scope["url_route"]["kwargs"]["room"])

    def opened(self, connection: Any, scope: Any, stood: RoomState | None) -> None:
        assert isinstance(connection, ClassicConnection)
        connection.enter(scope["url_route"]["kwargs"]["room"], stood)


class NoSuchDoor(AsyncConsumer):  # type: ignore[misc]
    """Any other path."""

    channel_layer_alias = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.close"})


async def _take_rest(receive: Any) -> None:
    while (await receive())["type"] != "websocket.disconnect":
        pass


def _is_too_large(text: str) -> bool:
    limit = conf().max_frame_bytes
    # A character takes up to four bytes: most frames need no second look.
    return bool(limit) and 4 * len(text) > limit and len(text.encode()) > limit


def _guest_cookie(value: str) -> bytes:
    secure = "; Secure" if settings.SESSION_COOKIE_SECURE else ""
    return (
        f"{identity.GUEST_COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; "
        f"Max-Age={identity.GUEST_COOKIE_SECONDS}{secure}"
    ).encode("latin-1")
