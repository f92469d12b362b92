"""The server's own app: what a site of its own needs beside the chat."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.utils.translation import gettext_lazy as _


class ServerConfig(AppConfig):
    name = "groupchat.server"
    label = "groupchat_server"
    verbose_name = _("Group Chat server")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from groupchat.server import two_factor

        user_logged_in.connect(two_factor.hold_who_came_in, dispatch_uid="groupchat_server")
