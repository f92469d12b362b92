"""Wiring of the app into Django."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out
from django.utils.translation import gettext_lazy as _


class GroupChatConfig(AppConfig):
    """The chat, as an app of any site."""

    name = "groupchat"
    label = "groupchat"
    verbose_name = _("Group Chat")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from groupchat import checks  # noqa: F401  # registers the system checks
        from groupchat.realtime import publish

        publish.connect()
        user_logged_out.connect(_end_sessions, dispatch_uid="groupchat")


def _end_sessions(*, user: Any, request: Any = None, **_: Any) -> None:
    """Whoever signs out leaves with all sockets of that session."""
    from groupchat.actions.people import end_sessions
    from groupchat.models import Person

    # Django ends the session after this signal: sockets that ask at once must not find it any more.
    if request is not None and hasattr(request, "session"):
        request.session.delete()
    person = Person.objects.filter(user=user).first() if user is not None else None
    if person is not None:
        end_sessions(person=person)
