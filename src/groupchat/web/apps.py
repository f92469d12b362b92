"""The pages and the client, as an app of any site: its templates and static files."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebConfig(AppConfig):
    name = "groupchat.web"
    label = "groupchat_web"
    verbose_name = _("Group Chat pages")
