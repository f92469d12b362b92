"""A way to a server that can go silent, as a phone's does in a real tunnel."""

from __future__ import annotations

import asyncio


class Tunnel:
    """Passes bytes on between a port of its own and another. After `silence` nothing comes out of it, and the server
    is not told that anybody left: no FIN, no RST.
    """

    def __init__(self, port: int) -> None:
        self.port = 0
        self.open = 0  # connections that the server holds
        self._to = port
        self._is_silent = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    def silence(self) -> None:
        self._is_silent = True

    async def __aenter__(self) -> Tunnel:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self._to)
        self.open += 1
        inward = asyncio.create_task(self._pass(reader, to_server))
        try:
            await self._pass(from_server, writer)  # until the server leaves
        except asyncio.CancelledError:
            pass
        finally:
            self.open -= 1
            self._tasks.discard(task)
            inward.cancel()
            writer.transport.abort()
            to_server.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                data = await reader.read(65536)
            except ConnectionError:
                data = b""
            if not data:
                if not self._is_silent:
                    writer.transport.abort()
                return
            if not self._is_silent:
                writer.write(data)
