"""A room as a client of docs/protocol.md knows it: what arrived, and what of it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class RoomView:
    """A room as this client knows it.

    `position` is None from a reset until the room's state came anew. Every entity that ever arrived is kept by its
    highest seq; `windows` says which numbers are loaded, so that what is outside of them is not shown.
    """

    info: Json
    position: int | None
    last_number: int = 0
    me: Json | None = None
    floor: int = 0  # the number of the first message that one may see; what lies below is not kept
    messages: dict[int, Json] = field(default_factory=dict)
    notices: dict[tuple[int, str], Json] = field(default_factory=dict)
    members: dict[int, Json] = field(default_factory=dict)
    windows: list[tuple[int, int]] = field(default_factory=list)  # both ends are in it; (1, 0) is an empty room's
    has_all_members: bool = False
    asked: bool = False  # `changes` is on its way
    uncounted: set[int] = field(default_factory=set)  # one's own messages and deleted ones, wherever they were heard of

    @property
    def unread(self) -> int:
        """How many messages of others lie behind the read mark and are still there; 0 where one only looks in."""
        return len(self._counted())

    @property
    def first_unread(self) -> int | None:
        """The number of the first of them."""
        return min(self._counted(), default=None)

    def _counted(self) -> set[int]:
        if self.me is None:
            return set()
        first = max(self.me["last_read_number"] + 1, self.info["first_number"])
        return set(range(first, self.last_number + 1)) - self.uncounted - self.ahead

    @property
    def ahead(self) -> set[int]:
        """What was read ahead of the mark."""
        ranges = (self.me or {}).get("read_ahead", ())
        return {number for low, high in ranges for number in range(low, high + 1)}

    @property
    def joined(self) -> list[int]:
        """The ids of those who are in it, as far as they are known."""
        return sorted(person for person, member in self.members.items() if member["state"] == "joined")

    def shown(self) -> list[Json]:
        """The loaded messages in order."""
        return [self.messages[number] for low, high in self.windows for number in range(low, high + 1)]

    def bodies(self) -> list[str]:
        return [message["body"] for message in self.shown() if "deleted_at" not in message]

    def shown_notices(self) -> list[Json]:
        """The quiet lines between the loaded messages."""
        first = self.info["first_number"]
        return [
            self.notices[key]
            for key in sorted(self.notices)
            if any(low <= key[0] <= high or (key[0] == 0 and low <= first) for low, high in self.windows)
        ]

    def picture(self) -> Json:
        """All that this client shows of the room: equal to a fresh snapshot's with the same windows."""
        return {
            "info": self.info,
            "last_number": self.last_number,
            "me": self.me,
            "messages": self.shown(),
            "notices": self.shown_notices(),
            "members": [self.members[person] for person in self.joined] if self.has_all_members else None,
        }

    def load(self, low: int, high: int) -> None:
        """Take the range into the windows, as far as it may be seen."""
        self.windows.append((low, high))
        self.see_from(self.floor)

    def _join_windows(self) -> None:
        joined: list[tuple[int, int]] = []
        for low, high in sorted(self.windows):
            if joined and low <= joined[-1][1] + 1:
                joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
            else:
                joined.append((low, high))
        # What came while a page was on its way, or after the newest page, joins the window that it follows.
        self.windows = []
        for low, high in joined:
            while high + 1 in self.messages:
                high += 1
            if self.windows and low <= self.windows[-1][1] + 1:
                self.windows[-1] = (self.windows[-1][0], max(high, self.windows[-1][1]))
            else:
                self.windows.append((low, high))

    def merge(self, frame: Mapping[str, Any], *, me: int | None) -> None:
        """Take every entity that is newer than the one that is here."""
        info = frame.get("info")
        if info is not None and info["seq"] > self.info["seq"]:
            self.info = info
            if info["history"] == "all":
                self.see_from(0)  # to nobody in it
                self.me = self.me and self.me | {"floor": 0}
        for member in frame.get("members", ()):
            _newer(self.members, member["person"], member)
        for notice in frame.get("notices", ()):
            _newer(self.notices, (notice["after"], notice["kind"]), notice)
        for message in frame.get("messages", ()):
            _newer(self.messages, message["number"], message)
            if message["author"] == me or "deleted_at" in message:
                self.uncounted.add(message["number"])
        self.last_number = max(self.last_number, frame.get("last_number", 0))
        self._join_windows()

    def skip(self, state: Json) -> None:
        """What a state of the room says of the messages behind the mark. It is never undone, so nothing is dropped."""
        for low, high in state.get("uncounted", ()):
            self.uncounted.update(range(low, high + 1))

    def take_membership(self, membership: Json) -> None:
        """One's own membership, newer or not: its read mark rises, unless it was moved back since."""
        known = self.me
        if known is not None and membership.get("moved_back", 0) < known.get("moved_back", 0):
            return
        if known is None or membership["seq"] >= known["seq"]:
            self.me = dict(membership)
            if known is not None and membership["seq"] == known["seq"]:  # a floor comes with a seq and goes without
                self.me["floor"] = min(known["floor"], membership["floor"])
            self.see_from(self.me["floor"])
        is_of_same_life = known is not None and membership.get("moved_back", 0) == known.get("moved_back", 0)
        if known is not None and is_of_same_life and self.me is not None:
            self.me["last_read_number"] = max(known["last_read_number"], membership["last_read_number"])

    def see_from(self, floor: int) -> None:
        """What lies below may not be seen; where the floor falls, what is loaded stays true."""
        self.floor = floor
        self.windows = [(max(low, floor), max(high, floor - 1)) for low, high in self.windows]
        for number in [number for number in self.messages if number < floor]:
            del self.messages[number]
        for key in [key for key in self.notices if key[0] < floor > 1]:
            del self.notices[key]
        self._join_windows()


def _newer(known: dict[Any, Json], key: Any, entity: Json) -> None:
    if key not in known or entity["seq"] > known[key]["seq"]:
        known[key] = entity
