"""People who post, edit, delete, read and page, by a seed; and the comparison of what they saw with the database."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from random import Random
from typing import Any

from tests.chaos.ledger import Ledger, Row, same
from tests.chaos.person import LostConnection, Person
from tests.chaos.stack import Node, reading

DEADLINE_SECONDS = 60.0  # for what takes a second or two on a quiet machine
ARRIVING_AT_ONCE = 100
PEOPLE, PEOPLE_LONG = 40, 100  # of the short form and of the long one
THINKING_SECONDS = 0.5


class Crowd:
    """`people` guests in `rooms` rooms: each in one, every third in two."""

    usual_people = PEOPLE

    def __init__(
        self, nodes: Sequence[Node], *, seed: int, people: int | None = None, rooms: int = 10, name: str = "p"
    ) -> None:
        self.nodes = list(nodes)
        self.ledger = Ledger()
        random = Random(seed)
        ports = [node.port for node in nodes]
        self.people = [
            Person(f"{name}{index}", ports=ports, ledger=self.ledger, random=Random(random.random()))
            for index in range(people or Crowd.usual_people)
        ]
        self.names = [f"{name} room {index} of {seed}" for index in range(rooms)]
        self.rooms_of: dict[Person, list[int]] = {}
        self._resting = asyncio.Event()
        self._actors: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Crowd:
        arriving = asyncio.Semaphore(ARRIVING_AT_ONCE)
        made: dict[str, int] = {}

        async def come_into(person: Person, name: str) -> int:
            if name in made:
                return await person.join(made[name])
            made[name] = await person.enter(name)
            return made[name]

        async def arrive(index: int, person: Person) -> None:
            async with arriving:
                person.arrive()
                names = [self.names[index % len(self.names)]]
                if index % 3 == 0 and len(self.names) > 1:
                    names.append(self.names[(index + 1) % len(self.names)])
                self.rooms_of[person] = [await come_into(person, name) for name in names]

        async with asyncio.timeout(DEADLINE_SECONDS):
            await asyncio.gather(*(arrive(index, person) for index, person in enumerate(self.people)))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._resting.set()
        for actor in self._actors:
            actor.cancel()
        await asyncio.gather(*self._actors, return_exceptions=True)
        await asyncio.gather(*(person.go() for person in self.people))

    @property
    def rooms(self) -> set[int]:
        return {room for rooms in self.rooms_of.values() for room in rooms}

    # --- the load --------------------------------------------------------------------------------------------------

    def begin(self, *, think_seconds: float = THINKING_SECONDS) -> None:
        """Everybody acts, with a pause of so many seconds in the mean between one thing and the next."""
        self._resting.clear()
        self._actors = [asyncio.create_task(self._act(person, think_seconds)) for person in self.people]

    async def _act(self, person: Person, think_seconds: float) -> None:
        random = person.random
        while not await self._thinks(random.expovariate(1 / think_seconds)):
            room = random.choice(self.rooms_of[person])
            dice = random.random()
            if dice < 0.72 or not person.own:
                await person.post(room)
            elif dice < 0.84:
                await person.edit()
            elif dice < 0.88:
                await person.delete()
            elif dice < 0.95:
                await person.page(room)
            else:
                await person.read(room)

    async def _thinks(self, seconds: float) -> bool:
        """Whether rest came meanwhile."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._resting.wait(), seconds)
        return self._resting.is_set()

    async def acknowledged(self, more: int) -> None:
        """Wait until so many more posts were acknowledged."""
        goal = self.ledger.acknowledgements + more
        seconds = DEADLINE_SECONDS + more / 4
        await until(lambda: self.ledger.acknowledgements >= goal, f"{more} more acknowledgements", seconds=seconds)

    async def rest(self) -> None:
        """Nobody begins anything new; what was begun is brought to its end."""
        self._resting.set()
        done, pending = await asyncio.wait(self._actors, timeout=DEADLINE_SECONDS)
        assert not pending, f"{len(pending)} people are still waiting for an answer"
        for actor in done:
            actor.result()

    def stir(self) -> None:
        """Every other person loses the socket, and comes back to any of the servers."""
        for person in self.people[::2]:
            person.cut()

    def forget(self, *, since: float) -> None:
        """What was sent since this moment is gone, and that is right: an older copy is restored."""
        gone = {key for key, entry in self.ledger.sent.items() if entry.sent_at >= since}
        for key in gone:
            del self.ledger.sent[key]
        for person in self.people:
            person.own = [key for key in person.own if key not in gone]

    # --- the comparison --------------------------------------------------------------------------------------------

    async def judge(self) -> None:
        """Rest, wait until every screen stands where the database does, and compare everything."""
        await self.rest()
        truth = await self._converge()
        self.ledger.hold_against(truth.messages, truth.counters)
        for person in self.people:
            self._compare(person, truth)
        assert not self.ledger.verdict(), self.ledger.verdict()

    async def _converge(self) -> Truth:
        truth = Truth(self)
        behind: list[str] = []
        deadline = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < deadline:
            truth = await asyncio.to_thread(Truth, self)
            behind = [words for person in self.people if (words := self._is_behind(person, truth))]
            if not behind:
                return truth
            await asyncio.sleep(0.1)
        self.ledger.breach("lost", f"{len(behind)} screens never came to where the database is: {behind[:3]}")
        return truth

    def _is_behind(self, person: Person, truth: Truth) -> str:
        screen = person.screen
        if not person.online.is_set() or screen.resets:
            return f"{person.name} is not there"
        for room in self.rooms_of[person]:
            view = screen.rooms.get(room)
            if view is None or view.low is None or view.position != truth.counters[room][2]:
                return f"{person.name} stands at {view and view.position} in {room}, not {truth.counters[room][2]}"
        if screen.me is not None and screen.position != truth.positions[screen.me]:
            return f"{person.name} stands at {screen.position} of their own, not {truth.positions[screen.me]}"
        return ""

    def _compare(self, person: Person, truth: Truth) -> None:
        breach = self.ledger.breach
        for room in self.rooms_of[person]:
            view = person.screen.rooms[room]
            first, last, _ = truth.counters[room]
            if view.last_number != last:
                breach("states", f"{person.name}: room {room} ends at {view.last_number}, not {last}")
            for number in range(max(view.low or 1, first), last + 1):
                message, row = view.messages.get(number), truth.at[room, number]
                if message is None:
                    breach("lost", f"{person.name} never saw {room}/{number}")
                elif not same(message, row):
                    breach("states", f"{person.name}: {room}/{number} is {message}, not {row}")
            membership = person.screen.memberships.get(room)
            if membership is None or person.screen.me is None:
                breach("states", f"{person.name} does not know of being in room {room}")
                continue
            me = person.screen.me
            shown = unread(
                membership["last_read_number"],
                {number for number, one in view.messages.items() if one["author"] != me and "deleted_at" not in one},
            )
            there = unread(
                truth.marks[room, me],
                {row.number for row in truth.messages if row.room == room and row.author != me and not row.deleted}
                & view.messages.keys(),
            )
            if shown != there:
                breach("states", f"{person.name} has {shown} unread in room {room}, not {there}")


class Truth:
    """What the database says of a crowd's rooms."""

    def __init__(self, crowd: Crowd) -> None:
        rooms = ", ".join(str(room) for room in sorted(crowd.rooms))

        def rows(connection: Any, words: str) -> list[Any]:
            found: list[Any] = connection.execute(words).fetchall()
            return found

        with reading(crowd.nodes[0]) as connection:
            self.messages = [
                Row(room, number, seq, author, body, client_message_id, deleted is not None)
                for room, number, seq, author, body, client_message_id, deleted in rows(
                    connection,
                    "SELECT room_id, number, seq, author_id, body, client_message_id, deleted_at"
                    f" FROM groupchat_message WHERE room_id IN ({rooms})",
                )
            ]
            self.counters = {
                room: (first, last, seq)
                for room, first, last, seq in rows(
                    connection, f"SELECT id, first_number, last_number, seq FROM groupchat_room WHERE id IN ({rooms})"
                )
            }
            self.marks = {
                (room, person): mark
                for room, person, mark in rows(
                    connection,
                    f"SELECT room_id, person_id, last_read_number FROM groupchat_membership WHERE room_id IN ({rooms})",
                )
            }
            self.positions = dict(rows(connection, "SELECT id, seq FROM groupchat_person"))
        self.at = {(row.room, row.number): row for row in self.messages}


def unread(mark: int, others: set[int]) -> list[int]:
    """What others wrote behind the mark and is still there."""
    return sorted(number for number in others if number > mark)


async def until(is_so: Callable[[], bool], what: str, *, seconds: float = DEADLINE_SECONDS) -> None:
    """Wait for a condition; fails with `what` where it takes too long."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"still waiting for {what}"
        await asyncio.sleep(0.02)


__all__ = ["Crowd", "LostConnection", "Truth", "until"]
