"""The whole server as one ASGI app: pages and static files, sockets, and what must start and stop with it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "groupchat.server.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402

from groupchat import network  # noqa: E402
from groupchat.api.asgi import beside  # noqa: E402
from groupchat.realtime import runtime  # noqa: E402
from groupchat.realtime.routing import beside_sockets, lifespan_application, websocket_application  # noqa: E402
from groupchat.server import mail  # noqa: E402
from groupchat.server.cookies import with_present_names  # noqa: E402
from groupchat.server.operations import Operations  # noqa: E402
from groupchat.server.static import serve_static  # noqa: E402

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_pages = beside_sockets(
    serve_static(beside(get_asgi_application()), static_root=settings.STATIC_ROOT, prefix=settings.STATIC_URL)
)
_operations = Operations(settings.ENVIRONMENT)
if settings.ENVIRONMENT.sends_mail:
    mail.open_postbox()  # here, for not every server has a lifespan
_is_https = settings.ENVIRONMENT.url is not None and settings.ENVIRONMENT.url.is_secure


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Hands each connection to the part that knows it."""
    if scope["type"] in ("websocket", "http"):
        scope = with_present_names(scope)
    if scope["type"] == "websocket":
        # The chat looks through the proxies by itself, but for the scheme.
        await websocket_application({**scope, "scheme": "wss"} if _is_https else scope, receive, send)
    elif scope["type"] == "http":
        if not await _operations.answers(scope, send):
            if (realtime := runtime.running()) is not None:
                realtime.refusals.look_for_a_proxy(scope)
            await _pages(_as_seen_from_outside(scope), receive, send)
    elif scope["type"] == "lifespan":
        async with _operations.open():
            await lifespan_application(scope, receive, _closing(send))
    else:
        raise ValueError(f"There is nothing here for {scope['type']!r}.")


def _closing(send: Send) -> Send:
    """What is done once nobody is served any more, and before the server is told that it may end."""

    async def told(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "lifespan.shutdown.complete":
            await asyncio.to_thread(mail.close_postbox)
        await send(message)

    return told


def _as_seen_from_outside(scope: Scope) -> Scope:
    """The scope with the visitor's own address and scheme, where proxies stand between."""
    if _is_https:
        scope = {**scope, "scheme": "https"}
    address = network.client_address(scope)
    client = scope.get("client")
    return {**scope, "client": (address, 0)} if address and address != (client and client[0]) else scope
