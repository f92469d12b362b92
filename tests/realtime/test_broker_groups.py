"""Which groups a process is in: those that it wants, and no memory of the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

import pytest
from channels.layers import InMemoryChannelLayer

from groupchat.realtime.delivery.broker import LayerBroker
from groupchat.realtime.fanout.topics import TopicKey

DEADLINE_SECONDS = 30.0


class Layer(InMemoryChannelLayer):
    """Answers when it may, each time after a moment."""

    def __init__(self) -> None:
        super().__init__()
        self.answers = asyncio.Event()

    async def group_add(self, group: str, channel: str) -> None:
        await self.answers.wait()
        await asyncio.sleep(0)
        await super().group_add(group, channel)

    async def group_discard(self, group: str, channel: str) -> None:
        await self.answers.wait()
        await asyncio.sleep(0)
        await super().group_discard(group, channel)

    def topics(self) -> set[str]:
        return {group for group, channels in self.groups.items() if channels and group.startswith("groupchat.room.")}


@asynccontextmanager
async def started(layer: Layer) -> AsyncIterator[LayerBroker]:
    broker = LayerBroker(
        layer=layer,
        on_publication=lambda publication: None,
        on_wakeup=lambda key, seq: None,
        on_ephemeral=lambda one: None,
        max_waiting=10,
        max_bytes=0,
    )
    await broker.start()
    try:
        yield broker
    finally:
        await broker.stop()


def room(number: int) -> TopicKey:
    return TopicKey("room", number)


async def until_it_is(layer: Layer, wanted: set[int]) -> None:
    async with asyncio.timeout(DEADLINE_SECONDS):
        while layer.topics() != {f"groupchat.room.{number}" for number in wanted}:  # noqa: ASYNC110  it tells nobody
            await asyncio.sleep(0.001)


@pytest.mark.parametrize("named", [True, False], ids=["a group is being joined", "there is no channel yet"])
def test_whoever_comes_and_goes_while_the_layer_is_silent_leaves_nothing(named: bool) -> None:
    async def play() -> None:
        layer = Layer()
        async with started(layer) as broker:
            if named:
                layer.answers.set()
                await asyncio.wait_for(broker.join(room(1)), DEADLINE_SECONDS)
                layer.answers.clear()
            else:
                broker.join(room(1))
            stuck = broker.join(room(2))
            await asyncio.sleep(0)
            for number in range(10, 5_000):
                broker.join(room(number))
                broker.leave(room(number))
                if number % 1_000 == 0:
                    await asyncio.sleep(0)
            for _ in range(5_000):
                broker.join(room(3))
                broker.leave(room(3))
            assert len(broker._changed) <= 5
            layer.answers.set()
            await asyncio.wait_for(stuck, DEADLINE_SECONDS)
            await until_it_is(layer, {1, 2})
            assert not broker._changed

    asyncio.run(play())


@pytest.mark.parametrize("seed", range(20))
def test_after_any_coming_and_going_the_groups_are_the_wanted_ones(seed: int) -> None:
    """And whoever waits to be told that a topic is heard is told."""

    async def play() -> None:
        random, layer, wanted = Random(seed), Layer(), dict[int, "asyncio.Future[None]"]()
        async with started(layer) as broker:
            for _ in range(400):
                number = random.randrange(6)
                if number in wanted and random.random() < 0.6:
                    del wanted[number]
                    broker.leave(room(number))
                else:
                    wanted[number] = broker.join(room(number))
                if random.random() < 0.3:
                    layer.answers.set() if random.random() < 0.7 else layer.answers.clear()
                if random.random() < 0.5:
                    await asyncio.sleep(0)
            layer.answers.set()
            async with asyncio.timeout(DEADLINE_SECONDS):
                await asyncio.gather(*wanted.values())
            await until_it_is(layer, set(wanted))

    asyncio.run(play())
