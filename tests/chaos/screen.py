"""What one person's screen shows, after the rules of docs/protocol.md, and every frame that broke them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.chaos.ledger import Ledger


@dataclass(slots=True)
class RoomView:
    """One room: the position, and every message from `low` on. `low` is None while no page is loaded.

    `subscribed_at` is the position that this connection read when it subscribed. What was committed just before is
    still on its way then, and may come once more; nothing behind it may.
    """

    position: int
    last_number: int
    subscribed_at: int = 0
    low: int | None = None
    messages: dict[int, dict[str, Any]] = field(default_factory=dict)

    def merge(self, messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Keeps what is newer; those that were not there before."""
        fresh = []
        for message in messages:
            known = self.messages.get(message["number"])
            if known is None:
                fresh.append(message)
            if known is None or known["seq"] < message["seq"]:
                self.messages[message["number"]] = message
            self.last_number = max(self.last_number, message["number"])
        return fresh


class Screen:
    """The state of one client across its connections."""

    def __init__(self, name: str, ledger: Ledger) -> None:
        self.name = name
        self.ledger = ledger
        self.epoch: str | None = None
        self.me: int | None = None
        self.position = 0  # in one's own counter
        self.rooms: dict[int, RoomView] = {}
        self.memberships: dict[int, dict[str, Any]] = {}
        self.resets: set[int] = set()  # rooms to be taken anew
        self.asked: set[int] = set()  # rooms behind a hole
        self._promised: dict[int, int] = {}  # what hello said the rooms stand at

    def positions(self) -> dict[str, int]:
        return {str(room): view.position for room, view in self.rooms.items() if view.low is not None}

    # --- frames ----------------------------------------------------------------------------------------------------

    def hello(self, frame: dict[str, Any]) -> None:
        if self.epoch is not None and frame["epoch"] != self.epoch:
            self.rooms.clear()
            self.memberships.clear()
            self.ledger.refused["another epoch"] += 1
        self.epoch = frame["epoch"]
        self.me = frame["me"]["id"] if frame["me"] else None
        self.position = frame["seq"]
        self._promised = {}
        for state in frame["rooms"]:
            room = state["room"]["id"]
            self._promised[room] = state["seq"]
            self.memberships[room] = state["me"]
            view = self.rooms.get(room)
            if view is None or view.low is None:
                self.rooms[room] = RoomView(state["seq"], state["last_number"], state["seq"])

    def caught_up(self) -> None:
        """Now every room stands where hello said, or further, or is to be taken anew."""
        for room, seq in self._promised.items():
            if room not in self.resets and self.rooms[room].position < seq:
                self.ledger.breach("gaps", f"{self.name} was not caught up in room {room}")
            self.rooms[room].subscribed_at = self.rooms[room].position

    def entered(self, state: dict[str, Any]) -> None:
        """The answer to `room.enter` and `subscribe`."""
        room = state["room"]["id"]
        self.rooms[room] = RoomView(state["seq"], state["last_number"], state["seq"])
        self.resets.discard(room)
        if state["me"] is not None:
            self.memberships[room] = state["me"]

    def page(self, result: dict[str, Any]) -> None:
        view = self.rooms.get(result["room"])
        if view is None:
            return
        messages = result["messages"]
        numbers = [message["number"] for message in messages]
        if numbers and numbers != list(range(numbers[0], numbers[-1] + 1)):
            self.ledger.breach("gaps", f"{self.name} got a page of room {result['room']} with a hole")
        view.merge(messages)
        low = numbers[0] if numbers else result["last_number"] + 1
        view.low = low if view.low is None else min(view.low, low)

    def changes(self, frame: dict[str, Any], *, pushed: bool, resuming: bool) -> None:
        if "me" in frame:
            self._mine(frame, pushed=pushed)
            return
        room = frame["room"]
        view = self.rooms.get(room)
        if view is None or room in self.resets:
            return
        messages = frame.get("messages", [])
        if frame["since"] > view.position:
            self.ledger.breach("gaps", f"{self.name} stood at {view.position} in room {room}, got {_range(frame)}")
            self.asked.add(room)
        elif frame["to"] > view.position:
            view.position = frame["to"]
        elif pushed and not resuming and frame["to"] > view.subscribed_at:
            self.ledger.breach("doubled", f"{self.name} stood at {view.position} in room {room}, got {_range(frame)}")
        seqs = [message["seq"] for message in messages]
        if seqs != sorted(seqs) or (seqs and seqs[0] <= frame["since"]):
            self.ledger.breach("out of order", f"{self.name} got {_range(frame)} of room {room} with {seqs}")
        view.last_number = max(view.last_number, frame["last_number"])
        fresh = view.merge(messages)
        if pushed and not resuming:
            for message in fresh:
                self.ledger.seen(message["client_message_id"])

    def reset(self, frame: dict[str, Any]) -> None:
        if "room" in frame:
            self.resets.add(frame["room"])
            self.ledger.refused["reset"] += 1

    def _mine(self, frame: dict[str, Any], *, pushed: bool) -> None:
        if frame["since"] > self.position:
            self.ledger.breach("gaps", f"{self.name} stood at {self.position} in their own, got {_range(frame)}")
        if frame["to"] <= self.position:
            return
        self.position = frame["to"]
        for membership in frame.get("memberships", []):
            known = self.memberships.get(membership["room"])
            if known is None or known["seq"] < membership["seq"]:
                self.memberships[membership["room"]] = membership


def _range(frame: dict[str, Any]) -> str:
    return f"({frame['since']}, {frame['to']}]"
