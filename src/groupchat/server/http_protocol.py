"""uvicorn's HTTP protocol with limits of ours: of a request's head, of its time, and of open files."""

from __future__ import annotations

from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from groupchat.network import canonical
from groupchat.realtime import runtime
from groupchat.realtime.admission import descriptors

_HEAD_TOO_LARGE = b"The head of the request is too large.\n"
_TOO_FEW_FILES = b"The server has no more room for connections.\n"


class ChatHttpProtocol(HttpToolsProtocol):
    """One connection that is no WebSocket (yet)."""

    max_head_bytes = 0  # 0: no limit; the server's start sets it

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_bytes = 0
        self._in_head = False
        self._between = True  # what comes next is a request's first byte
        self.bytes_received = 0  # in all: whether something came since the last look

    @property
    def is_in_a_head(self) -> bool:
        """Without a first request, or with the beginning of another."""
        cycle = self.cycle
        return cycle is None or (cycle.response_complete and self.timeout_keep_alive_task is None)

    @property
    def is_in_a_body(self) -> bool:
        """Whether the request that is being answered has not come in whole, and we wait for the rest."""
        cycle = self.cycle
        return cycle is not None and cycle.more_body and not cycle.response_complete and not self.flow.read_paused

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if descriptors.look().is_very_short:
            self._refuse("files", str(descriptors.look()), b"503 Service Unavailable", _TOO_FEW_FILES)

    def data_received(self, data: bytes) -> None:
        self.bytes_received += len(data)
        # Behind the end of another request nobody knows where the head began in this piece.
        counts = self._between or self._in_head
        super().data_received(data)
        if self._in_head and counts:
            self._head_bytes += len(data)
            if self._is_too_large(self._head_bytes):
                self._refuse_head()

    # --- what the parser found -------------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        self._in_head, self._between, self._head_bytes = True, False, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if self._is_too_large(size):
            self.app = _answer_431
            self._count("head", self._peer)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._between = True
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        if self.app is _answer_431:
            self._write(b"431 Request Header Fields Too Large", _HEAD_TOO_LARGE)
        else:
            super().handle_websocket_upgrade()

    # --- refusals --------------------------------------------------------------------------------------------------

    def _is_too_large(self, size: int) -> bool:
        return bool(self.max_head_bytes) and size > self.max_head_bytes

    def _refuse_head(self) -> None:
        self._refuse("head", self._peer, b"431 Request Header Fields Too Large", _HEAD_TOO_LARGE)

    def _refuse(self, reason: str, about: str, status: bytes, words: bytes) -> None:
        self._count(reason, about)
        self._write(status, words)

    def _write(self, status: bytes, words: bytes) -> None:
        head = b"HTTP/1.1 %b\r\ncontent-type: text/plain\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
        if not self.transport.is_closing():
            self.transport.write(head % (status, len(words)) + words)
            self.transport.close()

    @property
    def _peer(self) -> str:
        return canonical(self.client[0]) if self.client else "this machine"

    @staticmethod
    def _count(reason: str, about: str) -> None:
        realtime = runtime.running()
        if realtime is not None:
            realtime.refusals.count(reason, about)


async def _answer_431(scope: Any, receive: Any, send: Any) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"%d" % len(_HEAD_TOO_LARGE))]
    headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": 431, "headers": headers})
    await send({"type": "http.response.body", "body": _HEAD_TOO_LARGE})
