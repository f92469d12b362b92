"""The sockets' addresses. An embedding site adds `websocket_urlpatterns` to its own URLRouter."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from channels.routing import URLRouter
from django.conf import settings
from django.urls import URLPattern, path, re_path

from groupchat.conf import check_text, conf
from groupchat.network import client_address
from groupchat.realtime import runtime
from groupchat.realtime.admission.refusals import require_upgrade
from groupchat.realtime.gateway.consumers import ChatConsumer, ClassicConsumer, UnknownAddress
from groupchat.socket_address import mount


class SocketPatterns(list[URLPattern]):
    """The patterns of the chat's sockets, as the options say; called, the same elsewhere."""

    def __call__(self, *, prefix: str | None = None, tutorial: bool | None = None) -> list[URLPattern]:
        """The patterns below `prefix` (a path with a slash behind it; without one, where `SOCKET_PATH` says), with the
        door for clients of Channels' tutorial at `chat/<room>/` below that, or without. The pages of this process are
        told: where others serve the pages, set `SOCKET_PATH` in both. Raises ImproperlyConfigured.
        """
        where = conf().socket_path if prefix is None else check_text("str", prefix, "prefix")
        mount(where)
        self[:] = _patterns(where, tutorial)
        return list(self)


def _patterns(prefix: str, tutorial: bool | None = None) -> list[URLPattern]:
    # A proxy may pass on the path of the whole site, or take it away: Django's pages answer to both, too.
    script = (settings.FORCE_SCRIPT_NAME or "").strip("/")
    below = [prefix, f"{script}/{prefix}"] if script else [prefix]
    patterns = [path(one, ChatConsumer.as_asgi()) for one in below]
    if conf().tutorial if tutorial is None else tutorial:
        patterns += [path(f"{one}chat/<str:room>/", ClassicConsumer.as_asgi()) for one in below]
    return patterns


websocket_urlpatterns = SocketPatterns(_patterns(conf().socket_path))

no_such_door = re_path(r"", UnknownAddress.as_asgi())  # the last pattern: any other path is refused in good order

websocket_application = URLRouter([*websocket_urlpatterns, no_such_door])


def beside_sockets(pages: Any) -> Any:
    """An ASGI app for HTTP that tells whoever asks for a socket without Upgrade what is missing, and whoever runs the
    server what that means; everything else goes on to `pages`.
    """

    async def application(scope: Any, receive: Any, send: Any) -> None:
        place = scope["path"].removeprefix(scope.get("root_path", "")).removeprefix("/")
        if not any(pattern.pattern.match(place) for pattern in websocket_urlpatterns):
            await pages(scope, receive, send)
            return
        is_a_page = any(name == b"sec-fetch-mode" and value == b"navigate" for name, value in scope["headers"])
        if not is_a_page:  # else somebody typed the address into a browser
            address = client_address(scope) or "this machine"
            (await runtime.here()).refusals.count("no_upgrade", f"a request of {address}")
        await require_upgrade(send)

    return application


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
