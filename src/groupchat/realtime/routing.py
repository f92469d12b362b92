"""The sockets' addresses. An embedding site adds `websocket_urlpatterns` to its own URLRouter."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from channels.routing import URLRouter
from django.urls import path, re_path

from groupchat.realtime import runtime
from groupchat.realtime.consumers import ChatConsumer, ClassicConsumer, NoSuchDoor

websocket_urlpatterns = [
    path("ws/", ChatConsumer.as_asgi()),
    path("ws/chat/<str:room>/", ClassicConsumer.as_asgi()),
]

no_such_door = re_path(r"", NoSuchDoor.as_asgi())  # the last pattern: any other path is refused in good order

websocket_application = URLRouter([*websocket_urlpatterns, no_such_door])


@asynccontextmanager
async def lifespan() -> AsyncIterator[None]:
    """Realtime from the server's start to its end: what was posted is answered before it stops."""
    await runtime.here()
    try:
        yield
    finally:
        await runtime.stop()


async def lifespan_application(scope: Any, receive: Any, send: Any) -> None:
    """The part of an ASGI application that hears of the server's start and end; a site adds it to its own router."""
    await receive()
    running = lifespan()
    try:
        await running.__aenter__()
    except Exception as error:
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        raise
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await running.__aexit__(None, None, None)
    await send({"type": "lifespan.shutdown.complete"})
