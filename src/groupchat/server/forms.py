"""allauth's forms, as this server wants them."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm
from django.conf import settings
from django.utils.translation import gettext_lazy as _

_WHOM_TO_ASK = _("A lost password? Whoever runs this server can give you a new one.")


class SignIn(LoginForm):  # type: ignore[misc]
    """Leads to a new password only where one can be mailed; else it says whom to ask."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _without_a_link(self, "password")


class ChangePassword(ChangePasswordForm):  # type: ignore[misc]
    """The same."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _without_a_link(self, "oldpassword")


def _without_a_link(form: Any, field: str) -> None:
    if not settings.ENVIRONMENT.sends_mail:
        form.fields[field].help_text = _WHOM_TO_ASK
