"""Signing in with a code of an app beside the password: how codes are kept and counted, and who must have one.

Who must and has none yet is led to the page that sets it up, and held until then: their session opens no other page and
no socket. Programs come with tokens, and are asked nothing.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any, ClassVar

from allauth.core import context as current
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as allauth
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import decrypt
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy

from groupchat.actions.limits import Asked
from groupchat.actions.people import end_sessions
from groupchat.conf import conf
from groupchat.identity import HELD
from groupchat.models import Person
from groupchat.network import client_address_of_request
from groupchat.server import doors
from groupchat.server.forms import InOurWords

OPEN = {
    *("mfa_activate_totp", "mfa_reauthenticate", "account_reauthenticate", "account_logout", "set_language"),
    *("sign_out", "manifest", "favicon", "robots", "service_worker", "app_page", "app_shell"),
}
"""What is there for who is held: the way to the end of it, the way out, and what is the same for everybody."""


class TwoFactor(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's second factor, as this server wants it."""

    error_messages: ClassVar = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": gettext_lazy("This chat asks you for a second factor, so it stays on."),
        "incorrect_code": gettext_lazy("This code is wrong, or was used already. Wait for the next one."),
    }

    def get_totp_issuer(self) -> str:
        return conf().site_name

    def get_totp_label(self, user: Any) -> str:
        return str(user.get_username())

    def encrypt(self, text: str) -> str:
        """A copy of the database alone signs nobody in."""
        return _ciphers().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Under another secret key no code is right; whoever runs the server takes such a factor away in the admin."""
        try:
            return _ciphers().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return str(auth.generate_totp_secret())

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        return not is_required(authenticator.user)


def _ciphers() -> MultiFernet:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = (hashlib.sha256(b"groupchat.two_factor\0" + str(key).encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])


# --- codes ----------------------------------------------------------------------------------------------------------


class _Code(InOurWords):
    """A code of the app, or one for the day when it is lost: each counts once, and few wrong ones are tried."""

    labels: ClassVar = {"code": gettext_lazy("Code")}

    def clean_code(self) -> str:
        request = current.request
        asked = (
            Asked("code", f"user:{self.user.pk}"),  # type: ignore[attr-defined]
            Asked("password.address", client_address_of_request(request.META)),
        )
        with doors.comparing_password(request, asked) as guess:
            code: str = super().clean_code()  # type: ignore[misc]
            if not _is_first_use(self.authenticator, code):  # type: ignore[attr-defined]
                raise TwoFactor().validation_error("incorrect_code")
            guess.right()
        return code


class EnterCode(_Code, allauth.AuthenticateForm):  # type: ignore[misc]
    """At the sign-in."""


class SameAgainByCode(_Code, allauth.ReauthenticateForm):  # type: ignore[misc]
    """Before something that concerns the account."""


class FirstCode(InOurWords, totp.ActivateTOTPForm):  # type: ignore[misc]
    """Shows that the app has the secret."""

    labels: ClassVar = {"code": gettext_lazy("The code that the app shows")}


@transaction.atomic
def _is_first_use(authenticator: Any, code: str) -> bool:
    """allauth remembers used codes in one process; this holds in all of them, and for those of before, too."""
    if authenticator.type != Authenticator.Type.TOTP:
        return True
    now = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
    secret = decrypt(now.data["secret"])
    wanted = normalize_user_code(code)
    steps = [
        step
        for step in auth.yield_hotp_counters_from_time()
        if auth.format_hotp_value(auth.hotp_value(secret, step)) == wanted
    ]
    step = max(steps, default=0)
    if step <= now.data.get("last_step", 0):
        return False
    now.data["last_step"] = step
    now.save(update_fields=["data"])
    return True


# --- who must -------------------------------------------------------------------------------------------------------


def is_required(user: Any) -> bool:
    """Whether this user must have a second factor here."""
    match settings.ENVIRONMENT.require_two_factor:
        case "accounts":
            return True
        case "owners":
            return bool(user.is_staff or Person.objects.filter(user=user, is_owner=True).exists())
    return False


def _is_missing(user: Any) -> bool:
    return is_required(user) and not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


class Required:
    """Leads who must set up a second factor there, whatever page they ask for, and holds their session until then."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        # Asked for late, and only of who was looked at anyway: what is the same for everybody reads no session.
        if not settings.ENVIRONMENT.require_two_factor and request.session.accessed and HELD in request.session:
            del request.session[HELD]
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], found: dict[str, Any]
    ) -> HttpResponse | None:
        name = (request.resolver_match and request.resolver_match.url_name) or ""
        if not settings.ENVIRONMENT.require_two_factor or name in OPEN or not request.user.is_authenticated:
            return None
        if not _is_missing(request.user):
            request.session.pop(HELD, None)
            return None
        if HELD not in request.session:
            _hold(request)
        return redirect("mfa_activate_totp")


def hold_who_came_in(*, user: Any, request: HttpRequest | None = None, **_: Any) -> None:
    """By whatever door: before any socket could come with this session."""
    if request is not None and settings.ENVIRONMENT.require_two_factor and _is_missing(user):
        request.session[HELD] = True


def _hold(request: HttpRequest) -> None:
    """A session from before it was asked for, or of who has become an owner: its sockets end, too."""
    request.session[HELD] = True
    request.session.save()  # before the sockets ask
    user: Any = request.user
    person = Person.objects.filter(user=user).first()
    if person is not None:
        end_sessions(person=person)
