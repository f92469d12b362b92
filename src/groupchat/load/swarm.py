"""Thousands of WebSocket clients on one epoll in one thread, light enough that the server is what gets measured.

One `recv` per wake-up, no task, no callback object and no JSON per delivery: what a server sends to a thousand sockets
are the same bytes a thousand times, so they are taken apart once (`Voice.hear_chunk`) and looked up from then on.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import heapq
import itertools
import select
import socket
import struct
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from groupchat.load import wire
from groupchat.load.tally import Heard, Phases, Tally, now_ns

_CHUNK_BYTES = 64 * 1024
_EVENTS_PER_TURN = 64  # timers are looked at after so many: a post is at most some 300 µs late
_PORTS_PER_ADDRESS = 20_000  # of the 28,232 that Linux lends by default
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_READ = select.EPOLLIN | select.EPOLLRDHUP


class Watched(Protocol):
    """What the loop wakes: a WebSocket client, or one of HTTP."""

    sock: socket.socket
    state: str

    def close(self) -> None: ...

    def _event(self, event: int) -> None: ...


class Voice(Protocol):
    """What a client has of the voice it speaks with (`voices.py`)."""

    path: str
    extensions: str | None
    takeover: bool
    chunks: dict[bytes, tuple[tuple[Heard, ...], bytes]]
    tallies: dict[int, Tally]  # of what was said and is still waited for

    def headers(self, client: Client, host: str, port: int) -> tuple[tuple[str, str], ...]: ...

    def opened(self, client: Client) -> None: ...

    def say(self, client: Client, *, room: int = 0, size: int = 100, delays: list[int]) -> Tally: ...

    def answered(self, client: Client, heard: Heard, at: int) -> None: ...

    def hear_chunk(self, data: bytes, inflate: wire.Inflater | None) -> tuple[tuple[Heard, ...], bytes]: ...


class Client:
    """One socket. `ready` once its voice says so; `closed_with` holds the close code, or 1006 where there was none."""

    __slots__ = (
        "_accept",
        "_head",
        "_out",
        "_rest",
        "closed_with",
        "cookie",
        "inflate",
        "marks",
        "on_closed",
        "on_ready",
        "on_reply",
        "path",
        "phases",
        "positions",
        "sock",
        "state",
        "swarm",
        "voice",
    )

    def __init__(self, swarm: Swarm, voice: Voice, *, path: str, cookie: str | None) -> None:
        self.swarm = swarm
        self.voice = voice
        self.path = path
        self.cookie = cookie
        self.state = "new"
        self.phases = Phases()
        self.positions: dict[int, int] = {}
        self.marks: dict[str, object] = {}  # what a voice wants to remember of this socket
        self.inflate: wire.Inflater | None = None
        self.on_ready: Callable[[Client], None] | None = None
        self.on_closed: Callable[[Client], None] | None = None
        self.on_reply: Callable[[Client, Heard, int], None] | None = None
        self.closed_with: int | None = None
        self.sock: socket.socket
        self._head = b""
        self._accept = b""
        self._rest = b""
        self._out = bytearray()

    def open(self, host: str, port: int, source: str | None) -> None:
        self.phases.begun = now_ns()
        self.sock = sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if source is not None:
            # The port is taken at connect, when the whole quadruple is known; without this it would be at bind.
            sock.setsockopt(socket.IPPROTO_IP, getattr(socket, "IP_BIND_ADDRESS_NO_PORT", 24), 1)
            sock.bind((source, 0))
        self.state = "connecting"
        failed = sock.connect_ex((host, port))
        self.swarm._watch(self, select.EPOLLOUT)
        if failed not in (0, errno.EINPROGRESS):
            self._gone(1006)

    def successor(self) -> Client:
        """The same person coming back: what it knew of the rooms goes with it."""
        client = Client(self.swarm, self.voice, path=self.path, cookie=self.cookie)
        client.positions, client.marks = self.positions, self.marks
        return client

    def send(self, payload: bytes) -> None:
        """One text message."""
        self._write(wire.client_frame(payload))

    def close(self) -> None:
        """Goes at once, with a reset: no port stays behind in TIME_WAIT."""
        if self.state in ("closed", "new"):
            return
        with contextlib.suppress(OSError):
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.on_closed = None
        self._gone(1000)

    def become_ready(self) -> None:
        if self.phases.ready:
            return
        self.phases.ready = now_ns()
        if self.on_ready is not None:
            self.on_ready(self)

    # --- what epoll tells ---------------------------------------------------------------------------------------

    def _event(self, event: int) -> None:
        if self.state == "open":
            if event & select.EPOLLIN:
                self._read()
            elif event & (select.EPOLLHUP | select.EPOLLERR | select.EPOLLRDHUP):
                self._gone(1006)
            if event & select.EPOLLOUT and self.state == "open":
                self._flush()
        elif self.state == "connecting":
            if self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                self._gone(1006)
                return
            self.phases.connected = now_ns()
            self.state = "opening"
            host, port = self.sock.getpeername()
            request, self._accept = wire.handshake_request(
                host=f"{host}:{port}",
                path=self.path,
                headers=self.voice.headers(self, host, port),
                extensions=self.voice.extensions,
            )
            self.swarm._rewatch(self, _READ)
            self._write(request)
        elif self.state == "opening":
            self._read_head()

    def _read_head(self) -> None:
        try:
            data = self.sock.recv(_CHUNK_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._gone(1006)
            return
        self._head += data
        try:
            split = wire.split_answer(self._head)
            if split is None:
                return
            answer, rest = split
            wire.check_answer(answer, self._accept)
        except wire.WireError as error:
            self.swarm.troubles[str(error)] += 1
            self._gone(1006)
            return
        self._head = b""
        self.phases.opened = now_ns()
        self.state = "open"
        if b"permessage-deflate" in answer.extensions:
            self.swarm.deflated += 1
            takeover = b"server_no_context_takeover" not in answer.extensions
            self.inflate = wire.Inflater(takeover=takeover)
            self.voice.takeover = takeover
        self.voice.opened(self)
        if rest:
            self._take(rest, now_ns())

    def _read(self) -> None:
        try:
            data = self.sock.recv(_CHUNK_BYTES)
        except BlockingIOError:
            return
        except OSError:
            self._gone(1006)
            return
        if not data:
            self._gone(1006)
            return
        self._take(data, now_ns())

    def _take(self, data: bytes, at: int) -> None:
        """Everything that happens per delivery; the one place of the generator that must be fast."""
        if self._rest:
            data = self._rest + data
        voice = self.voice
        known = voice.chunks.get(data) if not voice.takeover else None
        if known is None:
            try:
                known = voice.hear_chunk(data, self.inflate)
            except wire.WireError as error:
                self.swarm.troubles[str(error)] += 1
                self._gone(1006)
                return
        heard_all, self._rest = known
        for heard in heard_all:
            tallies = heard.tallies
            if heard.to:
                position = self.positions.get(heard.room)
                if position is not None:
                    if heard.since != position:
                        tallies = self._not_joining(heard, position)
                    if heard.to > position:
                        self.positions[heard.room] = heard.to
            elif heard.control:
                self._control(heard, at)
            for tally in tallies:
                tally.count += 1
                tally.last = at
                tally.delays.append(at - tally.sent)

    def _not_joining(self, heard: Heard, position: int) -> tuple[Tally, ...]:
        """The posts of a range that does not begin where this socket stands, as far as they are new to it."""
        if heard.since > position:
            self.swarm.troubles["gap"] += 1
            return heard.tallies
        if heard.to <= position and heard.tallies:
            self.swarm.troubles["repeated"] += 1
        return tuple(tally for tally, seq in zip(heard.tallies, heard.seqs, strict=True) if seq > position)

    def _control(self, heard: Heard, at: int) -> None:
        if heard.control == wire.PING:
            self._write(wire.client_frame(heard.payload, wire.PONG))
        elif heard.control == wire.CLOSE:
            code = int.from_bytes(heard.payload[:2], "big") if len(heard.payload) >= 2 else 1005
            self._gone(code)
        elif heard.control == wire.TEXT:
            self.voice.answered(self, heard, at)
            if self.on_reply is not None:
                self.on_reply(self, heard, at)

    def _write(self, data: bytes) -> None:
        if self._out:
            self._out += data
            return
        try:
            sent = self.sock.send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._gone(1006)
            return
        if sent < len(data):
            self._out += data[sent:]
            self.swarm._rewatch(self, _READ | select.EPOLLOUT)

    def _flush(self) -> None:
        try:
            sent = self.sock.send(self._out)
        except BlockingIOError:
            return
        except OSError:
            self._gone(1006)
            return
        del self._out[:sent]
        if not self._out:
            self.swarm._rewatch(self, _READ)

    def _gone(self, code: int) -> None:
        if self.state == "closed":
            return
        self.state = "closed"
        self.closed_with = code
        self.swarm._unwatch(self)
        self.swarm.closed[code] += 1
        if self.on_closed is not None:
            self.on_closed(self)


@dataclass(slots=True)
class Swarm:
    """The clients of one run and their clock. Use it in a `with`: at the end every socket is closed."""

    clients: dict[int, Watched] = field(default_factory=dict)
    closed: Counter[int] = field(default_factory=Counter)  # by close code
    troubles: Counter[str] = field(default_factory=Counter)  # what must not happen, by kind
    deflated: int = 0  # connections that agreed on compression
    _epoll: select.epoll = field(default_factory=select.epoll)
    _timers: list[tuple[int, int, Callable[[], None]]] = field(default_factory=list)
    _order: itertools.count[int] = field(default_factory=itertools.count)
    _opened: itertools.count[int] = field(default_factory=itertools.count)

    def __enter__(self) -> Swarm:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        for client in list(self.clients.values()):
            client.close()
        self._epoll.close()
        gc.unfreeze()

    def client(self, voice: Voice, *, path: str | None = None, cookie: str | None = None) -> Client:
        """A client that is not open yet."""
        return Client(self, voice, path=path or voice.path, cookie=cookie)

    def open(self, client: Client, host: str, port: int) -> None:
        """Begins to connect. Every 20,000 sockets come from another address of the loopback network."""
        block = next(self._opened) // _PORTS_PER_ADDRESS
        client.open(host, port, None if block == 0 else f"127.0.0.{2 + block % 250}")

    def at(self, due: int, action: Callable[[], None]) -> None:
        """Runs `action` at a time of the monotonic clock (ns), as soon as the loop comes round to it."""
        heapq.heappush(self._timers, (due, next(self._order), action))

    def run(self, until: Callable[[], bool], seconds: float) -> bool:
        """Turns the loop until the condition holds; False if it did not within `seconds`."""
        deadline = now_ns() + int(seconds * 1e9)
        poll, clients, timers = self._epoll.poll, self.clients, self._timers
        while not until():
            at = now_ns()
            if at >= deadline:
                return False
            while timers and timers[0][0] <= at:
                heapq.heappop(timers)[2]()
                at = now_ns()
            due = min(deadline, timers[0][0]) if timers else deadline
            for descriptor, event in poll(max(0.0, (due - at) / 1e9), _EVENTS_PER_TURN):
                client = clients.get(descriptor)
                if client is not None:
                    client._event(event)
        return True

    def rest(self, seconds: float) -> None:
        """Turns the loop for so long: pings are answered, what arrives is taken."""
        self.run(lambda: False, seconds)

    def settle(self) -> None:
        """Once everyone is connected: thousands of objects that stay need not be walked by the collector any more."""
        gc.collect()
        gc.freeze()

    def _watch(self, client: Watched, events: int) -> None:
        self.clients[client.sock.fileno()] = client
        self._epoll.register(client.sock, events)

    def _rewatch(self, client: Watched, events: int) -> None:
        if client.state != "closed":
            self._epoll.modify(client.sock, events)

    def _unwatch(self, client: Watched) -> None:
        if self.clients.pop(client.sock.fileno(), None) is not None:
            with contextlib.suppress(OSError):
                self._epoll.unregister(client.sock)
        client.sock.close()
