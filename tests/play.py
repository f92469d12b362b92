"""Tests that read like a play, over real sockets::

alice, bob = stage.guests("alice", "bob")
alice.enters("lobby")
bob.enters("lobby")
alice.posts("hi")
bob.sees("hi")
"""

from __future__ import annotations

import itertools
import os
from contextlib import ExitStack
from typing import Any, Self
from urllib.parse import quote

import pytest
from tests.room_view import Json, RoomView
from tests.sockets import Client, Refused

_ids = itertools.count(1)


def new_client_message_id() -> str:
    return f"play-{os.getpid()}-{next(_ids)}"


class Actor:
    """One person at one device, in the room that they entered or looked into last."""

    def __init__(self, client: Client, *, name: str = "", ends: ExitStack) -> None:
        self.client = client
        self.name = name
        self.room = 0
        self._ends = ends
        ends.callback(client.close)

    def __repr__(self) -> str:
        return self.name

    @property
    def state(self) -> Any:
        return self.client.state

    @property
    def view(self) -> RoomView:
        """The room on the screen."""
        view: RoomView = self.client.state.rooms[self.room]
        return view

    @property
    def id(self) -> int:
        me = self.client.state.me
        assert me is not None, f"{self.name} is nobody yet"
        person: int = me["id"]
        return person

    # --- coming and going ------------------------------------------------------------------------------------------

    def arrives(self) -> Self:
        self.client.open()
        return self

    def goes_offline(self) -> None:
        """Loses the connection, without a word."""
        self.client.cut()

    def comes_back(self) -> None:
        """Connects again, and takes in what changed meanwhile."""
        self.client.open()
        if self.room in self.client.state.rooms:
            self.client.wait(lambda: self.view.position is not None and not self.view.asked)

    def closes(self) -> None:
        self.client.close()

    def on_another_device(self) -> Actor:
        """The same person, at a device of theirs that knows nothing yet."""
        client = Client(self.client.address, cookies=self.client.cookies, strict=self.client.state.strict)
        return Actor(client, name=f"{self.name}'", ends=self._ends).arrives()

    # --- rooms -----------------------------------------------------------------------------------------------------

    def enters(self, name: str) -> Json:
        """Joins the room of this name, or makes it, and opens it."""
        return self._opens(self.client.call("room.enter", name=name))

    def looks_into(self, slug: str) -> Json:
        """Opens a public room without joining it."""
        return self._opens(self.client.call("subscribe", slug=slug))

    def opens(self, room: int) -> Json:
        """Opens a room by its id."""
        return self._opens(self.client.call("subscribe", room=room))

    def _opens(self, state: Json) -> Json:
        self.room = state["room"]["id"]
        self.client.call("messages", room=self.room)
        self.client.call("members", room=self.room)
        self.client.wait(lambda: self.view.has_all_members)
        return state

    def joins(self) -> None:
        self.client.call("room.join", room=self.room)

    def leaves(self) -> None:
        self.client.call("room.leave", room=self.room)

    def renames_the_room(self, name: str) -> None:
        self.client.call("room.rename", room=self.room, name=name)

    def shows_newcomers(self, history: str) -> None:
        """Everything ("all"), or only what is written after they came ("joined")."""
        self.client.call("room.settings", room=self.room, history=history)

    def sets_the_topic(self, topic: str) -> None:
        self.client.call("room.topic", room=self.room, topic=topic)

    # --- words -----------------------------------------------------------------------------------------------------

    def posts(self, body: str, *, id: str | None = None, seen: int | None = None) -> Json:
        """Posts, and waits for the acknowledgement; `seen`: with what was on the screen, or as a program."""
        sight = {} if seen is None else {"seen": seen}
        return self.client.call(
            "message.post", room=self.room, body=body, client_message_id=id or new_client_message_id(), **sight
        )

    def starts_to_post(self, body: str, *, id: str | None = None) -> int:
        """Posts without waiting; the ref of the command."""
        return self.client.start(
            "message.post", room=self.room, body=body, client_message_id=id or new_client_message_id()
        )

    def number_of(self, body: str) -> int:
        """The number of the message that says so, once it is on the screen: a reply may come before the push."""
        self.sees(body)
        numbers = [message["number"] for message in self.view.shown() if message["body"] == body]
        assert len(numbers) == 1, f"{self.name} sees {body!r} {len(numbers)} times"
        number: int = numbers[0]
        return number

    def edits(self, body: str, to: str) -> None:
        self.client.call("message.edit", room=self.room, number=self.number_of(body), body=to)

    def deletes(self, body: str) -> None:
        self.client.call("message.delete", room=self.room, number=self.number_of(body))

    def reads(self, number: int | None = None) -> None:
        """Everything up to this number, or all that there is."""
        self.client.call("read", room=self.room, number=self.view.last_number if number is None else number)

    def scrolls_up(self, *, limit: int = 50) -> None:
        self.client.call("messages", room=self.room, before=self.view.windows[0][0], limit=limit)

    # --- what is on the screen -------------------------------------------------------------------------------------

    def sees(self, *bodies: str) -> None:
        """Waits until these messages stand there, in this order."""
        self.client.wait(lambda: _in_order(bodies, self.view.bodies()), what=f"for {bodies}")

    def sees_only(self, *bodies: str) -> None:
        """Waits until these messages stand there and no others."""
        self.client.wait(lambda: self.view.bodies() == list(bodies), what=f"for {bodies}")

    def does_not_see(self, body: str) -> None:
        """Not now, with everything taken in that the server has sent."""
        self.client.drain()
        assert body not in self.view.bodies()

    def sees_topic(self, topic: str) -> None:
        self.client.wait(lambda: self.view.info["topic"] == topic)

    def sees_name(self, name: str) -> None:
        self.client.wait(lambda: self.view.info["name"] == name)

    def sees_members(self, *actors: Actor) -> None:
        """Waits until exactly these are in the room."""
        wanted = sorted(actor.id for actor in actors)
        self.client.wait(lambda: self.view.joined == wanted, what=f"for {actors}")

    def has_unread(self, count: int) -> None:
        self.client.wait(lambda: self.view.unread == count, what=f"for {count} unread")

    def has_room(self, name: str) -> None:
        """Waits until the room stands in the list, and goes there."""

        def found() -> bool:
            for room, view in self.client.state.rooms.items():
                if view.info["name"] == name and view.position is not None:
                    self.room = room
                    return True
            return False

        self.client.wait(found, what=f"for the room {name}")

    def has_no_room(self, room: int) -> None:
        self.client.wait(lambda: room not in self.client.state.rooms)

    def is_refused(self, code: str, type_: str, **members: Any) -> Json:
        """Sends a command that is refused with this code; the error."""
        with pytest.raises(Refused) as refused:
            self.client.call(type_, **members)
        assert refused.value.code == code, f"{refused.value.error} instead of {code}"
        return refused.value.error


def _in_order(wanted: tuple[str, ...], there: list[str]) -> bool:
    rest = iter(there)
    return all(body in rest for body in wanted)


class Stage:
    """Brings people before one server; closes their sockets at the end."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()

    def client(self, *, name: str = "", **of_client: Any) -> Client:
        """A socket that is not opened yet; without cookies it will be a guest of this name."""
        path = f"/ws/?name={quote(name)}" if name else "/ws/"
        client = Client(self.address, **({"path": path} | of_client))
        self._ends.callback(client.close)
        return client

    def guest(self, name: str, **of_client: Any) -> Actor:
        """Somebody without an account, who has just come in."""
        return Actor(self.client(name=name, **of_client), name=name, ends=self._ends).arrives()

    def guests(self, *names: str) -> list[Actor]:
        return [self.guest(name) for name in names]

    def user(self, name: str, cookies: dict[str, str], **of_client: Any) -> Actor:
        """Somebody with an account, whose browser has these cookies."""
        return Actor(self.client(cookies=cookies, **of_client), name=name, ends=self._ends).arrives()
