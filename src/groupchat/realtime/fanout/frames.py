"""Ready-made WebSocket frames: a payload is framed once, and the same bytes go to every socket."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

_TEXT = 0x81  # FIN + text
_DEFLATED_TEXT = 0xC1  # FIN + RSV1 + text
_PING = b"\x89\x00"
_SMALLEST_DEFLATED = 256  # bytes; below it the header of a deflate block eats what it saves


def header(first: int, length: int) -> bytes:
    """The header of an unmasked frame (RFC 6455, section 5.2)."""
    if length < 126:
        return bytes((first, length))
    if length < 65536:
        return bytes((first, 126)) + length.to_bytes(2, "big")
    return bytes((first, 127)) + length.to_bytes(8, "big")


def ping() -> bytes:
    return _PING


class Frame:
    """One text message: its payload in UTF-8, and its bytes on the wire, each made with the first question."""

    __slots__ = ("_deflated", "_wire", "payload")

    def __init__(self, payload: bytes) -> None:
        self.payload = payload
        self._wire: bytes | None = None
        self._deflated: bytes | None = None

    @property
    def wire(self) -> bytes:
        if self._wire is None:
            self._wire = header(_TEXT, len(self.payload)) + self.payload
        return self._wire

    @property
    def deflated(self) -> bytes:
        """Compressed without context (RFC 7692), for sockets that agreed on no takeover; small ones stay plain."""
        if self._deflated is None:
            self._deflated = self.wire
            if len(self.payload) >= _SMALLEST_DEFLATED:
                compressor = zlib.compressobj(wbits=-15, level=6)
                squeezed = compressor.compress(self.payload) + compressor.flush(zlib.Z_SYNC_FLUSH)
                squeezed = squeezed[:-4]  # the empty block at the end is left out on the wire
                if len(squeezed) < len(self.payload):
                    self._deflated = header(_DEFLATED_TEXT, len(squeezed)) + squeezed
        return self._deflated


class Chunk:
    """What leaves in one write: some frames, joined once for all sockets that get the same."""

    __slots__ = ("_deflated", "frames", "wire")

    def __init__(self, frames: Iterable[Frame]) -> None:
        self.frames = tuple(frames)
        self.wire = b"".join([frame.wire for frame in self.frames])
        self._deflated: bytes | None = None

    def deflated(self) -> bytes:
        """The same for sockets that agreed on compression; made with the first of them."""
        if self._deflated is None:
            self._deflated = b"".join([frame.deflated for frame in self.frames])
        return self._deflated
