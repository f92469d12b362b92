"""The doors for sockets: the handshake, and from then on whatever the client sends.

A consumer here has no channel of its own in the Channels layer and its own receive loop: Channels' dispatch makes a
thread hop for every frame, and a layer channel per socket costs a queue, a task and a copy for every delivery.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from channels.consumer import AsyncConsumer
from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from groupchat import identity
from groupchat.actions import limits
from groupchat.actions.people import Guest
from groupchat.conf import conf
from groupchat.errors import ChatError, Close, NotFound, RateLimited
from groupchat.identity import Visitor
from groupchat.models import Room
from groupchat.network import counted_as
from groupchat.realtime import runtime as runtimes
from groupchat.realtime.admission import descriptors, sessions
from groupchat.realtime.admission.handshake import Credentials, Handshake
from groupchat.realtime.delivery.opening import Asked, Stood
from groupchat.realtime.fanout.connection import Wire
from groupchat.realtime.fanout.topics import TopicKey
from groupchat.realtime.gateway.asgi_wire import AsgiWire
from groupchat.realtime.gateway.client_session import ClientSession
from groupchat.realtime.gateway.native import NativeSession
from groupchat.realtime.gateway.tutorial import TutorialSession
from groupchat.realtime.runtime import Runtime

SIGNED_UP_SECONDS = 30.0  # so long the cookie of a guest who got an account is told to come back with that
WIRE_EXTENSION = "groupchat.wire"


class _Consumer(AsyncConsumer):  # type: ignore[misc]
    """One handshake, one connection."""

    channel_layer_alias = None
    connection_class: type[ClientSession]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()  # websocket.connect
        runtime = await runtimes.here()
        handshake = Handshake.of(scope)
        runtime.refusals.look_for_a_proxy(scope)
        refusal = self._refusal_at_once(runtime, handshake)
        if refusal is not None:
            await runtime.refusals.refuse(send, *refusal)
            return
        runtime.addresses[handshake.address] += 1
        connection: ClientSession | None = None
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

    async def _admit(self, scope: Any, send: Any, runtime: Runtime, handshake: Handshake) -> ClientSession | None:
        """The connection, accepted; None where it was refused."""
        wrong_name: ChatError | None = None
        credentials = handshake.credentials
        try:
            nobody = sessions.shows_nothing(credentials)
            visitor = identity.NOBODY if nobody else await runtime.visitors_of.ask(credentials)
        except DatabaseError as error:
            await runtime.refusals.refuse(send, "database", str(error))
            return None
        if visitor.signed_up_at is not None and not _is_long_ago(visitor.signed_up_at):
            await runtime.refusals.refuse(send, "signed_up", handshake.address)
            return None
        headers: list[tuple[bytes, bytes]] = []
        if visitor.author is None and credentials.token and await self._guesses(runtime, handshake.address):
            await runtime.refusals.refuse(send, "tokens", handshake.address)
            return None
        if visitor.author is None and runtime.access.lets_in_strangers and not credentials.token:
            if not await self._may_come(runtime, handshake.address):
                await runtime.refusals.refuse(send, "newcomers", handshake.address)
                return None
            guest, wrong_name = self._new_guest(scope)
            visitor = Visitor(None, guest)
            signed = identity.sign_guest(guest)
            credentials = Credentials({**credentials.cookies, identity.GUEST_COOKIE: signed})
            headers.append((b"set-cookie", _guest_cookie(signed)))
        elif visitor.guest is not None and identity.GUEST_COOKIE not in credentials.cookies:
            # It came under a former name, which another server on this host may overwrite.
            headers.append((b"set-cookie", _guest_cookie(identity.guest_cookie_in(credentials.cookies))))
        reason = self._refusal(runtime, visitor)
        if reason is not None:
            await runtime.refusals.refuse(send, reason, handshake.address)
            return None
        # From now on, and not from its opening on: others of the same person are at the door, too.
        runtime.visitors.enter(visitor.key)
        connection: ClientSession | None = None
        try:
            connection = await self._open(scope, send, runtime, handshake.address, visitor, credentials, headers)
        finally:
            if connection is None:
                runtime.visitors.leave(visitor.key, runtime.loop.time())
        if connection is not None:
            runtime.devices.saw(visitor, handshake)
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
    ) -> ClientSession | None:
        try:
            stood: Stood | ChatError | None = await self.before(runtime, visitor, scope)
        except NotFound:
            stood = None
        except ChatError as error:
            stood = error
        except DatabaseError as error:
            await runtime.refusals.refuse(send, "database", str(error))
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

    async def _receive(self, connection: ClientSession, receive: Any) -> None:
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
            wire = connection.wire
            if not (isinstance(wire, AsgiWire) and wire.is_dead):
                raise  # the server stops; else we dropped a socket
            connection.runtime.spawn(wire.say_goodbye())
            # Some servers close only when somebody has taken what the client had sent before.
            connection.runtime.spawn(_take_rest(receive))
        finally:
            connection.lost()

    async def before(self, runtime: Runtime, visitor: Visitor, scope: Any) -> Stood | None:
        """What must be known before the socket is accepted; raises ChatError, which `opened` gets instead."""
        return None

    def opened(self, connection: Any, scope: Any, stood: Stood | ChatError | None) -> None:
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
    async def _may_come(runtime: Runtime, address: str) -> bool:
        """Count a newcomer, all of the same moment together. Most often there is nothing to count."""
        if not conf().max_new_guests_per_minute or not counted_as(address):
            return True
        return await runtime.newcomers.ask(address)

    @staticmethod
    async def _guesses(runtime: Runtime, address: str) -> bool:
        """Count a wrong token; whether there were too many."""
        try:
            await runtime.database.write(limits.require_fewer_wrong_tokens, address)
        except RateLimited:
            return True
        except DatabaseError:
            pass  # it is refused anyway
        return False

    @staticmethod
    def _refusal_at_once(runtime: Runtime, handshake: Handshake) -> tuple[str, str] | None:
        """Why it is refused whoever it is, and what that is about."""
        if runtime.draining:
            return "leaving", ""
        refusal = handshake.refusal
        limit = conf().max_connections_per_address
        if refusal is None and limit and runtime.addresses[handshake.address] >= limit:
            refusal = "address_limit", handshake.address
        if refusal is None and (open_files := descriptors.look()).is_short:
            refusal = "files", str(open_files)
        return refusal

    @staticmethod
    def _refusal(runtime: Runtime, visitor: Visitor) -> str | None:
        if visitor.author is None:
            return "sign_in"
        if visitor.person is not None and not visitor.person.is_admitted:
            return "sign_in"
        limit = conf().max_connections_per_user
        if limit and runtime.visitors.connections[visitor.key] >= limit:
            return "person_limit"
        return None

    @staticmethod
    def _forget_address(runtime: Runtime, address: str) -> None:
        runtime.addresses[address] -= 1
        if runtime.addresses[address] <= 0:
            del runtime.addresses[address]


class ChatConsumer(_Consumer):
    """`/ws/`: one socket for everything."""

    connection_class = NativeSession


class ClassicConsumer(_Consumer):
    """`/ws/chat/<room>/`: the protocol of the Channels tutorial."""

    connection_class = TutorialSession

    async def before(self, runtime: Runtime, visitor: Visitor, scope: Any) -> Stood | None:
        # Who was accepted hears all that comes after it, even what is posted before the subscription is made.
        slug: str = scope["url_route"]["kwargs"]["room"]
        if visitor.person is None and (room_id := runtime.public_rooms.get(slug)) is not None:
            topic = runtime.hub.topics.get(TopicKey("room", room_id))
            # Somebody here hears it, and it is known to be open where the topic stands: no need to ask.
            if topic is not None and topic.position is not None and topic.is_open:
                return Stood(room_id, topic.position, topic.last_number, is_open=True)
        state = await runtime.room_states.ask(Asked(visitor.person, slug=slug))
        runtime.public_rooms.learn(slug, state)
        is_open = state["room"]["kind"] in Room.OPEN
        return Stood(state["room"]["id"], state["seq"], state["last_number"], is_open)

    def opened(self, connection: Any, scope: Any, stood: Stood | ChatError | None) -> None:
        assert isinstance(connection, TutorialSession)
        connection.enter(scope["url_route"]["kwargs"]["room"], stood)


class UnknownAddress(AsyncConsumer):  # type: ignore[misc]
    """Any other path."""

    channel_layer_alias = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await (await runtimes.here()).refusals.refuse(send, "path", scope["path"])


async def _take_rest(receive: Any) -> None:
    while (await receive())["type"] != "websocket.disconnect":
        pass


def _is_long_ago(signed_up_at: datetime) -> bool:
    """Whether a browser that signed up then had the time to learn its session: before, it would become a new guest."""
    return timezone.now() - signed_up_at > timedelta(seconds=SIGNED_UP_SECONDS)


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
