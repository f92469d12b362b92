"""What Python on uvloop can do at best: an `asyncio.Protocol` that writes one prepared frame to every transport.

`python -m benchmarks.baselines.bare_uvloop` prints the port that it listens on.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import sys
from typing import Any, cast

import uvloop

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_everyone: set[asyncio.WriteTransport] = set()


class Peer(asyncio.Protocol):
    """One socket: a handshake, then short text frames in, everyone's frames out."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._open = False
        self._data = b""

    def connection_lost(self, exc: Exception | None) -> None:
        _everyone.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._data += data
        if not self._open:
            self._shake_hands()
        if self._open:
            self._take_frames()

    def _shake_hands(self) -> None:
        head, mark, rest = self._data.partition(b"\r\n\r\n")
        if not mark:
            return
        key = next(
            line.split(b":", 1)[1].strip()
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"sec-websocket-key:")
        )
        accept = base64.b64encode(hashlib.sha1(key + _GUID).digest())
        self._transport.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
        )
        self._data = rest
        self._open = True
        _everyone.add(self._transport)

    def _take_frames(self) -> None:
        data = self._data
        while len(data) >= 6:
            size, head = data[1] & 0x7F, 6
            if size == 126:
                size, head = int.from_bytes(data[2:4], "big"), 8
            elif size == 127:
                self._transport.close()
                return
            if len(data) < head + size:
                break
            mask, text = data[head - 4 : head], data[head : head + size]
            if any(mask):
                text = bytes(byte ^ mask[index & 3] for index, byte in enumerate(text))
            if data[0] & 0x0F == 8:
                self._transport.close()
                return
            if data[0] & 0x0F == 1:
                _broadcast(text)
            data = data[head + size :]
        self._data = data


def _broadcast(text: bytes) -> None:
    size = len(text)
    frame = (bytes((0x81, size)) if size < 126 else b"\x81\x7e" + size.to_bytes(2, "big")) + text
    for transport in _everyone:
        if not transport.is_closing():
            transport.write(frame)


async def _main() -> None:
    loop = asyncio.get_running_loop()
    server: Any = await loop.create_server(Peer, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1])
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_main())
