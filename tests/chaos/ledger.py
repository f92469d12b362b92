"""What was acknowledged and what was seen, and how both are held against the database afterwards."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Sent:
    """One message: when it was first sent, when it was acknowledged, and as what."""

    author: str
    room: int
    body: str
    sent_at: float
    acknowledged_at: float | None = None
    number: int | None = None
    seq: int | None = None
    deleted: bool = False
    history: set[str] = field(default_factory=set)  # every body that was ever asked for


@dataclass(frozen=True, slots=True)
class Row:
    """A message as it stands in the database."""

    room: int
    number: int
    seq: int
    author: int
    body: str
    client_message_id: str
    deleted: bool


class Ledger:
    """Everything that the crowd did and saw. `broken` counts the promises that were not kept, by their kind."""

    def __init__(self) -> None:
        self.sent: dict[str, Sent] = {}
        self.broken: Counter[str] = Counter()
        self.examples: dict[str, str] = {}
        self.delays: list[tuple[float, float]] = []  # (when it was seen, seconds from sending to a screen)
        self.waits: list[tuple[float, float]] = []  # (when it was acknowledged, seconds from sending to the reply)
        self.refused: Counter[str] = Counter()
        self.resumes = 0
        self.closes: Counter[int] = Counter()
        self.unreachable = 0  # connections that nobody took

    # --- while it runs ---------------------------------------------------------------------------------------------

    def breach(self, kind: str, words: str) -> None:
        self.broken[kind] += 1
        self.examples.setdefault(kind, words)

    def posted(self, client_message_id: str, *, author: str, room: int, body: str) -> None:
        self.sent[client_message_id] = Sent(author, room, body, time.monotonic(), history={body})

    def acknowledged(self, client_message_id: str, *, number: int, seq: int, duplicate: bool) -> None:
        entry = self.sent[client_message_id]
        now = time.monotonic()
        if entry.number is not None and (entry.number, entry.seq) != (number, seq):
            self.breach("doubled", f"{client_message_id} was acknowledged as {entry.number} and as {number}")
        if entry.acknowledged_at is None:
            entry.acknowledged_at = now
            self.waits.append((now, now - entry.sent_at))
        entry.number, entry.seq = number, seq

    def seen(self, client_message_id: str) -> None:
        """A message arrived on a screen by a live push."""
        entry = self.sent.get(client_message_id)
        if entry is not None:
            now = time.monotonic()
            self.delays.append((now, now - entry.sent_at))

    @property
    def acknowledgements(self) -> int:
        return len(self.waits)

    def p99(self, of: str, *, since: float = 0.0, until: float = float("inf")) -> float:
        """The 99th percentile of `delays` or `waits`, in seconds, within a span of the monotonic clock."""
        values = sorted(value for at, value in getattr(self, of) if since <= at <= until)
        return values[int(len(values) * 0.99)] if values else 0.0

    # --- afterwards ------------------------------------------------------------------------------------------------

    def hold_against(self, rows: Iterable[Row], counters: Mapping[int, tuple[int, int, int]]) -> None:
        """Notes as broken whatever the database tells otherwise than the acknowledgements; `counters` are, by room,
        the first and the last number and the seq.
        """
        by_room: dict[int, list[Row]] = defaultdict(list)
        by_id: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            by_room[row.room].append(row)
            by_id[row.client_message_id].append(row)
        for client_message_id, found in by_id.items():
            if len(found) > 1:
                self.breach("doubled", f"{client_message_id} is stored {len(found)} times")
        for client_message_id, entry in self.sent.items():
            self._hold_one(client_message_id, entry, by_id.get(client_message_id, []))
        for room, (first, last, seq) in counters.items():
            self._hold_room(room, sorted(by_room[room], key=lambda row: row.number), first, last, seq)

    def _hold_one(self, client_message_id: str, entry: Sent, found: list[Row]) -> None:
        if entry.number is None:
            return  # never acknowledged: it may be there or not
        if not found:
            self.breach("lost", f"{client_message_id} was acknowledged as {entry.number} and is not stored")
            return
        row = found[0]
        if (row.room, row.number) != (entry.room, entry.number):
            self.breach("lost", f"{client_message_id} was acknowledged as {entry.number} and is stored as {row.number}")
        if row.deleted != entry.deleted or (not row.deleted and row.body != entry.body):
            self.breach("lost", f"{client_message_id}: an acknowledged edit or deletion is not stored")

    def _hold_room(self, room: int, rows: list[Row], first: int, last: int, seq: int) -> None:
        if [row.number for row in rows] != list(range(first, last + 1)):
            self.breach("gaps", f"the numbers of room {room} are not dense up to {last}")
        if rows and max(row.seq for row in rows) > seq:
            self.breach("out of order", f"room {room} stands at {seq}, behind one of its messages")
        seqs = [row.seq for row in rows]
        if len(set(seqs)) != len(seqs):
            self.breach("out of order", f"two messages of room {room} have the same seq")
        # Whatever was acknowledged before another was sent stands before it.
        done = sorted(
            (entry for entry in self.sent.values() if entry.room == room and entry.number is not None),
            key=lambda entry: entry.sent_at,
        )
        acknowledged = sorted(
            (entry for entry in done if entry.acknowledged_at is not None), key=lambda entry: entry.acknowledged_at or 0
        )
        highest, at = 0, 0
        for entry in done:
            while at < len(acknowledged) and (acknowledged[at].acknowledged_at or 0) < entry.sent_at:
                highest = max(highest, acknowledged[at].number or 0)
                at += 1
            if (entry.number or 0) < highest:
                self.breach("out of order", f"room {room}: {entry.number} was sent after {highest} was acknowledged")

    def verdict(self) -> str:
        """Empty where every promise was kept."""
        return "; ".join(f"{kind}: {count} ({self.examples[kind]})" for kind, count in sorted(self.broken.items()))


def same(entity: Mapping[str, Any], row: Row) -> bool:
    """Whether a message on a screen is the one in the database."""
    return (
        entity["number"] == row.number
        and entity["seq"] == row.seq
        and entity["author"] == row.author
        and entity["body"] == row.body
        and entity["client_message_id"] == row.client_message_id
        and ("deleted_at" in entity) == row.deleted
    )
