"""HTTP clients on the same loop as the sockets: one connection each, kept alive, one request at a time."""

from __future__ import annotations

import errno
import select
import socket
from collections.abc import Callable

from groupchat.load import wire
from groupchat.load.swarm import Swarm
from groupchat.load.tally import now_ns

_CHUNK_BYTES = 64 * 1024

Answered = Callable[[int, bytes, int], None]
"""Called with the status, the content and the time (ns) of an answer."""


class Caller:
    """One connection to a server's API, with a token."""

    def __init__(self, swarm: Swarm, host: str, port: int, *, token: str) -> None:
        self.state = "connecting"
        self._swarm = swarm
        self._head = (
            f"Host: {host}:{port}\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n"
        ).encode()
        self._data = b""
        self._answered: Answered | None = None
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.sock.connect_ex((host, port)) not in (0, errno.EINPROGRESS):
            raise OSError(f"nobody listens at {host}:{port}")
        swarm._watch(self, select.EPOLLOUT)

    def post(self, path: str, content: bytes, answered: Answered) -> None:
        """Sends a request; `answered` is told of its answer."""
        if self._answered is not None:
            raise RuntimeError("the answer to the last request is not here yet")
        self._answered = answered
        request = b"POST %b HTTP/1.1\r\n%bContent-Length: %d\r\n\r\n%b" % (
            path.encode(),
            self._head,
            len(content),
            content,
        )
        try:
            sent = self.sock.send(request)
        except OSError:
            sent = 0
        if sent != len(request):  # a request of some hundred bytes fits into the buffer of a socket that waits
            self._lost()

    def close(self) -> None:
        if self.state != "closed":
            self.state = "closed"
            self._swarm._unwatch(self)

    def _event(self, event: int) -> None:
        if self.state == "connecting":
            if self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                self._lost()
                return
            self.state = "open"
            self._swarm._rewatch(self, select.EPOLLIN)
            return
        try:
            data = self.sock.recv(_CHUNK_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._lost()
            return
        self._data += data
        split = wire.split_answer(self._data)
        if split is None:
            return
        head, content = split
        if len(content) < int(head.headers.get(b"content-length", b"0")):
            return
        self._data = b""
        answered, self._answered = self._answered, None
        if answered is not None:
            answered(head.status, content, now_ns())

    def _lost(self) -> None:
        self._swarm.troubles["an HTTP connection was lost"] += 1
        self.close()
