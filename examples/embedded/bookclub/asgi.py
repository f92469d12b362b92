"""Pages and sockets, for any ASGI server."""

from __future__ import annotations

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bookclub.settings")
pages = get_asgi_application()  # wakes Django: what follows needs its apps

from groupchat.realtime.routing import lifespan_application, no_such_door, websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": ASGIStaticFilesHandler(pages),  # a real site lets its web server hand out the static files
        "websocket": URLRouter([*websocket_urlpatterns, no_such_door]),
        "lifespan": lifespan_application,  # what was posted is answered before the server stops
    }
)
