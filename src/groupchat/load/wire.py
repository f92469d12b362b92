"""WebSocket from the client's side: as little of RFC 6455 and 7692 as a load generator needs, and that exactly."""

from __future__ import annotations

import base64
import hashlib
import os
import struct
import zlib
from dataclasses import dataclass

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_EMPTY_BLOCK = b"\x00\x00\xff\xff"  # what a sender cuts off the end of a deflated message

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA

DEFLATE = "permessage-deflate; client_max_window_bits"  # what browsers offer


class WireError(Exception):
    """The server sent something that is not WebSocket, or refused the handshake."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole message; `payload` is already inflated where `deflated` was set, unless a reader left it to later."""

    opcode: int
    payload: bytes
    deflated: bool = False


def handshake_request(
    *, host: str, path: str, headers: tuple[tuple[str, str], ...] = (), extensions: str | None = None
) -> tuple[bytes, bytes]:
    """The request that opens a WebSocket, and the `Sec-WebSocket-Accept` that the answer must hold."""
    key = base64.b64encode(os.urandom(16))
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key.decode()}",
        "Sec-WebSocket-Version: 13",
    ]
    if extensions:
        lines.append(f"Sec-WebSocket-Extensions: {extensions}")
    lines.extend(f"{name}: {value}" for name, value in headers)
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    return request, base64.b64encode(hashlib.sha1(key + _GUID).digest())


@dataclass(frozen=True, slots=True)
class Answer:
    """A response's head: `status`, and its headers by lower-case name."""

    status: int
    headers: dict[bytes, bytes]

    @property
    def extensions(self) -> bytes:
        return self.headers.get(b"sec-websocket-extensions", b"")


def split_answer(data: bytes) -> tuple[Answer, bytes] | None:
    """The head of an HTTP response and what stands behind it; None while the head is not complete."""
    head, mark, rest = data.partition(b"\r\n\r\n")
    if not mark:
        return None
    lines = head.split(b"\r\n")
    parts = lines[0].split(b" ", 2)
    if len(parts) < 2 or not parts[1].isdigit():
        raise WireError(f"not an HTTP response: {lines[0]!r}")
    headers: dict[bytes, bytes] = {}
    for line in lines[1:]:
        name, _, value = line.partition(b":")
        headers[name.strip().lower()] = value.strip()
    return Answer(int(parts[1]), headers), rest


def check_answer(answer: Answer, accept: bytes) -> None:
    """Raises where the server did not agree to speak WebSocket."""
    if answer.status != 101:
        raise WireError(f"the handshake was answered with {answer.status}")
    if answer.headers.get(b"sec-websocket-accept") != accept:
        raise WireError("the handshake was answered with a wrong Sec-WebSocket-Accept")


def client_frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """A frame as a client sends it. Its mask is zero: allowed, and it spares the generator a pass over the bytes."""
    size = len(payload)
    if size < 126:
        return bytes((0x80 | opcode, 0x80 | size, 0, 0, 0, 0)) + payload
    if size < 65536:
        return struct.pack("!BBHI", 0x80 | opcode, 0xFE, size, 0) + payload
    return struct.pack("!BBQI", 0x80 | opcode, 0xFF, size, 0) + payload


def server_frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """A frame as a server sends it: no mask."""
    size = len(payload)
    if size < 126:
        return bytes((0x80 | opcode, size)) + payload
    if size < 65536:
        return struct.pack("!BBH", 0x80 | opcode, 126, size) + payload
    return struct.pack("!BBQ", 0x80 | opcode, 127, size) + payload


def split_frames(data: bytes) -> tuple[list[Frame], bytes]:
    """All whole frames at the beginning of `data`, and the rest. A message in pieces is refused: nobody here sends
    one.
    """
    frames: list[Frame] = []
    at, end = 0, len(data)
    while end - at >= 2:
        first, size = data[at], data[at + 1]
        body = at + 2
        if size & 0x80:
            raise WireError("the server masked a frame")
        if size == 126:
            if end - at < 4:
                break
            size = int.from_bytes(data[at + 2 : at + 4], "big")
            body = at + 4
        elif size == 127:
            if end - at < 10:
                break
            size = int.from_bytes(data[at + 2 : at + 10], "big")
            body = at + 10
        if end - body < size:
            break
        if not first & 0x80 or first & 0x0F == 0:
            raise WireError("the server sent a fragmented message")
        frames.append(Frame(first & 0x0F, data[body : body + size], bool(first & 0x40)))
        at = body + size
    return frames, data[at:]


class Inflater:
    """Undoes permessage-deflate; with `takeover` it remembers what came before, as a browser must."""

    def __init__(self, *, takeover: bool) -> None:
        self._takeover = takeover
        self._stream = zlib.decompressobj(-zlib.MAX_WBITS)

    def __call__(self, payload: bytes) -> bytes:
        if not self._takeover:
            self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        return self._stream.decompress(payload + _EMPTY_BLOCK)
