"""allauth's forms in the words of the chat's pages."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as allauth
from allauth.account.internal.userkit import get_user_by_username
from allauth.core import context as current
from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from groupchat.access import access
from groupchat.actions.invites import accept
from groupchat.actions.people import person_of_user
from groupchat.errors import ChatError
from groupchat.identity import adopt_guest
from groupchat.server import doors
from groupchat.web.join import invites_to_site

_PASSWORD = gettext_lazy("Password")
_NEW_PASSWORD = gettext_lazy("New password")
_ONCE_MORE = gettext_lazy("Once more")
_MAIL_ADDRESS = gettext_lazy("Mail address")
_RULES = gettext_lazy("At least 8 characters, and not what many others have, too.")


class InOurWords(forms.BaseForm):
    """Another label and help for some fields; and no placeholders, which say the label once more."""

    labels: ClassVar[dict[str, Any]] = {}
    helps: ClassVar[dict[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)
            help_text = self.helps.get(name, field.help_text)
            field.help_text = help_text() if callable(help_text) else help_text


def _when_it_is_lost() -> SafeString | str:
    """Leads to a new password only where one can be mailed; else says whom to ask."""
    if not settings.ENVIRONMENT.sends_mail:
        return gettext("A lost password? Whoever runs this server can give you a new one.")
    return format_html('<a href="{}">{}</a>', reverse("account_reset_password"), gettext("Password lost?"))


class SignIn(InOurWords, allauth.LoginForm):  # type: ignore[misc]
    labels: ClassVar = {"login": gettext_lazy("Username or mail address"), "password": _PASSWORD}
    helps: ClassVar = {"password": _when_it_is_lost}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"

    def user_credentials(self) -> dict[str, Any]:
        """A mail address is tried as a name only where it is somebody's: else one that has an account would take twice
        as long to compare as one that has none.
        """
        credentials: dict[str, Any] = super().user_credentials()
        if "email" in credentials and get_user_by_username(credentials.get("username", "")) is None:
            credentials.pop("username", None)
        return credentials


class SignUp(InOurWords, allauth.SignupForm):  # type: ignore[misc]
    labels: ClassVar = {
        "username": gettext_lazy("Username"),
        "email": gettext_lazy("Mail address, if you like"),
        "password1": _PASSWORD,
    }
    helps: ClassVar = {
        "email": gettext_lazy("For a link when you have lost your password. Nobody else sees it."),
        "password1": _RULES,
    }

    def try_save(self, request: HttpRequest) -> Any:
        """Where the chat is for invited people, the account uses up the link by which it comes: without one there is no
        account.
        """
        if not access().invited:
            return super().try_save(request)
        try:
            with transaction.atomic():
                user, response = super().try_save(request)
                if user is not None:
                    adopt_guest(request=request, user=user)
                    accept(person=person_of_user(user=user), token=invites_to_site(request))
        except ChatError:
            return None, redirect("groupchat:join")  # somebody was quicker: it says so
        return user, response


class AddAddress(InOurWords, allauth.AddEmailForm):  # type: ignore[misc]
    labels: ClassVar = {"email": _MAIL_ADDRESS}


class LostPassword(InOurWords, allauth.ResetPasswordForm):  # type: ignore[misc]
    labels: ClassVar = {"email": _MAIL_ADDRESS}


class NewPassword(InOurWords, allauth.ResetPasswordKeyForm):  # type: ignore[misc]
    labels: ClassVar = {"password1": _NEW_PASSWORD, "password2": _ONCE_MORE}
    helps: ClassVar = {"password1": _RULES}


class FirstPassword(InOurWords, allauth.SetPasswordForm):  # type: ignore[misc]
    labels: ClassVar = {"password1": _PASSWORD, "password2": _ONCE_MORE}
    helps: ClassVar = {"password1": _RULES}


class ChangePassword(InOurWords, allauth.ChangePasswordForm):  # type: ignore[misc]
    labels: ClassVar = {
        "oldpassword": gettext_lazy("Password until now"),
        "password1": _NEW_PASSWORD,
        "password2": _ONCE_MORE,
    }
    helps: ClassVar = {"oldpassword": _when_it_is_lost, "password1": _RULES}

    def clean_oldpassword(self) -> str:
        """Whoever finds an open session must not guess the password by it."""
        request = current.request
        asked = doors.password_of(request, username=self.user.get_username())
        with doors.comparing_password(request, asked) as guess:
            password: str = super().clean_oldpassword()
            guess.right()
        return password


class SameAgain(InOurWords, allauth.ReauthenticateForm):  # type: ignore[misc]
    labels: ClassVar = {"password": _PASSWORD}
    helps: ClassVar = {"password": _when_it_is_lost}
