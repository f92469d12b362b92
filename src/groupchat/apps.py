"""Wiring of the app into Django."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GroupChatConfig(AppConfig):
    """The chat, as an app of any site."""

    name = "groupchat"
    label = "groupchat"
    verbose_name = _("Group Chat")
    default_auto_field = "django.db.models.BigAutoField"
