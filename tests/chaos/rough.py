"""Clients that behave badly, on bare sockets."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import struct
import time
from typing import Any

from groupchat.load import wire

HANDSHAKE = (
    "GET /ws/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)

HELLO = {"type": "hello", "ref": 0, "protocol": 1}


class Rough:
    """A WebSocket after its handshake; sends whatever it is given."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def open(cls, port: int) -> Rough:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(HANDSHAKE.format(port=port).encode())
        head = await reader.readuntil(b"\r\n\r\n")
        assert b" 101 " in head.split(b"\r\n")[0], head
        return cls(reader, writer)

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    def say(self, command: dict[str, Any]) -> None:
        self.send(wire.client_frame(json.dumps(command).encode()))

    async def outcome(self) -> set[str | int]:
        """The codes of all errors until a last command is answered, or until the close code (1006: there was none)."""
        self.say({"type": "unsubscribe", "ref": "after", "room": 1})
        found: set[str | int] = set()
        rest = b""
        while True:
            try:
                data = await self.reader.read(65536)
            except ConnectionError:
                data = b""
            if not data:
                return found | {1006}
            frames, rest = wire.split_frames(rest + data)
            for frame in frames:
                if frame.opcode == wire.CLOSE:
                    return found | {int.from_bytes(frame.payload[:2], "big") if frame.payload else 1005}
                if frame.opcode == wire.TEXT:
                    told = json.loads(frame.payload)
                    if told.get("ref") == "after":
                        return found
                    if told["type"] == "error":
                        found.add(told["error"]["code"])

    def drop(self) -> None:
        self.writer.transport.abort()


def deaf(port: int, *commands: dict[str, Any]) -> socket.socket:
    """A client that says all this and never reads a byte; the system takes as little as it can for it."""
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    plain.connect(("127.0.0.1", port))
    plain.sendall(HANDSHAKE.format(port=port).encode())
    time.sleep(0.1)  # frames that come with the handshake itself are another test's
    for command in commands:
        plain.sendall(wire.client_frame(json.dumps(command).encode()))
    return plain


def text(body: str) -> bytes:
    return wire.client_frame(body.encode())


# What a broken or hostile client sends, and what must come of it: an error and an open socket, or a close code.
GARBAGE: dict[str, tuple[bytes, set[str | int]]] = {
    "not JSON": (text("nonsense"), {"bad_frame"}),
    "an array": (text("[1, 2]"), {"bad_frame"}),
    "half of an object": (text('{"type": "message.post", "ref":'), {"bad_frame"}),
    "an empty frame": (text(""), {"bad_frame"}),
    "deeply nested": (text("[" * 20_000), {"bad_frame"}),
    "an unknown command": (text('{"type": "fly", "ref": 1}'), {"unknown_command"}),
    "a number that no database takes": (text('{"type": "read", "ref": 1, "room": 1e400, "number": 1}'), {"invalid"}),
    "a lone surrogate": (text('{"type": "room.enter", "ref": 1, "name": "\\ud800"}'), {"invalid", "bad_frame"}),
    "a NUL": (text('{"type": "room.enter", "ref": 1, "name": "a\\u0000b"}'), {"invalid"}),
    "a binary frame": (wire.client_frame(b"\x00\x01", wire.BINARY), {4000}),
    "invalid UTF-8": (wire.client_frame(b"\xff\xfe\xfd"), {1007, 1006}),
    "a frame without a mask": (wire.server_frame(b"{}"), {1002, 1006}),
    "a reserved opcode": (wire.client_frame(b"", 0x5), {1002, 1006}),
    "a frame that is too large": (wire.client_frame(b" " * 100_000), {1009, 1006}),
    "a frame that would fill the memory": (struct.pack("!BBQI", 0x81, 0xFF, 2**62, 0) + b"x" * 1000, {1009, 1006}),
    "a continuation of nothing": (wire.client_frame(b"more", 0x0), {1002, 1006}),
    "noise": (os.urandom(2_000), {1002, 1007, 1009, 4000, 1006, 1005, "bad_frame"}),
}
