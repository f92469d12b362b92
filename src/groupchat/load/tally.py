"""What is counted and timed: the base that clients, voices and crowds share."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

now_ns = time.monotonic_ns


@dataclass(slots=True)
class Phases:
    """When a connection reached which phase, in nanoseconds of the monotonic clock; 0: not yet."""

    begun: int = 0
    connected: int = 0
    opened: int = 0  # the handshake was answered with 101
    ready: int = 0  # hello, caught_up, subscribed: whatever its voice wants to hear first


@dataclass(slots=True)
class Tally:
    """One post: when it was sent, how often it arrived so far, and when the last time."""

    sent: int
    delays: list[int]  # of every delivery, in ns; shared by all posts of a window
    count: int = 0
    last: int = 0
    acknowledged: int = 0


class Heard:
    """One message from a server, taken apart once for all sockets that receive it."""

    __slots__ = ("control", "payload", "room", "seqs", "since", "tallies", "to", "told")

    def __init__(
        self,
        *,
        payload: bytes = b"",
        tallies: tuple[Tally, ...] = (),
        seqs: tuple[int, ...] = (),
        room: int = 0,
        since: int = 0,
        to: int = 0,
        control: int = 0,
        told: dict[str, Any] | None = None,
    ) -> None:
        self.payload = payload
        self.tallies = tallies  # the posts that it carries
        self.seqs = seqs  # of `changes`: the seq of each of them
        self.room, self.since, self.to = room, since, to  # of `changes`
        self.control = control  # an opcode that this socket must look at, or 0
        self.told = told or {}
