"""uvicorn's WebSocket protocol with a way for ready-made frames.

It offers the ASGI extension `groupchat.wire`: the protocol object itself, which writes framed bytes to the transport
and calls a receiver for every message, so that no ASGI task, no queue and no copy stands between a socket and the
hub. It rests on uvicorn's inside, so the minor version is pinned; with another one the extension is left out, and
everything works over ordinary ASGI messages.
"""

from __future__ import annotations

import asyncio
import logging
import warnings
from typing import Any, Protocol

import uvicorn
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState
from websockets.extensions.permessage_deflate import PerMessageDeflate, ServerPerMessageDeflateFactory
from websockets.server import ServerProtocol

from groupchat.realtime.fanout.frames import Chunk, ping
from groupchat.realtime.gateway.consumers import WIRE_EXTENSION

SUPPORTED = "0.54."
supported = uvicorn.__version__.startswith(SUPPORTED)
if not supported:
    warnings.warn(
        f"The fast path is made for uvicorn {SUPPORTED}x; with {uvicorn.__version__} delivery costs more.",
        RuntimeWarning,
        stacklevel=1,
    )

_LARGEST_WINDOW = 15  # bits; what we compress once uses it, so only sockets that take it get compressed frames


class Receiver(Protocol):
    """What hears of a socket after it was attached. While `transport` is set, plain frames may be written to it."""

    transport: asyncio.WriteTransport | None

    def received(self, text: str) -> None: ...

    def received_bytes(self) -> None: ...

    def broken(self, code: int) -> None:
        """The client broke the protocol of WebSockets, and was told this code."""

    def lost(self) -> None: ...


class _Nowhere:
    """Stands in for the queue of a socket that nobody receives from by ASGI."""

    def put_nowait(self, event: Any) -> None: ...


_NOWHERE = _Nowhere()


class ChatWebSocketProtocol(WebSocketsSansIOProtocol):
    """One WebSocket."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.receiver: Receiver | None = None
        self.deflates = False
        # Without context takeover on either side no socket holds a compressor, and one compressed frame serves them
        # all.
        self.conn = ServerProtocol(
            extensions=[
                ServerPerMessageDeflateFactory(server_no_context_takeover=True, client_no_context_takeover=True)
            ],
            max_size=self.config.ws_max_size,
            logger=logging.getLogger("uvicorn.error"),
        )

    # --- the handshake ---------------------------------------------------------------------------------------------

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if supported and self.response.status_code == 101:
            self.scope["extensions"][WIRE_EXTENSION] = self  # type: ignore[assignment]

    async def run_asgi(self) -> None:
        """As uvicorn's own, but a task that ends after `attach` leaves the socket open."""
        try:
            await self.app(self.scope, self.receive, self.send)
        except ClientDisconnected:
            pass
        except BaseException:
            self.logger.exception("Exception in ASGI application\n")
            self.send_500_response()
        else:
            if not self.handshake_complete:
                self.logger.error("ASGI callable returned without completing handshake.")
                self.send_500_response()
        if self.receiver is None:
            if self.close_timer is None:
                self.transport.close()
        else:
            self._forget_handshake()

    def attach(self, receiver: Receiver) -> None:
        """From now on messages go to the receiver, and the ASGI task may end."""
        self.receiver = receiver
        self.stop_keepalive()  # the runtime's keeper asks all sockets; uvicorn's pings would go unheard and close it
        self.deflates = any(
            isinstance(extension, PerMessageDeflate)
            and extension.local_no_context_takeover
            and extension.local_max_window_bits == _LARGEST_WINDOW
            for extension in self.conn.extensions
        )
        if not self.deflates:
            receiver.transport = self.transport
        queue, self.queue = self.queue, _NOWHERE  # type: ignore[assignment]
        while not queue.empty():
            event = queue.get_nowait()
            if event["type"] == "websocket.receive":
                self._deliver(event.get("text"))
            elif event["type"] == "websocket.disconnect":
                receiver.lost()
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()

    def _forget_handshake(self) -> None:
        """Its headers would stay in memory as long as the socket does."""
        del self.scope, self.request, self.response

    # --- what comes in ---------------------------------------------------------------------------------------------

    def send_receive_event_to_app(self) -> None:
        if self.receiver is None:
            super().send_receive_event_to_app()
            return
        data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
        self.frames = []
        if self.close_sent:
            return
        if self.curr_msg_data_type != "text":
            self._deliver(None)
            return
        try:
            text = str(data, "utf-8")
        except UnicodeDecodeError:
            self.conn.fail(1007)
            self.handle_parser_exception()
            return
        self._deliver(text)

    def _deliver(self, text: str | None) -> None:
        assert self.receiver is not None
        try:
            if text is None:
                self.receiver.received_bytes()
            else:
                self.receiver.received(text)
        except Exception:
            self.logger.exception("A frame could not be taken.")

    def handle_pong(self, event: Any) -> None:
        if self.receiver is None:
            super().handle_pong(event)
        else:
            self.receiver.is_alive = True  # type: ignore[attr-defined]

    def handle_close(self, event: Any) -> None:
        self._take_transport()  # a close frame is the last one
        super().handle_close(event)

    def handle_parser_exception(self) -> None:
        self._take_transport()
        if self.receiver is not None and self.conn.close_sent is not None:
            self.receiver.broken(self.conn.close_sent.code)
        super().handle_parser_exception()

    def connection_lost(self, exc: Exception | None) -> None:
        self._take_transport()
        super().connection_lost(exc)
        receiver, self.receiver = self.receiver, None
        if receiver is not None:
            receiver.lost()

    def _take_transport(self) -> None:
        if self.receiver is not None:
            self.receiver.transport = None

    # --- the wire --------------------------------------------------------------------------------------------------

    def write(self, chunk: Chunk, limit: int) -> bool:
        transport = self.transport
        try:
            if limit and transport.get_write_buffer_size() > limit:
                return False
            if not self.close_sent:
                transport.write(chunk.deflated() if self.deflates else chunk.wire)
        except Exception as error:  # uvloop raises on a transport that was closed meanwhile
            self.logger.debug("A write failed: %s", error)
        return True

    def buffered(self) -> int:
        return self.transport.get_write_buffer_size()

    def close(self, code: int, reason: str) -> None:
        if self.close_sent or self.transport.is_closing():
            return
        try:
            self.conn.send_close(code, reason)
            self.transport.write(b"".join(self.conn.data_to_send()))
        except (InvalidState, OSError, RuntimeError) as error:
            self.logger.debug("A close frame could not be sent: %s", error)
        self.close_sent = True
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.close)

    def abort(self) -> None:
        self.transport.abort()

    def ping(self) -> bool:
        if not self.close_sent and not self.transport.is_closing():
            self.transport.write(ping())
        return True
