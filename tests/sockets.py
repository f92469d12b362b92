"""Real sockets around `ClientState`: one that blocks, for tests that read like a play, and one for an event loop."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self

import websockets.asyncio.client
import websockets.sync.client
from tests.client import ClientState, Json
from websockets.exceptions import ConnectionClosed, InvalidStatus

DEADLINE_SECONDS = 30.0  # for what takes milliseconds on a quiet machine

Mangle = Callable[[Json], Iterable[Json]]
"""What a frame becomes on its way to the state: dropped, doubled, held back."""


class Refused(Exception):
    """A command was answered with an error."""

    def __init__(self, error: Json) -> None:
        super().__init__(f"{error['code']}: {error['message']}")
        self.error = error
        self.code: str = error["code"]


class Gone(AssertionError):
    """The socket closed while somebody waited for a frame."""

    def __init__(self, code: int | None, reason: str) -> None:
        super().__init__(f"the socket was closed: {code} {reason}")
        self.code = code


def headers(cookies: Mapping[str, str], origin: str | None) -> dict[str, str]:
    """A browser's: a cookie goes along with an origin."""
    found = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
    return found | ({"Origin": origin} if origin else {})


def cookies_of(response_headers: Any) -> dict[str, str]:
    """The cookies that a handshake set."""
    pairs = (value.partition(";")[0].partition("=") for value in response_headers.get_all("Set-Cookie"))
    return {name: value for name, _, value in pairs}


class _Device:
    """Where it connects to, whose it is, and what it knows.

    `address` is `127.0.0.1:8000`; the cookies grow by what the server sets, so that a guest stays the same one.
    """

    def __init__(
        self,
        address: str,
        *,
        cookies: dict[str, str] | None = None,
        token: str = "",
        path: str = "/ws/",
        strict: bool = True,
        mangle: Mangle | None = None,
    ) -> None:
        self.address = address
        self.token = token
        self.cookies = {} if cookies is None else cookies
        self.path = path
        self.state = ClientState(strict=strict)
        self.mangle = mangle

    def _handshake(self) -> dict[str, Any]:
        """What both kinds of sockets connect with."""
        shown = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return {
            "uri": f"ws://{self.address}{self.path}",
            "additional_headers": headers(self.cookies, f"http://{self.address}" if self.cookies else None) | shown,
            "max_queue": None,
            "max_size": None,
            "open_timeout": DEADLINE_SECONDS,
        }

    def _mangled(self, frame: Json) -> Iterable[Json]:
        return (frame,) if self.mangle is None else self.mangle(frame)


class Client(_Device):
    """A blocking socket at `/ws/`. Frames are taken in whenever somebody waits for something."""

    def __init__(self, address: str, **of_device: Any) -> None:
        super().__init__(address, **of_device)
        self.frames: list[Json] = []  # everything received, on all connections
        self.sent: list[Json] = []
        self._socket: websockets.sync.client.ClientConnection | None = None
        self._answers: dict[int, Json] = {}
        self._ends = contextlib.ExitStack()

    # --- coming and going ------------------------------------------------------------------------------------------

    def connect(self) -> Self:
        """Open the socket; say nothing yet."""
        connecting = websockets.sync.client.connect(
            **self._handshake(), ping_interval=None, close_timeout=DEADLINE_SECONDS
        )
        self._socket = self._ends.enter_context(connecting)
        assert self._socket.response is not None
        self.cookies |= cookies_of(self._socket.response.headers)
        return self

    def greet(self, *, again: bool = False) -> Self:
        """Say hello, and take in everything until caught up."""
        self._send(self.state.hello(again=again))
        self.wait(lambda: self.state.caught_up)
        return self

    def open(self) -> Self:
        return self.connect().greet()

    def close(self) -> None:
        """Hang up."""
        self._socket = None
        self._ends.close()

    def cut(self) -> None:
        """Lose the connection without a word."""
        if self._socket is not None:
            with contextlib.suppress(OSError):  # the other end was faster
                self._socket.socket.shutdown(socket.SHUT_RDWR)
        self.close()

    @property
    def is_open(self) -> bool:
        return self._socket is not None

    # --- words -----------------------------------------------------------------------------------------------------

    def call(self, type_: str, **members: Any) -> Json:
        """Send a command and wait for its result (of `changes`: the frame itself); raises Refused."""
        return self.answer(self.start(type_, **members))

    def start(self, type_: str, **members: Any) -> int:
        """Send a command; the ref to ask `answer` with."""
        command = self.state.request(type_, **members)
        self._send(command)
        ref: int = command["ref"]
        return ref

    def answer(self, ref: int) -> Json:
        """The result of a command; raises Refused."""
        self.wait(lambda: ref in self._answers)
        frame = self._answers.pop(ref)
        if frame["type"] == "error":
            raise Refused(frame["error"])
        result: Json = frame["result"] if frame["type"] == "reply" else frame
        return result

    def raw(self, data: str | bytes) -> None:
        """Send this very text."""
        assert self._socket is not None
        self._socket.send(data)

    def _send(self, command: Json) -> None:
        self.sent.append(command)
        self.raw(json.dumps(command))

    # --- what comes in ---------------------------------------------------------------------------------------------

    def receive(self, seconds: float = DEADLINE_SECONDS) -> Json:
        """The next frame, taken in; raises TimeoutError or Gone."""
        assert self._socket is not None
        try:
            data = self._socket.recv(timeout=seconds)
        except ConnectionClosed as closed:
            self._socket = None
            raise Gone(closed.rcvd.code if closed.rcvd else None, closed.rcvd.reason if closed.rcvd else "") from None
        frame: Json = json.loads(data)
        self.frames.append(frame)
        for one in self._mangled(frame):
            self.take(one)
        return frame

    def take(self, frame: Json) -> None:
        """Feed the state, and send what the rule asks for."""
        commands = self.state.feed(frame)
        if frame.get("ref") is not None and frame["type"] != "hello":
            self._answers[frame["ref"]] = frame
        for command in commands:
            self._send(command)

    def wait(self, condition: Callable[[], object], *, seconds: float = DEADLINE_SECONDS, what: str = "") -> None:
        """Take frames in until the condition holds."""
        deadline = time.monotonic() + seconds
        while not condition():
            left = deadline - time.monotonic()
            try:
                if left <= 0:
                    raise TimeoutError
                self.receive(left)
            except TimeoutError:
                raise AssertionError(
                    f"waited {seconds} s in vain {what}; the last frames: {self.frames[-3:]}"
                ) from None

    def drain(self) -> None:
        """Take in everything that the server sent before it answers a ping."""
        self.call("ping")

    def closed_with(self, *, seconds: float = DEADLINE_SECONDS) -> int | None:
        """Wait for the end of the connection: its code, None where it was dropped without one."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                self.receive(max(deadline - time.monotonic(), 0.01))
            except Gone as gone:
                return gone.code


class AsyncClient(_Device):
    """The same on an event loop: a task takes frames in as they come."""

    def __init__(self, address: str, **of_device: Any) -> None:
        super().__init__(address, **of_device)
        self.close_code: int | None = None
        self.error: BaseException | None = None  # what ended the reading, but for a closed socket
        self._socket: websockets.asyncio.client.ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None
        self._ended = False
        self._moved = asyncio.Condition()
        self._answers: dict[int, asyncio.Future[Json]] = {}

    @property
    def is_open(self) -> bool:
        return self._reading is not None and not self._ended

    async def open(self) -> Self:
        """Connect, say hello, and take in everything until caught up."""
        self._socket = await websockets.asyncio.client.connect(**self._handshake())
        assert self._socket.response is not None
        self.cookies |= cookies_of(self._socket.response.headers)
        self.close_code = None
        self._ended = False
        self._reading = asyncio.create_task(self._read())
        await self._send(self.state.hello())
        await self.wait(lambda: self.state.caught_up)
        return self

    async def close(self) -> None:
        """Hang up."""
        if self._socket is not None:
            await self._socket.close()
        await self._finish()

    async def cut(self) -> None:
        """Lose the connection without a word."""
        if self._socket is not None:
            self._socket.transport.abort()
        await self._finish()

    async def _finish(self) -> None:
        if self._reading is not None:
            await asyncio.gather(self._reading, return_exceptions=True)

    async def call(self, type_: str, **members: Any) -> Json:
        """Send a command and wait for its result (of `changes`: the frame itself); raises Refused or Gone."""
        command = self.state.request(type_, **members)
        future = self._answers[command["ref"]] = asyncio.get_running_loop().create_future()
        try:
            await self._send(command)
            async with asyncio.timeout(DEADLINE_SECONDS):
                frame = await future
        finally:
            self._answers.pop(command["ref"], None)
        if frame["type"] == "error":
            raise Refused(frame["error"])
        result: Json = frame["result"] if frame["type"] == "reply" else frame
        return result

    async def wait(self, condition: Callable[[], object], *, seconds: float = DEADLINE_SECONDS) -> None:
        """Wait until the condition holds; raises Gone where the socket closes before."""
        async with asyncio.timeout(seconds), self._moved:
            while not condition():
                if not self.is_open:
                    raise self.error or Gone(self.close_code, "")
                await self._moved.wait()

    async def _send(self, command: Json) -> None:
        assert self._socket is not None
        try:
            await self._socket.send(json.dumps(command))
        except ConnectionClosed:
            raise Gone(self._socket.close_code, "") from None

    async def _read(self) -> None:
        assert self._socket is not None
        try:
            async for data in self._socket:
                frame: Json = json.loads(data)
                for one in self._mangled(frame):
                    await self.take(one)
        except ConnectionClosed:
            pass
        except Exception as error:
            self.error = error
            raise
        finally:
            self.close_code = self._socket.close_code
            for future in self._answers.values():
                if not future.done():
                    future.set_exception(Gone(self.close_code, ""))
            self._ended = True
            await self._tell()

    async def take(self, frame: Json) -> None:
        """Feed the state, and send what the rule asks for."""
        commands = self.state.feed(frame)
        future = self._answers.get(frame.get("ref", -1))
        if future is not None and not future.done():
            future.set_result(frame)
        for command in commands:
            await self._send(command)
        await self._tell()

    async def _tell(self) -> None:
        async with self._moved:
            self._moved.notify_all()


def status_of(
    address: str, path: str, *, cookies: Mapping[str, str] = {}, origin: str | None = None, host: str | None = None
) -> int:
    """The HTTP status that a handshake is answered with (101: it was taken)."""
    given = headers(cookies, origin)
    try:
        with websockets.sync.client.connect(
            f"ws://{host or address}{path}",
            additional_headers=given,
            sock=None if host is None else socket.create_connection(tuple(address.split(":"))),
        ):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code
