"""Two processes' realtime parts, side by side, with nothing or with a Channels layer between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import uuid4

import pytest
from channels.layers import InMemoryChannelLayer
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.test import override_settings
from pytest_django.plugin import DjangoDbBlocker
from tests.brokers.layers import MisbehavingLayer
from tests.brokers.side import LoopThread, Side
from tests.servers import Databases, attached

from groupchat.actions import rooms
from groupchat.actions.messages import Post
from groupchat.actions.messages import post as post_messages
from groupchat.actions.people import Guest, person_of_guest
from groupchat.models import Person, Room


@pytest.fixture(scope="module")
def _database(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    from groupchat.server.addresses import database_settings

    settings = database_settings("", data=databases.sqlite_folder(tmp_path_factory.mktemp("data")))
    with attached(django_db_blocker, settings):
        yield


@pytest.fixture
def owner(_database: None) -> Person:
    return person_of_guest(guest=Guest(uuid4(), "Owner"))


@pytest.fixture
def room(owner: Person) -> Room:
    return rooms.create(person=owner, name=f"Room {uuid4()}")


@pytest.fixture
def loops() -> Iterator[list[LoopThread]]:
    """Two event loops on threads of their own."""
    threads = [LoopThread(), LoopThread()]
    yield threads
    for thread in threads:
        thread.stop()


Start = Callable[..., list[Side]]


@pytest.fixture
def start(loops: list[LoopThread], _database: None) -> Iterator[Start]:
    """Starts the two sides: each on its loop with `layers`, or both on the first with one."""
    with ExitStack() as stack:

        def begin(*layers: Any, one_loop: bool = False, **options: int) -> list[Side]:
            stack.enter_context(override_settings(GROUPCHAT={"GUESTS": True, **options}))

            async def make(layer: Any) -> Side:
                side = Side(layer=layer)
                await side.start()
                return side

            sides = []
            for index, layer in enumerate(layers):
                loop = loops[0 if one_loop else index]
                side = loop.run(make(layer))
                sides.append(side)
                stack.callback(lambda loop=loop, side=side: loop.run(side.stop()))
                if isinstance(layer, MisbehavingLayer):
                    stack.callback(lambda loop=loop, layer=layer: loop.run(layer.stop()))
            return sides

        yield begin


@pytest.fixture(params=["none", "memory", "valkey", "valkey on two loops"])
def sides(request: pytest.FixtureRequest, start: Start, valkey_url: str) -> list[Side]:
    """Every way in which two processes may be joined; with none, each finds what the other did by its sweep."""
    if request.param == "none":
        return start(None, None, SWEEP_MILLISECONDS=50)
    if request.param == "memory":
        layer = InMemoryChannelLayer()
        return start(layer, layer, one_loop=True)
    return start(*valkeys(valkey_url), one_loop=request.param == "valkey")


def valkeys(url: str) -> list[Any]:
    """Two layers, as two processes have them: a prefix of their own, so that tests don't hear each other."""
    prefix = f"test{uuid4().hex}"
    return [RedisPubSubChannelLayer(hosts=[url], prefix=prefix) for _ in range(2)]


async def say(side: Side, room: Room, person: Person, *bodies: str) -> None:
    """Post in this process, each in a transaction of its own."""
    for body in bodies:
        post = Post(room.pk, person, body, uuid4().hex)
        await side.database.write(post_messages, [post])
