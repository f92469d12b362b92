"""Everything that may happen, in any order: the rules of the property test."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, ClassVar
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from tests.brokers.side import LoopThread
from tests.client import Json
from tests.property.device import Device
from tests.property.truth import Truth, expected_of_store
from tests.property.world import World

from groupchat.actions import messages, rooms
from groupchat.actions.counters import changed_mine, changing_room
from groupchat.actions.messages import Post
from groupchat.errors import ChatError
from groupchat.models import Membership, Message, Person, Room

some = st.integers(0, 5)
few = st.integers(0, 3)
MOST_TRACES = 500  # that are played to the page's store
chance = st.sampled_from([0.0, 0.0, 0.1, 0.3])


def remove(room_id: int, person: Person, state: str) -> None:
    """Take a person out of a room, as moderation does."""
    with changing_room(room_id, person) as change:
        membership = Membership.objects.filter(room_id=room_id, person=person).first()
        membership = membership or Membership(room_id=room_id, person=person)
        membership.state = state
        change.changed(membership, person)
        membership.save()
        change.save()
        changed_mine(person.pk, [membership])


class Chat(RuleBasedStateMachine):
    """Some people with devices in some rooms, on two server processes."""

    loop: ClassVar[LoopThread]
    shell: ClassVar[ThreadPoolExecutor]
    recorded: ClassVar[list[Json]]  # traces, and what a store must hold after them

    def __init__(self) -> None:
        super().__init__()
        self.world: World | None = None
        self.settled: list[Json] = []

    @initialize(
        seed=st.integers(0, 2**32), people=st.integers(2, 4), devices=st.integers(2, 6), has_broker=st.booleans(),
        faults=st.tuples(chance, chance, chance),
    )  # fmt: skip
    def begin(self, seed: int, people: int, devices: int, has_broker: bool, faults: tuple[float, ...]) -> None:
        world = World(seed=seed, shell=self.shell)
        self.run(world.start(people=people, devices=devices, has_broker=has_broker, faults=faults))
        self.world = world

    def run(self, work: Any) -> Any:
        return self.loop.run(work)

    def device(self, index: int) -> Device:
        return self.world.devices[index % len(self.world.devices)]

    def room(self, index: int) -> int:
        return self.world.rooms[index % len(self.world.rooms)]

    def on_loop(self, work: Any, *arguments: Any, **named: Any) -> None:
        """Do this on the loop, and let it go on for a moment, but not to an end."""

        async def do() -> None:
            work(*arguments, **named)
            for _ in range(self.world.random.randrange(4)):
                await asyncio.sleep(0)
            self.world.check()

        self.run(do())

    # --- people ----------------------------------------------------------------------------------------------------

    @rule(
        who=some, where=few, count=st.integers(1, 4),
        sight=st.sampled_from(["nothing", "everything", "everything", "a part", "the future"]), answers=st.booleans(),
    )  # fmt: skip
    def post(self, who: int, where: int, count: int, sight: str, answers: bool) -> None:
        device, room = self.device(who), self.room(where)
        known = device.state.rooms.get(room)
        seen = None
        if known is not None and sight != "nothing":
            seen = max(0, known.last_number + {"everything": 0, "a part": -2, "the future": 1_000}[sight])
            if sight != "the future":
                self.world.looked(device.who, room, seen)
        to = max(known.messages, default=None) if known is not None and answers else None
        for index in range(count):
            words = f"words {index} " + "long " * (40 * (index % 2))
            self.on_loop(device.post, room, words, seen=seen, reply_to=to)

    @rule(
        who=some, where=few, how=st.sampled_from(["subscribe", "subscribe", "room.join", "room.leave", "unsubscribe"])
    )
    def come_or_go(self, who: int, where: int, how: str) -> None:
        device, room = self.device(who), self.room(where)
        known = device.state.rooms.get(room)
        if how == "unsubscribe" and (known is None or known.me is not None or known.position is None):
            return  # a member's client keeps hearing its rooms
        self.on_loop(device.ask, how, room=room)

    @rule(who=some, where=few, back=few, delete=st.booleans())
    def rewrite(self, who: int, where: int, back: int, delete: bool) -> None:
        device, room = self.device(who), self.room(where)
        known = device.state.rooms.get(room)
        me = device.state.me
        if known is None or me is None:
            return
        own = [one for one in known.messages.values() if one["author"] == me["id"] and "deleted_at" not in one]
        if not own:
            return
        number = own[-1 - back % len(own)]["number"]
        if delete:
            self.on_loop(device.ask, "message.delete", room=room, number=number)
        else:
            self.on_loop(
                device.ask, "message.edit", room=room, number=number, body=f"better {self.world.next_number()}"
            )

    @rule(who=some, where=few, back=few, emoji=st.sampled_from(["🎉", "❤️"]), on=st.sampled_from([True, True, False]))
    def react(self, who: int, where: int, back: int, emoji: str, on: bool) -> None:
        device, room = self.device(who), self.room(where)
        known = device.state.rooms.get(room)
        if known is None or not known.messages:
            return
        numbers = sorted(known.messages)
        number = numbers[-1 - back % len(numbers)]
        self.on_loop(device.ask, "message.react", room=room, number=number, emoji=emoji, on=on)

    @rule(where=few, kind=st.sampled_from(["room.rename", "room.topic"]))
    def rule_room(self, where: int, kind: str) -> None:
        word = str(uuid4())
        named = {"name": word} if kind == "room.rename" else {"topic": word}
        self.on_loop(self.world.devices[0].ask, kind, room=self.room(where), **named)

    @rule(who=some, where=few, behind=few)
    def read(self, who: int, where: int, behind: int) -> None:
        device, room = self.device(who), self.room(where)
        known = device.state.rooms.get(room)
        if known is not None and known.last_number > behind:
            self.world.looked(device.who, room, known.last_number - behind)
            self.on_loop(device.ask, "read", room=room, number=known.last_number - behind)

    @rule(who=some, where=few, low=st.integers(1, 12), more=st.integers(0, 2))
    def read_ahead(self, who: int, where: int, low: int, more: int) -> None:
        device, room = self.device(who), self.room(where)
        known = device.state.rooms.get(room)
        if known is not None and known.last_number >= low + more:
            self.world.looked_at(device.who, room, range(low, low + more + 1))
            self.on_loop(device.ask, "read", room=room, numbers=[[low, low + more]])

    @rule(who=some, where=few, behind=few)
    def mark_unread(self, who: int, where: int, behind: int) -> None:
        device, room = self.device(who), self.room(where)
        known = device.state.rooms.get(room)
        if known is not None and known.last_number > behind:
            self.on_loop(device.ask, "read", room=room, number=known.last_number - behind, back=True)

    @rule(who=some, where=few, root=st.integers(1, 12), on=st.booleans())
    def follow(self, who: int, where: int, root: int, on: bool) -> None:
        device, room = self.device(who), self.room(where)
        if room in device.state.rooms:
            self.on_loop(device.ask, "thread.follow", room=room, root=root, on=on)

    @rule(
        who=some, where=few, limit=st.integers(1, 5), number=st.integers(1, 12),
        end=st.sampled_from(["newest", "newest", "before", "after", "around"]),
    )  # fmt: skip
    def page(self, who: int, where: int, limit: int, number: int, end: str) -> None:
        device, room = self.device(who), self.room(where)
        if room in device.state.rooms:
            at = {} if end == "newest" else {end: number}
            self.on_loop(device.ask, "messages", room=room, limit=limit, **at)

    @rule(who=some, where=few)
    def members(self, who: int, where: int) -> None:
        device, room = self.device(who), self.room(where)
        if room in device.state.rooms:
            self.on_loop(device.ask, "members", room=room, limit=2)

    # --- another process, which has no hub -------------------------------------------------------------------------

    @rule(who=few, where=few, count=st.sampled_from([1, 1, 3, 10]))
    def shell_posts(self, who: int, where: int, count: int) -> None:
        someone = self.world.people[who % len(self.world.people)]
        posts = []
        for _ in range(count):
            once = f"shell-{self.world.next_number()}"
            self.world.sent[once] = (someone, self.room(where), "from a shell")
            posts.append(Post(self.room(where), someone.guest, "from a shell", once))

        def post() -> None:
            for given, answer in zip(posts, messages.post(posts), strict=True):
                if isinstance(answer, ChatError):
                    self.world.refused.add(given.client_message_id)

        self.run(self.world.domain(post))

    @rule(who=st.integers(1, 3), where=few, state=st.sampled_from(["kicked", "kicked", "banned"]))
    def shell_removes(self, who: int, where: int, state: str) -> None:
        someone = self.world.people[who % len(self.world.people)]

        def work() -> None:
            person = Person.objects.filter(guest_id=someone.guest.id, kind=Person.Kind.GUEST).first()
            if person is not None:
                remove(self.room(where), person, state)

        self.run(self.world.domain(work))

    @rule(where=few, count=st.sampled_from([2, 9]))
    def shell_rewrites(self, where: int, count: int) -> None:
        def work() -> None:
            for one in Message.objects.filter(room_id=self.room(where), deleted_at=None).order_by("number")[:count]:
                with suppress(ChatError):  # of somebody who was banned
                    messages.edit(person=one.author, room_id=one.room_id, number=one.number, body=uuid4().hex)

        self.run(self.world.domain(work))

    @rule(where=few, history=st.sampled_from(["joined", "joined", "all"]))
    def shell_shows_newcomers(self, where: int, history: str) -> None:
        def work() -> None:
            owner = Person.objects.get(pk=self.world.people[0].person_id)
            with suppress(ChatError):  # of one who left the room to others
                rooms.set_history(person=owner, room_id=self.room(where), history=history)

        self.run(self.world.domain(work))

    @rule(where=few)
    def shell_enters(self, where: int) -> None:
        room = self.room(where)
        someone = self.world.people[where % len(self.world.people)]

        def work() -> None:
            person = Person.objects.filter(guest_id=someone.guest.id).first()
            if person is not None:
                try:
                    rooms.enter(person=person, name=Room.objects.get(pk=room).name)
                except ChatError:
                    assert Membership.objects.get(room_id=room, person=person).state == Membership.State.BANNED

        self.run(self.world.domain(work))

    # --- what goes wrong -------------------------------------------------------------------------------------------

    @rule(who=some, keep=few)
    def cut(self, who: int, keep: int) -> None:
        self.on_loop(self.device(who).cut, keep=keep)

    @rule(who=some, side=st.integers(0, 1))
    def connect(self, who: int, side: int) -> None:
        device = self.device(who)
        if not device.is_open:
            self.run(device.connect(self.world.sides[side]))

    @rule(who=some)
    def stall(self, who: int) -> None:
        self.on_loop(self.device(who).stall)

    @rule(who=some, freeze=st.booleans())
    def freeze(self, who: int, freeze: bool) -> None:
        device = self.device(who)
        if freeze:
            device.frozen = True
        else:
            self.on_loop(device.thaw)

    @rule(side=st.integers(0, 1), crashes=st.booleans())
    def crash_after_commit(self, side: int, crashes: bool) -> None:
        self.world.sides[side].crashes = crashes

    @rule(side=st.integers(0, 1), up=st.booleans())
    def broker_goes(self, side: int, up: bool) -> None:
        if self.world.layers:
            self.world.layers[side].up = up

    @rule(side=st.integers(0, 1))
    def restart(self, side: int) -> None:
        self.run(self.world.restart(side))

    @rule()
    def new_life(self) -> None:
        self.run(self.world.new_life())

    @rule(milliseconds=st.sampled_from([0, 1, 5, 25]))
    def wait(self, milliseconds: int) -> None:
        async def pause() -> None:
            await asyncio.sleep(milliseconds / 1000)
            self.world.check()

        self.run(pause())

    # --- at the end ------------------------------------------------------------------------------------------------

    @rule()
    def settle(self) -> None:
        """Whatever happened: all devices come to show what is true."""
        world = self.world
        self.run(world.settle())

        def look() -> Truth:
            truth = Truth(world)
            truth.check_rooms(world)
            truth.check_marks(world)
            for device in world.devices:
                truth.check(device)
            return truth

        truth = self.run(world.domain(look))
        self.run(self._check_subscriptions(truth))
        self.settled = [
            {"trace": list(device.trace), "expected": expected_of_store(device, truth)} for device in world.devices
        ]
        world.go_on()

    async def _check_subscriptions(self, truth: Truth) -> None:
        """Nobody who was banned hears a room."""
        for device in self.world.devices:
            person = truth.person_of.get(device.who.guest.id)
            connection = device._connection
            assert connection is not None
            for room, known in truth.rooms.items():
                if person is not None and known["members"].get(person.pk, {}).get("state") == "banned":
                    assert ("room", room) not in connection.topics

    def teardown(self) -> None:
        if self.world is None:
            return
        try:
            self.settle()
            if len(self.recorded) < MOST_TRACES:
                self.recorded.extend(self.settled)
        finally:
            self.run(self.world.stop())
            self.world = None
