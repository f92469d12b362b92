"""The handshake: from where a socket comes, and who it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.http import parse_cookie
from django.utils.http import is_same_domain

from groupchat import hosts
from groupchat.identity import HELD, Visitor, resolve
from groupchat.network import client_address

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a handshake brings to show who it is: a program's token, or else a browser's cookies."""

    cookies: Mapping[str, str]
    token: str = ""


@dataclass(frozen=True, slots=True)
class Handshake:
    """What the headers of a handshake say. `scheme` is that of the pages beside the socket."""

    origin: str | None
    scheme: str
    host: str
    credentials: Credentials
    address: str
    agent: str  # what the browser says that it is

    @classmethod
    def of(cls, scope: Mapping[str, Any]) -> Handshake:
        headers: dict[bytes, str] = {}
        for name, value in scope["headers"]:
            text = value.decode("latin-1")
            headers[name] = f"{headers[name]}; {text}" if name == b"cookie" and name in headers else text
        return cls(
            origin=headers.get(b"origin"),
            scheme=_scheme(scope, headers),
            host=hosts.named_by(headers),
            credentials=_credentials(headers),
            address=client_address(scope),
            agent=headers.get(b"user-agent", ""),
        )

    @property
    def refusal(self) -> tuple[str, str] | None:
        """Why it may not come from there, and what that is about."""
        if not hosts.is_allowed(self.host):
            return "host", self.host
        if not self.is_allowed:
            own = f"{self.scheme}://{self.host}"
            asking = "somebody with cookies and no origin" if self.origin is None else f"a page of {self.origin}"
            return "origin", f"{asking} asks at {own}"
        return None

    @property
    def is_allowed(self) -> bool:
        """Whether the origin is ours, by the rule that Django has for forms: this very scheme, host and port, or one of
        `CSRF_TRUSTED_ORIGINS`. Programs send none: they may, as long as they bring no cookies of a browser.
        """
        if not hosts.is_allowed(self.host):
            return False
        if self.origin is None:
            return not self.credentials.cookies
        origin = _Origin.of(self.origin)
        if origin is None:
            return False
        own = _Origin.of(f"{self.scheme}://{self.host}")
        return origin == own or any(origin.is_among(trusted) for trusted in settings.CSRF_TRUSTED_ORIGINS)


class _Origin(NamedTuple):
    """What browsers send as the origin: a port is only named where it is not the scheme's own."""

    scheme: str
    host: str
    port: int | None

    @classmethod
    def of(cls, text: str) -> _Origin | None:
        """None where it is no origin: `null` (a page without one), or more than a scheme, a host and a port."""
        try:
            parts = urlsplit(text.lower())
            port = parts.port
        except ValueError:
            return None
        if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
            return None
        if parts.path or parts.query or parts.fragment:
            return None
        return cls(parts.scheme, parts.hostname, port or _PORTS[parts.scheme])

    def is_among(self, trusted: str) -> bool:
        """Whether it is this origin, or one of these: `https://*.example.org`, the domain itself among them."""
        wanted = _Origin.of(trusted.replace("://*.", "://", 1))
        if wanted is None or (self.scheme, self.port) != (wanted.scheme, wanted.port):
            return False
        return is_same_domain(self.host, f".{wanted.host}" if "://*." in trusted else wanted.host)


def visitor_of(cookies: Mapping[str, str]) -> Visitor:
    """The visitor with these cookies; asks the database, so call it in a thread."""
    user = None
    session_key = cookies.get(settings.SESSION_COOKIE_NAME)
    if session_key:
        engine = import_module(settings.SESSION_ENGINE)
        request: Any = SimpleNamespace(session=engine.SessionStore(session_key))
        user = get_user(request) if HELD not in request.session else None
    return resolve(user=user, cookies=cookies)


def _credentials(headers: Mapping[bytes, str]) -> Credentials:
    scheme, _, token = headers.get(b"authorization", "").partition(" ")
    cookies = parse_cookie(headers.get(b"cookie", ""))
    return Credentials(cookies, token.strip() if scheme.lower() == "bearer" else "")


def _scheme(scope: Mapping[str, Any], headers: Mapping[bytes, str]) -> str:
    """`https` where the browser came by TLS, whether to us or to a proxy that the settings trust to say so."""
    if settings.SECURE_PROXY_SSL_HEADER:
        name, secure = settings.SECURE_PROXY_SSL_HEADER
        told = headers.get(name.removeprefix("HTTP_").replace("_", "-").lower().encode())
        if told is not None:
            return "https" if told.split(",")[0].strip() == secure else "http"
    return "https" if scope.get("scheme") in ("wss", "https") else "http"
