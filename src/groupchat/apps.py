"""Wiring of the app into Django."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.db.models.signals import post_save, pre_delete
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
        post_save.connect(_user_changed, sender=settings.AUTH_USER_MODEL, dispatch_uid="groupchat")
        pre_delete.connect(_user_goes, sender=settings.AUTH_USER_MODEL, dispatch_uid="groupchat")


def _end_sessions(*, user: Any, request: Any = None, **_: Any) -> None:
    """Whoever signs out leaves with all sockets of that session."""
    # Django ends the session after this signal: sockets that ask at once must not find it any more.
    if request is not None and hasattr(request, "session"):
        request.session.delete()
    _end_sockets(user)


def _user_changed(*, instance: Any, created: bool, raw: bool = False, **_: Any) -> None:
    """Who is switched off, or whose password is another one, has sessions that Django takes no more."""
    # Django forgets the new password after this signal; whatever else is saved of a user is no matter of ours.
    has_new_password = getattr(instance, "_password", None) is not None
    if not created and not raw and (has_new_password or not getattr(instance, "is_active", True)):
        _end_sockets(instance)


def _user_goes(*, instance: Any, **_: Any) -> None:
    """The sockets are told after the commit, when the account is gone."""
    _end_sockets(instance)


def _end_sockets(user: Any) -> None:
    from groupchat.actions.people import end_sessions
    from groupchat.models import Person

    person = Person.objects.filter(user=user).first() if user is not None else None
    if person is not None:
        end_sessions(person=person)
