"""The tutorial's ASGI application, with the authentication and the origin check that it recommends."""

from __future__ import annotations

import os
from typing import Any

import django
from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application
from django.urls import re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.baselines.tutorial.settings")
django.setup()

from benchmarks.baselines.tutorial import consumers  # noqa: E402 - needs the apps

urlpatterns: list[Any] = []
application = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": AllowedHostsOriginValidator(
            AuthMiddlewareStack(
                URLRouter(
                    [
                        re_path(r"ws/chat/(?P<room>\w+)/$", consumers.ChatConsumer.as_asgi()),
                        re_path(r"ws/kept/(?P<room>\w+)/$", consumers.KeepingConsumer.as_asgi()),
                    ]
                )
            )
        ),
    }
)
