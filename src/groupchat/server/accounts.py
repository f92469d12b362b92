"""Who may make an account here, and what is said about it."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

# one sees that one is in or out: the chat shows no such line, and it would surface pages later
_SEEN_ANYWAY = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth, as this server wants it."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return bool(settings.ENVIRONMENT.signup)

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        if message_template not in _SEEN_ANYWAY:
            super().add_message(request, level, message_template, *args, **kwargs)
