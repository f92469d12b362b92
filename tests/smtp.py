"""A mail server on loopback, as much of one as it takes to be sent a mail."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


class _Talk(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline():
            match line[:4].upper():
                case b"EHLO" | b"HELO":
                    self._say("250 here")
                case b"RCPT":
                    self._say(self.server.to_recipients)
                case b"DATA":
                    self._say("354 go on")
                    self._take()
                    self._say("250 taken")
                case b"QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 yes")

    def _take(self) -> None:
        body = b""
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            body += line[1:] if line.startswith(b"..") else line
        letter = message_from_bytes(body, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        with self.server.came:
            self.server.letters.append(letter)
            self.server.came.notify_all()

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    """`letters` are what it was sent; `to_recipients` is its answer to each of those for whom something is."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Talk)
        self.to_recipients = "250 yes"
        self.letters: list[EmailMessage] = []
        self.came = threading.Condition()

    def wait_for(self, count: int, seconds: float) -> list[EmailMessage]:
        """So many letters, or more."""
        with self.came:
            assert self.came.wait_for(lambda: len(self.letters) >= count, seconds), self.letters
        return self.letters

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went is none of ours."""


@contextmanager
def mail_server(port: int = 0) -> Iterator[MailServer]:
    with MailServer(port) as server:
        threading.Thread(target=server.serve_forever, daemon=True, kwargs={"poll_interval": 0.05}).start()
        yield server
        server.shutdown()
