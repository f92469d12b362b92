"""Publications lost, doubled, late and in any order; people who come, read slowly, and go: nobody ever sees a hole,
and everybody ends where the database stands.
"""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.realtime.hubs import ROOM, Listener, World, publication, until

from groupchat.realtime.fanout.topics import Publication

STEPS = st.one_of(
    st.tuples(st.just("commit"), st.integers(1, 3)),
    st.tuples(st.just("deliver"), st.integers(0, 30)),
    st.tuples(st.just("lose"), st.integers(0, 30)),
    st.tuples(st.just("double"), st.integers(0, 30)),
    st.tuples(st.just("ring"), st.just(0)),
    st.tuples(st.just("begin"), st.just(0)),
    st.tuples(st.just("read"), st.integers(0, 5)),
    st.tuples(st.just("arrive"), st.integers(0, 5)),
    st.tuples(st.just("leave"), st.integers(0, 5)),
    st.tuples(st.just("again"), st.integers(0, 5)),
    st.tuples(st.just("wait"), st.just(0)),
)


class Play:
    """One run: what was committed, what is on its way, who is where."""

    def __init__(self) -> None:
        self.world = World()
        self.world.seqs[ROOM] = 0
        self.on_their_way: list[Publication] = []
        self.began: list[Listener] = []
        self.read: list[tuple[Listener, int]] = []
        self.here: list[Listener] = []
        self.stood: dict[Listener, int] = {}  # where each stood when it was committed last, and how much it had heard

    async def step(self, what: str, how: int) -> None:
        hub = self.world.hub
        match what:
            case "commit":
                since = self.world.seqs[ROOM]
                self.world.seqs[ROOM] = since + how
                self.on_their_way.append(publication(since, since + how))
            case "deliver" | "lose" | "double" if self.on_their_way:
                index = how % len(self.on_their_way)
                one = self.on_their_way[index] if what == "double" else self.on_their_way.pop(index)
                if what != "lose":
                    hub.publish(one)
            case "ring":
                hub.behind(ROOM, self.world.seqs[ROOM])
            case "begin":
                listener = Listener()
                hub.begin(listener, ROOM)
                self.began.append(listener)
            case "read" if self.began:
                listener = self.began.pop(how % len(self.began))
                self.read.append((listener, self.world.seqs[ROOM]))
            case "arrive" if self.read:
                listener, position = self.read.pop(how % len(self.read))
                self.check(listener)
                listener.ear.writes.clear()
                self.stood[listener] = position
                self.here.append(listener)
                hub.commit(listener, ROOM, position=position, last_number=0)
            case "leave" if self.here:
                listener = self.here.pop(how % len(self.here))
                hub.leave(listener, ROOM)
                self.check(listener)
            case "again" if self.here:
                listener = self.here.pop(how % len(self.here))
                hub.begin(listener, ROOM)
                self.began.append(listener)
            case "wait":
                await asyncio.sleep(0.002)

    def check(self, listener: Listener) -> int:
        """The client's rule, without mercy; where it stands."""
        position = self.stood.get(listener, 0)
        for since, to in listener.ear.ranges():
            assert since <= position, f"a hole from {position} to {since}"
            position = max(position, to)
        return position

    async def finish(self) -> None:
        """Everybody arrives, and the sweep looks once more."""
        while self.began:
            await self.step("read", 0)
        while self.read:
            await self.step("arrive", 0)
        seq = self.world.seqs[ROOM]
        self.world.hub.differs(ROOM, seq)
        await until(lambda: all(self.check(listener) == seq for listener in self.here))
        await self.world.hub.stop()


@settings(deadline=None, max_examples=300)
@given(st.lists(STEPS, max_size=60))
def test_nobody_sees_a_hole(steps: list[tuple[str, int]]) -> None:
    async def run() -> None:
        play = Play()
        for what, how in steps:
            await play.step(what, how)
        await play.finish()

    asyncio.run(run())
