"""A socket of bytes, which reads only when it is told to."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Callable

from tests.sockets import DEADLINE_SECONDS, headers
from websockets.client import ClientProtocol
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.uri import parse_uri


class Raw:
    """One WebSocket; what came in so far is in `events`."""

    def __init__(
        self, address: str, cookies: dict[str, str], *, deflate: bool = False, receive_buffer_bytes: int = 0
    ) -> None:
        host, port = address.split(":")
        self.socket = socket.socket()
        if receive_buffer_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
        self.socket.settimeout(DEADLINE_SECONDS)
        self.socket.connect((host, int(port)))
        extensions = [ClientPerMessageDeflateFactory()] if deflate else None
        self.protocol = ClientProtocol(parse_uri(f"ws://{address}/ws/"), extensions=extensions, max_size=None)
        request = self.protocol.connect()
        request.headers.update(headers(cookies, f"http://{address}"))
        self.protocol.send_request(request)
        self._flush()
        self.received = 0  # bytes
        self.events: list[Frame] = []
        while not any(isinstance(event, Response) for event in self._events()):
            self.read()
        assert self.protocol.handshake_exc is None

    def _events(self) -> list[object]:
        found = list(self.protocol.events_received())
        self.events += [event for event in found if isinstance(event, Frame)]
        return list(found)

    def _flush(self) -> None:
        for data in self.protocol.data_to_send():
            if data:
                self.socket.sendall(data)

    def send(self, **command: object) -> None:
        self.protocol.send_text(json.dumps(command).encode())
        self._flush()

    def read(self) -> bool:
        """Take in what there is; False at the end."""
        try:
            data = self.socket.recv(65536)
        except ConnectionError:
            data = b""
        self.received += len(data)
        if not data:
            with contextlib.suppress(EOFError):
                self.protocol.receive_eof()
            return False
        self.protocol.receive_data(data)
        with contextlib.suppress(OSError):
            self._flush()  # the answers that a client owes: to a ping, to a close
        return True

    def read_all(self) -> int | None:
        """To the end; the close code, if there was one."""
        while self.read():
            self._events()
        self._events()
        return self.protocol.close_rcvd.code if self.protocol.close_rcvd else None

    def read_until(self, condition: Callable[[list[dict[str, object]]], bool]) -> list[dict[str, object]]:
        """All frames so far, once the condition holds of them."""
        while True:
            self._events()
            frames = [json.loads(event.data) for event in self.events if event.opcode == Opcode.TEXT]
            if condition(frames):
                return frames
            assert self.read(), "the end came first"
