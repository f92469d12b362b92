"""Promise 3, checked on what one connection is sent: ranges that join without a hole, a reset, none after the end."""

from __future__ import annotations

from tests.client import ROOM_ANSWERS, Json


class Witness:
    """Sees every command and every frame of one connection, in order, before anything is lost on its way."""

    def __init__(self) -> None:
        self._rooms: dict[int, int | None] = {}  # where the server stands with us; None behind a reset
        self._mine: int | None = None
        self._me: int | None = None
        self._commands: dict[int, Json] = {}
        self._introduced: set[int] = set()

    def asked(self, command: Json) -> None:
        self._commands[command["ref"]] = command

    def see(self, frame: Json) -> None:
        command = self._commands.pop(frame.get("ref", -1), None)
        match frame["type"]:
            case "hello":
                self._rooms |= {state["room"]["id"]: state["seq"] for state in frame["rooms"]}
                self._mine = frame["seq"]
                self._me = frame["me"]["id"] if frame["me"] is not None else None
                self._introduced |= {self._me} if self._me is not None else set()
            case "reply" if command is not None and command["type"] in ROOM_ANSWERS:
                self._rooms[frame["result"]["room"]["id"]] = frame["result"]["seq"]
            case "reply" if command is not None and command["type"] == "unsubscribe":
                self._rooms.pop(command["room"], None)
            case "me":
                self._me = frame["me"]["id"]
                self._mine = frame["seq"]
                self._introduced.add(self._me)
            case "people":
                self._introduced |= {person["id"] for person in frame["people"]}
            case "reset" if "room" in frame and command is None:
                self._rooms[frame["room"]] = None
            case "reset" if "me" in frame:
                self._mine = None
            case "changes" if command is None:
                self._changes(frame)

    def _changes(self, frame: Json) -> None:
        assert frame["since"] < frame["to"], frame
        if "me" in frame:
            assert self._mine is None or frame["since"] <= self._mine, f"a hole behind {self._mine}: {frame}"
            if self._mine is not None:
                self._mine = max(self._mine, frame["to"])
            return
        room = frame["room"]
        assert room in self._rooms, f"a push of a room that is not subscribed to: {frame}"
        for list_, member in (("messages", "author"), ("members", "person"), ("notices", "actor")):
            for entity in frame.get(list_, ()):
                assert entity[member] in self._introduced, f"nobody told of {entity}"
        position = self._rooms[room]
        if position is None:
            return
        assert frame["since"] <= position, f"a hole behind {position}: {frame}"
        self._rooms[room] = max(position, frame["to"])
        for one in frame.get("members", ()):
            if one["person"] == self._me and one["state"] != "joined" and one["seq"] > position:
                del self._rooms[room]  # the last frame of the subscription
                return
