"""The whole server as one ASGI app: pages and static files, sockets, and what must start and stop with it."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "groupchat.server.settings")
django.setup(set_prefix=False)

from django.conf import settings  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402

from groupchat.api.asgi import beside  # noqa: E402
from groupchat.conf import conf  # noqa: E402
from groupchat.realtime.routing import lifespan_application, websocket_application  # noqa: E402
from groupchat.server.operations import Operations  # noqa: E402
from groupchat.server.static import serve_static  # noqa: E402

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_pages = serve_static(beside(get_asgi_application()), static_root=settings.STATIC_ROOT, prefix=settings.STATIC_URL)
_operations = Operations(settings.ENVIRONMENT)
_is_https = settings.ENVIRONMENT.url is not None and settings.ENVIRONMENT.url.is_secure


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Hands each connection to the part that knows it."""
    if scope["type"] == "websocket":
        # The chat looks through the proxies by itself, but for the scheme.
        await websocket_application({**scope, "scheme": "wss"} if _is_https else scope, receive, send)
    elif scope["type"] == "http":
        if not await _operations.answers(scope, send):
            await _pages(_as_seen_from_outside(scope), receive, send)
    elif scope["type"] == "lifespan":
        async with _operations.open():
            await lifespan_application(scope, receive, send)
    else:
        raise ValueError(f"There is nothing here for {scope['type']!r}.")


def _as_seen_from_outside(scope: Scope) -> Scope:
    """The scope with the visitor's own address and scheme, where proxies stand between."""
    if _is_https:
        scope = {**scope, "scheme": "https"}
    proxies = conf().trusted_proxies
    if proxies:
        addresses = [
            part.strip()
            for name, value in scope["headers"]
            if name == b"x-forwarded-for"
            for part in value.decode("latin-1").split(",")
        ]
        if len(addresses) >= proxies:
            scope = {**scope, "client": (addresses[-proxies], 0)}
    return scope
