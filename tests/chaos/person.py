"""One of the crowd: a guest with a socket that comes back, and a screen."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from random import Random
from typing import Any

from tests.chaos.ledger import Ledger
from tests.chaos.screen import Screen
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

ANSWER_SECONDS = 20.0
BACK_SECONDS = (0.05, 0.3)


class LostConnection(Exception):
    """The socket went before the answer came: nobody knows whether it was done."""


class Refused(Exception):
    """The server said no."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["code"])
        self.code: str = error["code"]
        self.retry_after: float = error.get("retry_after", 0.1)


class Person:
    """Connects to any of the ports, resumes whenever the socket is lost, and never gives up what was begun."""

    def __init__(self, name: str, *, ports: Sequence[int], ledger: Ledger, random: Random) -> None:
        self.name = name
        self.ports = list(ports)
        self.ledger = ledger
        self.random = random
        self.screen = Screen(name, ledger)
        self.online = asyncio.Event()
        self.cookie: str | None = None
        self.own: list[str] = []  # acknowledged messages that were not deleted
        self._socket: ClientConnection | None = None
        self._answers: dict[int, tuple[str, asyncio.Future[dict[str, Any]]]] = {}
        self._ref = 0
        self._posts = 0
        self._heartbeat: asyncio.Task[None] | None = None
        self._repairing: dict[int, asyncio.Task[None]] = {}

    # --- the socket ------------------------------------------------------------------------------------------------

    def arrive(self) -> None:
        self._heartbeat = asyncio.create_task(self._keep())

    async def go(self) -> None:
        tasks = [task for task in (self._heartbeat, *self._repairing.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def cut(self) -> None:
        """Drop the socket without a word."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def _keep(self) -> None:
        while True:
            try:
                await self._connect_once()
            except ConnectionRefusedError:
                self.ledger.unreachable += 1
            except (OSError, TimeoutError, WebSocketException, EOFError):
                self.ledger.closes[0] += 1
            finally:
                self.online.clear()
                self._socket = None
                self._give_up()
            await asyncio.sleep(self.random.uniform(*BACK_SECONDS))

    async def _connect_once(self) -> None:
        port = self.random.choice(self.ports)
        path = "/ws/" if self.cookie else f"/ws/?name={self.name}"
        headers = {"Cookie": self.cookie} if self.cookie else {}
        async with connect(
            f"ws://127.0.0.1:{port}{path}",
            origin=f"http://127.0.0.1:{port}" if self.cookie else None,  # type: ignore[arg-type]
            additional_headers=headers,
            open_timeout=10,
            close_timeout=1,
            ping_interval=None,
            compression=None,
            proxy=None,
            max_size=None,
        ) as socket:
            if self.cookie is None and socket.response is not None:
                self.cookie = socket.response.headers["Set-Cookie"].partition(";")[0]
            self._socket = socket
            resuming = self.screen.epoch is not None
            self._send(
                {
                    "type": "hello",
                    "protocol": 1,
                    "epoch": self.screen.epoch,
                    "me": self.screen.position,
                    "positions": self.screen.positions(),
                }
            )
            self.ledger.resumes += resuming
            caught_up = False
            async for text in socket:
                frame = json.loads(text)
                kind = frame["type"]
                if kind == "hello":
                    self.screen.hello(frame)
                elif kind == "caught_up":
                    caught_up = True
                    self.screen.caught_up()
                    self._repair()
                    self.online.set()
                else:
                    self._take(kind, frame, resuming=not caught_up)
            self.ledger.closes[socket.close_code or 0] += 1

    def _take(self, kind: str, frame: dict[str, Any], *, resuming: bool) -> None:
        asked, answer = self._answers.pop(frame["ref"], ("", None)) if frame.get("ref") is not None else ("", None)
        if kind == "reply" and asked in ("room.enter", "subscribe"):
            self.screen.entered(frame["result"])  # at once: the next frame may follow in the same breath
        if kind == "changes":
            self.screen.changes(frame, pushed=answer is None, resuming=resuming)
            self._repair()
        elif kind == "reset":
            self.screen.reset(frame)
            self._repair()
        elif kind == "me":
            self.screen.me = frame["me"]["id"]
        elif kind == "drain":
            spread = frame["within"]
            asyncio.get_running_loop().call_later(self.random.uniform(0, spread), self.cut)
        if answer is not None and not answer.done():
            if kind == "error":
                answer.set_exception(Refused(frame["error"]))
            else:
                answer.set_result(frame.get("result", frame))

    def _send(self, command: dict[str, Any]) -> None:
        assert self._socket is not None
        # a whole frame at once, without waiting: what is lost with the socket is sent again
        self._socket.protocol.send_text(json.dumps(command).encode())
        self._socket.send_data()

    def _give_up(self) -> None:
        answers, self._answers = self._answers, {}
        for _, answer in answers.values():
            if not answer.done():
                answer.set_exception(LostConnection())

    # --- commands --------------------------------------------------------------------------------------------------

    async def ask(self, command: dict[str, Any]) -> dict[str, Any]:
        """The result of a command; raises LostConnection or Refused."""
        await self.online.wait()
        self._ref += 1
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[self._ref] = (command["type"], answer)
        try:
            self._send({**command, "ref": self._ref})
        except (OSError, WebSocketException):
            self._answers.pop(self._ref, None)
            raise LostConnection from None
        try:
            return await asyncio.wait_for(answer, ANSWER_SECONDS)
        except TimeoutError:
            self.ledger.refused["no answer"] += 1
            self.cut()
            raise LostConnection from None

    async def insist(self, command: dict[str, Any]) -> dict[str, Any]:
        """The same until it is done: what nobody knows the end of, and what the server could not do just then."""
        while True:
            try:
                return await self.ask(command)
            except LostConnection:
                await asyncio.sleep(0.02)
            except Refused as refusal:
                self.ledger.refused[refusal.code] += 1
                if refusal.code not in ("unavailable", "rate_limited"):
                    self.ledger.breach("refused", f"{command['type']}: {refusal.code}")
                    raise
                await asyncio.sleep(min(refusal.retry_after, 0.5))

    # --- what people do --------------------------------------------------------------------------------------------

    async def enter(self, room: str) -> int:
        state = await self.insist({"type": "room.enter", "name": room})
        number: int = state["room"]["id"]
        await self._load(number)
        return number

    async def join(self, room: int) -> int:
        """By a message: of many who do so at once, one transaction takes in a whole batch."""
        await self.insist({"type": "subscribe", "room": room})
        await self._load(room)
        await self.post(room)
        return room

    async def post(self, room: int, *, body: str | None = None) -> str:
        """The client_message_id of a message that was acknowledged."""
        self._posts += 1
        client_message_id = f"{self.name}-{self._posts}"
        body = body or f"{self.name} says {self._posts}: {self.random.randbytes(12).hex()}"
        self.ledger.posted(client_message_id, author=self.name, room=room, body=body)
        result = await self.insist(
            {"type": "message.post", "room": room, "body": body, "client_message_id": client_message_id}
        )
        self.ledger.acknowledged(
            client_message_id, number=result["number"], seq=result["seq"], duplicate=result["duplicate"]
        )
        self.own.append(client_message_id)
        return client_message_id

    async def edit(self) -> None:
        entry = self.ledger.sent[self.random.choice(self.own)]
        body = f"{entry.body.partition(' (')[0]} (edited {self.random.randbytes(4).hex()})"
        entry.history.add(body)
        await self.insist({"type": "message.edit", "room": entry.room, "number": entry.number, "body": body})
        entry.body = body

    async def delete(self) -> None:
        client_message_id = self.own.pop(self.random.randrange(len(self.own)))
        entry = self.ledger.sent[client_message_id]
        await self.insist({"type": "message.delete", "room": entry.room, "number": entry.number})
        entry.deleted = True

    async def page(self, room: int) -> None:
        """Look further back."""
        view = self.screen.rooms.get(room)
        if view is None or view.low is None or view.low <= 1:
            return
        low = view.low
        result = await self.insist({"type": "messages", "room": room, "before": low, "limit": 50})
        if self.screen.rooms.get(room) is view and view.low == low:
            self.screen.page(result)

    async def read(self, room: int) -> None:
        view = self.screen.rooms[room]
        await self.insist({"type": "read", "room": room, "number": view.last_number})

    # --- repair ----------------------------------------------------------------------------------------------------

    def _repair(self) -> None:
        """Take anew what was reset or is not loaded, and ask for what is missing."""
        screen = self.screen
        for room in screen.asked | screen.resets | {room for room, view in screen.rooms.items() if view.low is None}:
            if room not in self._repairing:
                task = self._repairing[room] = asyncio.create_task(self._repair_room(room))
                task.add_done_callback(lambda _, room=room: self._repairing.pop(room, None))  # type: ignore[misc]

    async def _repair_room(self, room: int) -> None:
        screen = self.screen
        if room in screen.asked:
            screen.asked.discard(room)
            await self.insist({"type": "changes", "room": room, "since": screen.rooms[room].position})
        if room in screen.resets:
            await self.insist({"type": "subscribe", "room": room})
        await self._load(room)

    async def _load(self, room: int) -> None:
        """The newest page, where none is there."""
        while (view := self.screen.rooms[room]).low is None:
            result = await self.insist({"type": "messages", "room": room, "limit": 50})
            if self.screen.rooms[room] is view and room not in self.screen.resets:
                self.screen.page(result)
            elif room in self.screen.resets:
                return
