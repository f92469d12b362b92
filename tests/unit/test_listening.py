"""Sockets of the server, as asyncio's own loop takes them where there is no uvloop."""

from __future__ import annotations

import asyncio
import socket

from groupchat.server.listening import listen


def test_small_frames_do_not_wait_for_each_other() -> None:
    """Two small writes in a row would otherwise wait for the other side's late acknowledgement: 40 ms a reply."""

    async def accepted() -> int:
        (listening,) = listen("127.0.0.1", 0)
        found: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connection = writer.get_extra_info("socket")
            found.set_result(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        server = await asyncio.start_server(take, sock=listening)
        _, writer = await asyncio.open_connection(*listening.getsockname())
        try:
            return await found
        finally:
            writer.close()
            server.close()

    assert asyncio.run(accepted()) == 1
