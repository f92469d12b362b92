"""How a server is spoken to: what a client sends to post, and what it hears.

A post carries the time at which it was sent, between two tildes, in its first characters. Whatever comes back is
searched for these stamps, so every server is counted and timed by the same sum.
"""

from __future__ import annotations

import json
import re
from typing import Any

from groupchat.load import wire
from groupchat.load.swarm import Client
from groupchat.load.tally import Heard, Tally, now_ns

_STAMP = re.compile(rb"~(\d{19})~")
_MEMO_ENTRIES = 4096  # chunks and frames remembered; then it starts anew


class Voice:
    """The plain protocol: what one says, everyone hears. Subclasses speak more than that."""

    name = "plain"
    path = "/"

    def __init__(self, *, extensions: str | None = None) -> None:
        self.extensions = extensions
        # The server answered with context takeover: equal bytes mean different things on different sockets, and nothing
        # can be remembered by them.
        self.takeover = False
        self.chunks: dict[bytes, tuple[tuple[Heard, ...], bytes]] = {}
        self.tallies: dict[int, Tally] = {}
        self._frames: dict[bytes, Heard] = {}

    # --- speaking -----------------------------------------------------------------------------------------------

    def headers(self, client: Client, host: str, port: int) -> tuple[tuple[str, str], ...]:
        """What the handshake carries beside the necessary."""
        origin = ("Origin", f"http://{host}:{port}")
        return (origin, ("Cookie", client.cookie)) if client.cookie else (origin,)

    def opened(self, client: Client) -> None:
        """The handshake is done: say what must be said first."""
        client.become_ready()

    def post(self, client: Client, body: bytes, *, room: int, stamp: int) -> None:
        client.send(body)

    def say(self, client: Client, *, room: int = 0, size: int = 100, delays: list[int]) -> Tally:
        """Posts `size` ASCII characters with the present time in them."""
        stamp = now_ns()
        while stamp in self.tallies:
            stamp += 1
        tally = self.tallies[stamp] = Tally(stamp, delays)
        self.post(client, body_of(stamp, size), room=room, stamp=stamp)
        return tally

    # --- hearing ------------------------------------------------------------------------------------------------

    def answered(self, client: Client, heard: Heard, at: int) -> None:
        """A message that concerns this socket alone."""

    def read(self, payload: bytes) -> Heard:
        """Takes a message apart; called once per distinct message."""
        return Heard(payload=payload, tallies=self._stamps(payload), control=0)

    def hear_chunk(self, data: bytes, inflate: wire.Inflater | None) -> tuple[tuple[Heard, ...], bytes]:
        frames, rest = wire.split_frames(data)
        heard = tuple(self._hear(frame, inflate) for frame in frames)
        if not self.takeover:
            if len(self.chunks) >= _MEMO_ENTRIES:
                self.chunks.clear()
            self.chunks[data] = (heard, rest)
        return heard, rest

    def _hear(self, frame: wire.Frame, inflate: wire.Inflater | None) -> Heard:
        if frame.opcode in (wire.PING, wire.CLOSE):
            return Heard(payload=frame.payload, control=frame.opcode)
        if frame.opcode == wire.PONG:
            return Heard()
        payload = frame.payload
        if frame.deflated:
            if inflate is None:
                raise wire.WireError("the server compressed a frame without having agreed to it")
            payload = inflate(payload)
        known = self._frames.get(payload)
        if known is None:
            if len(self._frames) >= _MEMO_ENTRIES:
                self._frames.clear()
            known = self._frames[payload] = self.read(payload)
        return known

    def _stamps(self, payload: bytes) -> tuple[Tally, ...]:
        stamps = _STAMP.findall(payload)
        return tuple(self.tallies[int(stamp)] for stamp in stamps if int(stamp) in self.tallies)


class GroupChatVoice(Voice):
    """Our protocol (docs/protocol.md): `hello`, `caught_up`, then live `changes`; `message.post` with a `ref`."""

    name = "groupchat"
    path = "/ws/"

    def __init__(self, *, slug: str | None = None, extensions: str | None = None) -> None:
        super().__init__(extensions=extensions)
        self.slug = slug  # a public room to look into; None: the rooms of one's memberships are enough

    def opened(self, client: Client) -> None:
        hello: dict[str, Any] = {"type": "hello", "ref": 0, "protocol": 1}
        if "epoch" in client.marks:
            hello["epoch"] = client.marks["epoch"]
            hello["positions"] = {str(room): seq for room, seq in client.positions.items()}
        client.send(json.dumps(hello).encode())

    def post(self, client: Client, body: bytes, *, room: int, stamp: int) -> None:
        client.send(
            b'{"type":"message.post","ref":%d,"room":%d,"body":"%b","client_message_id":"b%d"}'
            % (stamp, room, body, stamp)
        )

    def read(self, payload: bytes) -> Heard:
        told = json.loads(payload)
        kind = told.get("type")
        if kind == "changes" and "room" in told:
            # A message may be newer than `to`; then it comes once more in the frame that covers it, and counts there.
            found = [
                (tally, message["seq"])
                for message in told.get("messages", ())
                if message["seq"] <= told["to"]
                for tally in self._stamps(message["body"].encode())
            ]
            return Heard(
                payload=payload,
                tallies=tuple(tally for tally, _ in found),
                seqs=tuple(seq for _, seq in found),
                room=told["room"],
                since=told["since"],
                to=told["to"],
            )
        if kind in ("people", "me", "changes"):
            return Heard(payload=payload)
        return Heard(payload=payload, control=wire.TEXT, told=told)

    def answered(self, client: Client, heard: Heard, at: int) -> None:
        told = heard.told
        kind = told["type"]
        if kind == "hello":
            if client.marks.get("epoch") != told["epoch"]:
                client.positions.clear()
            client.marks["epoch"] = told["epoch"]
            client.marks["hello_at"] = at
            for state in told["rooms"]:
                client.positions.setdefault(state["room"]["id"], state["seq"])
        elif kind == "caught_up":
            if self.slug is None:
                client.become_ready()
            else:
                client.send(json.dumps({"type": "subscribe", "ref": 1, "slug": self.slug}).encode())
        elif kind == "reply":
            ref = told.get("ref")
            if ref == 1 and "room" in told["result"] and not client.phases.ready:
                result = told["result"]
                client.positions[result["room"]["id"]] = result["seq"]
                client.marks["room"] = result["room"]["id"]
                client.become_ready()
            elif ref in self.tallies:
                self.tallies[ref].acknowledged = at
        elif kind == "error":
            client.swarm.troubles[f"error {told['error']['code']}"] += 1
        elif kind == "reset":
            client.positions.pop(told.get("room", 0), None)
            client.swarm.troubles["reset"] += 1
        elif kind == "drain":
            client.marks["drain"] = told["within"]


def body_of(stamp: int, size: int) -> bytes:
    """`size` characters that begin with the stamp; compressible as a sentence is, not as a run of one letter."""
    head = b"~%019d~ " % stamp
    words = b"the quick brown fox jumps over a lazy dog while %d other people keep reading along quietly " % (
        stamp % 9973
    )
    return (head + words * (size // len(words) + 1))[: max(size, len(head) - 1)]
