"""The client's rule of docs/protocol.md, as plainly as it can be written: what the tests hold the server against.

`ClientState` does no I/O: it is fed with every frame that a socket receives, in order, and answers with the commands
that the rule asks for. With `strict` it fails at once where the server breaks a promise: a hole, a person who was not
introduced, an unknown kind of frame.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.room_view import Json, RoomView

PROTOCOL = 1
ROOM_ANSWERS = ("subscribe", "room.enter", "room.join")  # commands that are answered with the state of a room


class Broken(AssertionError):
    """The server broke the protocol."""


class ClientState:
    """What one client knows."""

    def __init__(self, *, strict: bool = True) -> None:
        self.strict = strict
        self.epoch: str | None = None
        self.me: Json | None = None
        self.is_owner = False
        self.seq = 0  # one's own position
        self.rooms: dict[int, RoomView] = {}
        self.people: dict[int, Json] = {}
        self.limits: Json = {}
        self.caught_up = False
        self.holes = 0
        self.resets = 0
        self.drains = 0
        self._ref = 0
        self._pending: dict[int, Json] = {}  # commands without an answer yet
        self._lives: Counter[int] = Counter()  # by room, how often it was dropped
        self._introduced: set[int] = set()  # on this connection
        self._asked_mine = False

    # --- commands --------------------------------------------------------------------------------------------------

    def request(self, type_: str, **members: Any) -> Json:
        """A command with a new ref, whose answer `feed` will understand."""
        self._ref += 1
        command = {"type": type_, "ref": self._ref, **members}
        view = self.rooms.get(members.get("room", 0)) if type_ == "unsubscribe" else None
        self._pending[self._ref] = command | {
            "was_member": view is not None and view.me is not None,
            "life": self._lives[members.get("room", 0)],
        }
        return command

    def connected(self) -> None:
        """A new connection: what was on its way on the last one is forgotten, and nobody was introduced yet."""
        self._pending.clear()
        self._introduced.clear()

    def hello(self, *, again: bool = False) -> Json:
        """The first command of a new connection, or on the same one `again`."""
        if not again:
            self.connected()
        self._asked_mine = False
        self.caught_up = False
        for view in self.rooms.values():
            view.asked = False
        known: Json = {"positions": self.positions()} | ({"epoch": self.epoch, "me": self.seq} if self.epoch else {})
        return self.request("hello", protocol=PROTOCOL, **known)

    def positions(self) -> dict[str, int]:
        """Where this client stands in the rooms of which it has pages."""
        return {
            str(room): view.position
            for room, view in self.rooms.items()
            if view.position is not None and (view.windows or view.has_all_members)
        }

    # --- frames ----------------------------------------------------------------------------------------------------

    def feed(self, frame: Json) -> list[Json]:
        """Take one frame; the commands to send now."""
        match frame["type"]:
            case "reply":
                return self._on_reply(self._pending.pop(frame["ref"], None), frame["result"])
            case "error":
                refused = self._pending.pop(frame["ref"], None)
                if refused is not None and refused["type"] == "subscribe" and refused.get("room") in self.rooms:
                    self._drop(refused["room"])  # it was closed to us, or is gone
                return []
            case "hello":
                return self._on_hello(frame)
            case "caught_up":
                self.caught_up = True
                return []
            case "changes":
                asked = self._pending.pop(frame.get("ref", -1), None) is not None
                return self._on_my_changes(frame, asked) if "me" in frame else self._on_changes(frame, asked)
            case "reset":
                self._pending.pop(frame.get("ref", -1), None)
                return self._on_reset(frame)
            case "people":
                self._introduce_all(frame)
                return []
            case "me":
                self._know_me(frame)
                self.seq = frame["seq"]
                return []
            case "typing":
                if self.strict and frame["person"] not in self._introduced:
                    raise Broken(f"nobody was introduced as {frame['person']}")
                return []
            case "drain":
                self.drains += 1
                return []
            case other:
                raise Broken(f"an unknown kind of frame: {other}")

    def _on_hello(self, frame: Json) -> list[Json]:
        self._pending.pop(frame["ref"], None)
        if self.epoch not in (None, frame["epoch"]):
            for room in list(self.rooms):
                self._drop(room)
            self.people.clear()
        self._introduce_all(frame)
        self.epoch = frame["epoch"]
        self.limits = frame["limits"]
        self._know_me(frame)
        self.seq = frame["seq"]
        commands = []
        member_of = {state["room"]["id"] for state in frame["rooms"]}
        for room, view in list(self.rooms.items()):
            if room in member_of:
                continue
            if view.me is not None:
                self._drop(room)  # we were removed meanwhile
            else:
                commands.append(self.request("subscribe", room=room))  # we were only looking in
        for state in frame["rooms"]:
            view = self.rooms.get(state["room"]["id"])
            if view is None or str(state["room"]["id"]) not in self.positions():
                self._open(state)
            else:
                self._refresh(view, state)  # its changes follow
        return commands

    def _know_me(self, frame: Json) -> None:
        self.me = frame["me"]
        self.is_owner = frame["is_owner"]
        if self.me is not None:
            self._introduce(self.me)

    def _on_reply(self, command: Json | None, result: Json) -> list[Json]:
        if command is None:
            return []
        if command["type"] in ROOM_ANSWERS:
            return self._on_room(result)
        view = self.rooms.get(command.get("room", 0))
        if view is None or command["life"] != self._lives[command["room"]]:
            return []  # what was asked before the room was dropped is of no use
        if command["type"] == "messages":
            self._check_known(result)
            # A page says how the room was at its seq; its facts come by `changes` alone.
            self._merge(view, {name: result[name] for name in ("messages", "notices")})
            numbers = [message["number"] for message in result["messages"]]
            if numbers != list(range(numbers[0], numbers[-1] + 1) if numbers else []):
                raise Broken(f"a page with a hole: {numbers}")
            if numbers:
                view.load(numbers[0], numbers[-1])
            elif not {"before", "after", "around"} & set(command):
                view.load(result["first_number"], result["last_number"])
        elif command["type"] == "members":
            self._check_known(result)
            self._merge(view, {"members": result["members"]})
            if result["next"] is not None:
                return [self.request("members", room=command["room"], after=result["next"])]
            view.has_all_members = True
        elif command["type"] == "unsubscribe":
            # A member since, by another device: this room is to be heard again. A member before wanted it so.
            if view.me is not None and not command["was_member"]:
                return [self.request("subscribe", room=command["room"])]
            self._drop(command["room"])
        return []

    def _on_room(self, state: Json) -> list[Json]:
        room = state["room"]["id"]
        view = self.rooms.get(room)
        if view is None or view.position is None:
            self._open(state)
            return []
        if state["seq"] > view.position and not self._holds(room, view):
            self._open(state)
            return []
        self._refresh(view, state)  # also what was read before the pushes that came meanwhile
        if state["seq"] <= view.position or view.asked:
            return []
        view.asked = True  # what changed since we looked away
        return [self.request("changes", room=room, since=view.position)]

    def _holds(self, room: int, view: RoomView) -> bool:
        """Whether something is loaded of this room, or on its way, that changes could concern."""
        asked = (command for command in self._pending.values() if command["type"] in ("messages", "members"))
        return bool(view.windows or view.members) or any(command["room"] == room for command in asked)

    def _open(self, state: Json) -> None:
        """Stand at the room's seq, with nothing loaded: what arrived before may be older than it.

        Whether one is in the room is for one's own counter to say: an answer that already knows of a leave comes before
        the push that tells it.
        """
        known = self.rooms.get(state["room"]["id"])
        view = self.rooms[state["room"]["id"]] = RoomView(info=state["room"], position=state["seq"])
        if known is not None:
            view.me, view.uncounted, view.floor = known.me, known.uncounted, known.floor
        self._refresh(view, state)

    def _drop(self, room: int) -> None:
        del self.rooms[room]
        self._lives[room] += 1

    @staticmethod
    def _refresh(view: RoomView, state: Json) -> None:
        if state["room"]["seq"] > view.info["seq"]:
            view.info = state["room"]
        if state["me"] is not None:
            view.take_membership(state["me"])
        elif view.me is None:
            view.see_from(state.get("floor", 0))
        view.last_number = max(view.last_number, state["last_number"])
        view.skip(state)

    def _on_changes(self, frame: Json, asked: bool) -> list[Json]:
        room = frame["room"]
        view = self.rooms.get(room)
        if frame["since"] > frame["to"]:
            raise Broken(f"a range that ends before it begins: {frame}")
        self._check_known(frame)
        if view is None:
            return []  # of a room that we left
        if asked:
            view.asked = False
        if view.position is None:
            self._merge(view, frame)  # kept; the room's state is on its way
            return []
        if frame["to"] <= view.position:
            return []
        self._merge(view, frame)
        if frame["since"] <= view.position:
            view.position = frame["to"]
            return []
        if view.asked:
            return []
        self.holes += 1
        if self.strict:
            raise Broken(f"a hole in room {room}: from {view.position} to {frame['since']}")
        view.asked = True
        return [self.request("changes", room=room, since=view.position)]

    def _merge(self, view: RoomView, frame: Mapping[str, Any]) -> None:
        view.merge(frame, me=self.me["id"] if self.me is not None else None)

    def _on_my_changes(self, frame: Json, asked: bool) -> list[Json]:
        if asked:
            self._asked_mine = False
        if frame["to"] <= self.seq:
            return []
        self._introduce_all(frame)
        commands = []
        states = {state["room"]["id"]: state for state in frame.get("rooms", ())}
        for membership in frame.get("memberships", ()):
            room = membership["room"]
            view = self.rooms.get(room)
            if membership["state"] != "joined":
                if view is not None and view.me is not None and membership["seq"] > view.me["seq"]:
                    self._drop(room)
            elif view is not None:
                view.take_membership(membership)
                view.skip(states.get(room, {}))
            elif room in states:
                self.rooms[room] = RoomView(info=states[room]["room"], position=None)
                self._refresh(self.rooms[room], states[room])
                commands.append(self.request("subscribe", room=room))
        if frame["since"] <= self.seq:
            self.seq = frame["to"]
        elif not self._asked_mine:
            self.holes += 1
            if self.strict:
                raise Broken(f"a hole in one's own counter: from {self.seq} to {frame['since']}")
            self._asked_mine = True
            commands.append(self.request("changes", since=self.seq))
        return commands

    def _on_reset(self, frame: Json) -> list[Json]:
        self.resets += 1
        if "me" in frame:
            return [self.hello(again=True)]
        view = self.rooms.get(frame["room"])
        if view is None:
            return []
        self.rooms[frame["room"]] = RoomView(info=view.info | {"seq": 0}, position=None, uncounted=view.uncounted)
        return [
            self.request("subscribe", room=frame["room"]),
            self.request("messages", room=frame["room"]),
            self.request("members", room=frame["room"]),
        ]

    # --- people ----------------------------------------------------------------------------------------------------

    def _introduce_all(self, frame: Json) -> None:
        for person in frame.get("people", ()):
            self._introduce(person)

    def _introduce(self, person: Json) -> None:
        self._introduced.add(person["id"])
        known = self.people.get(person["id"])
        if known is None or known["version"] <= person["version"]:
            self.people[person["id"]] = person

    def _check_known(self, frame: Mapping[str, Any]) -> None:
        strangers = set(named(frame)) - self._introduced
        if strangers and self.strict:
            raise Broken(f"people who were not introduced: {strangers} in {frame}")


def named(frame: Mapping[str, Any]) -> Iterator[int]:
    """The ids of the people whom a frame names."""
    entities: Iterable[tuple[str, str]] = (("messages", "author"), ("members", "person"), ("notices", "actor"))
    for list_, member in entities:
        for entity in frame.get(list_, ()):
            yield entity[member]
    if "me" not in frame:
        yield from frame.get("info", {}).get("people", ())
