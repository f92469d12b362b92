"""What the usual way costs without Channels: an ASGI application that awaits `send` once per socket and message."""

from __future__ import annotations

from typing import Any

_everyone: set[Any] = set()


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        while True:
            told = (await receive())["type"]
            await send({"type": f"{told}.complete"})
            if told == "lifespan.shutdown":
                return
    if scope["type"] != "websocket":
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        return
    await receive()
    await send({"type": "websocket.accept"})
    _everyone.add(send)
    try:
        while (event := await receive())["type"] == "websocket.receive":
            for everyone in tuple(_everyone):
                await everyone({"type": "websocket.send", "text": event["text"]})
    finally:
        _everyone.discard(send)
