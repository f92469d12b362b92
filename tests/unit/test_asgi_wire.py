"""A server that does not take what is sent: nobody is left with a socket that hears nothing."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from groupchat.errors import CLOSE_RULES, Close
from groupchat.realtime.fanout.frames import Chunk, Frame
from groupchat.realtime.gateway.asgi_wire import AsgiWire


class Server:
    """Raises `error` for messages of the type or with the code that it `refuses`."""

    def __init__(self, error: Exception, *refuses: object) -> None:
        self.sent: list[dict[str, Any]] = []
        self._error = error
        self._refuses = refuses

    async def send(self, message: dict[str, Any]) -> None:
        if message["type"] in self._refuses or message.get("code") in self._refuses:
            raise self._error
        self.sent.append(message)


def wire_to(server: Server) -> tuple[AsgiWire, asyncio.Task[Any]]:
    consumer = asyncio.ensure_future(asyncio.Event().wait())
    return AsgiWire(server.send, consumer), consumer


async def ended(consumer: asyncio.Task[Any]) -> bool:
    async with asyncio.timeout(30):
        await asyncio.wait([consumer])
    return consumer.cancelled()


@pytest.mark.parametrize(
    ("error", "level"), [(RuntimeError("no such number"), logging.WARNING), (ConnectionResetError(), logging.DEBUG)]
)
async def test_what_was_not_taken_is_logged_and_the_socket_dropped(
    error: Exception, level: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "groupchat.realtime")
    server = Server(error, "websocket.send")
    wire, consumer = wire_to(server)
    wire.write(Chunk((Frame(b"{}"),)), 0)
    assert await ended(consumer)
    assert wire.is_dead
    assert wire.buffered() == 0
    (record,) = caplog.records
    assert record.levelno == level
    assert repr(error) in record.getMessage()
    await wire.say_goodbye()
    assert [message["code"] for message in server.sent] == [Close.ERROR]


async def test_a_code_of_the_standard_that_a_server_refuses_has_one_of_ours() -> None:
    server = Server(Exception("invalid close code"), Close.TOO_LARGE)
    wire, consumer = wire_to(server)
    wire.close(int(Close.TOO_LARGE), "too large")
    async with asyncio.timeout(30):
        while not server.sent:  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0)
    assert [message["code"] for message in server.sent] == [Close.BROKEN_FRAME]
    assert type(server.sent[0]["code"]) is int  # not every server takes an enum for one
    assert CLOSE_RULES[Close.BROKEN_FRAME].reconnect == CLOSE_RULES[Close.TOO_LARGE].reconnect
    assert not consumer.done()
    consumer.cancel()


async def test_whoever_is_dropped_is_told_why_if_the_server_still_can() -> None:
    server = Server(Exception())
    wire, consumer = wire_to(server)
    wire.close(int(Close.SLOW), "slow")
    wire.abort()
    assert await ended(consumer)
    await wire.say_goodbye()
    assert [message["code"] for message in server.sent] == [Close.SLOW]
