"""Who may make an account here, and what is said about it."""

from __future__ import annotations

import time
from typing import Any, ClassVar

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context as current
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from groupchat.access import access
from groupchat.characters import isolated
from groupchat.conf import conf
from groupchat.identity import GUEST_COOKIE
from groupchat.models import Person
from groupchat.network import client_address_of_request
from groupchat.server import doors
from groupchat.web.guest import address_of_question
from groupchat.web.join import invites_to_site
from groupchat.web.settings.look import speak

_A_MAIL_IS_SENT = "account/messages/email_confirmation_sent.txt"
# one sees that one is in or out: the chat shows no such line, and it would surface pages later
_SEEN_ANYWAY = {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}


def name_in_a_sentence(user: Any) -> str:
    """As allauth puts a user into its sentences."""
    return isolated(user.get_username())


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth, as this server wants it."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("Your account is switched off. Ask those who run this chat."),
        "duplicate_email": _("Your account has this address already."),
        "email_password_mismatch": _("This address and this password don't belong together. Try again."),
        "email_taken": _("Another account has this address. Choose a different one."),
        "enter_current_password": _("That is not your password."),
        "incorrect_password": _("That is not your password."),
        "invalid_password_reset": _("This link does not work any more."),
        "rate_limited": _("Too many attempts. Wait a few minutes, then try again."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes, then try again."),
        "username_blacklisted": _("Nobody can have this name. Choose a different one."),
        "username_password_mismatch": _("This name and this password don't belong together. Try again."),
        "username_taken": _("Somebody has this name already. Choose a different one."),
    }

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """allauth's own count is off: `authenticate` does it."""

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        asked = doors.password_of(
            request, username=credentials.get("username") or "", email=credentials.get("email") or ""
        )
        with doors.comparing_password(request, asked) as guess:
            user = super().authenticate(request, **credentials)
            if user is not None:
                guess.right()
        return user

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Who signed in a moment ago is not asked for the same once more."""
        request = current.request
        signed_in = [record["at"] for record in get_authentication_records(request, request.user)]
        is_fresh = bool(signed_in) and time.time() - max(signed_in) < account_settings.REAUTHENTICATION_TIMEOUT
        return not is_fresh and bool(super().is_reauthentication_required(app=app))

    def get_client_ip(self, request: HttpRequest) -> str:
        """As all limits see it."""
        return client_address_of_request(request.META)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Where the chat is for invited people, by a link to the site."""
        return bool(settings.ENVIRONMENT.signup) and (not access().invited or bool(invites_to_site(request)))

    def post_login(self, request: HttpRequest, user: Any, **said: Any) -> HttpResponse:
        """Where somebody goes who has just signed in or up. A guest's cookie that is void by now goes, too."""
        response: HttpResponse = super().post_login(request, user, **said)
        if language := Person.objects.filter(user=user).values_list("language", flat=True).first():
            speak(response, language)  # as they chose on another device
        if response.status_code == 302 and (question := address_of_question(request, leads_to=response["Location"])):
            asks = redirect(question)
            asks.cookies.update(response.cookies)
            return asks
        if GUEST_COOKIE in request.COOKIES:
            response.delete_cookie(GUEST_COOKIE, samesite="Lax")
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """It bears the site's name. Names in it are isolated: one in another script turns no sentence around. Without a
        mail server there is none to send.
        """
        if not settings.ENVIRONMENT.sends_mail:
            return
        request = current.request
        site = {
            "current_site": {"name": conf().site_name, "domain": request.get_host()},
            "site_in_a_sentence": isolated(conf().site_name),
            "home_url": request.build_absolute_uri(reverse("groupchat:home")),
        }
        context = {**context, **site}
        if context.get("username"):
            context["username"] = isolated(str(context["username"]))
        if not settings.ENVIRONMENT.signup:
            context.pop("signup_url", None)
        super().send_mail(template_prefix, email, context)

    def format_email_subject(self, subject: str) -> str:
        return f"[{conf().site_name}] {subject}"

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        is_true = message_template != _A_MAIL_IS_SENT or settings.ENVIRONMENT.sends_mail
        if is_true and message_template not in _SEEN_ANYWAY:
            super().add_message(request, level, message_template, *args, **kwargs)


def for_pages(request: HttpRequest) -> dict[str, bool]:
    """For templates: whether there is a mail server, and whether whoever comes may make an account."""
    return {"sends_mail": settings.ENVIRONMENT.sends_mail, "signs_up": settings.ENVIRONMENT.signup}
