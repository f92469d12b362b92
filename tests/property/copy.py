"""The reference client with what a recorded one must also know: what it asked for, and that a subscription can end."""

from __future__ import annotations

from tests.client import ROOM_ANSWERS, ClientState, Json


class Copy(ClientState):
    """As the reference client; a room that one is out of, or may not look into, is gone."""

    def __init__(self, *, strict: bool) -> None:
        super().__init__(strict=strict)
        self.loaded: dict[int, list[tuple[int, int]]] = {}  # ranges of numbers that pages brought, by room

    @property
    def unanswered(self) -> list[Json]:
        return list(self._pending.values())

    def command_of(self, frame: Json) -> Json | None:
        return self._pending.get(frame.get("ref", -1))

    def paged(self, command: Json, page: Json) -> None:
        numbers = [message["number"] for message in page["messages"]]
        if numbers and command["room"] in self.rooms and command["life"] == self._lives[command["room"]]:
            self.loaded.setdefault(command["room"], []).append((numbers[0], numbers[-1]))

    def feed(self, frame: Json) -> list[Json]:
        command = self.command_of(frame)
        before = dict(self.rooms)
        commands = super().feed(frame)
        refused = frame["type"] == "error" and command is not None and command["type"] in (*ROOM_ANSWERS, "changes")
        if refused and command is not None and command.get("room") in self.rooms:
            self._drop(command["room"])
        for room, view in before.items():
            if self.rooms.get(room) is not view:
                self.loaded.pop(room, None)  # dropped, or taken anew
        return commands

    def _on_changes(self, frame: Json, asked: bool) -> list[Json]:
        view = self.rooms.get(frame["room"])
        before = view.position if view is not None else None
        commands = super()._on_changes(frame, asked)
        if view is not None and before is not None and self.me is not None:
            for member in frame.get("members", ()):
                if member["person"] == self.me["id"] and member["state"] != "joined" and member["seq"] > before:
                    self._drop(frame["room"])
                    # One's own counter may already tell of a return: only the server knows which came last.
                    return [self.request("subscribe", room=frame["room"])] if view.me is not None else []
        return commands
