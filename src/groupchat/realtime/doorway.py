"""The handshake: from where a socket comes, and who it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.http import parse_cookie
from django.http.request import split_domain_port, validate_host

from groupchat.conf import conf
from groupchat.identity import Visitor, resolve

_LOCAL_HOSTS = [".localhost", "127.0.0.1", "[::1]"]  # what Django allows in DEBUG without ALLOWED_HOSTS


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a handshake brings to show who it is: a program's token, or else a browser's cookies."""

    cookies: Mapping[str, str]
    token: str = ""


@dataclass(frozen=True, slots=True)
class Handshake:
    """What the headers of a handshake say."""

    origin: str | None
    host: str
    credentials: Credentials
    address: str

    @classmethod
    def of(cls, scope: Mapping[str, Any]) -> Handshake:
        headers: dict[bytes, str] = {}
        for name, value in scope["headers"]:
            text = value.decode("latin-1")
            headers[name] = f"{headers[name]}; {text}" if name == b"cookie" and name in headers else text
        return cls(
            origin=headers.get(b"origin"),
            host=headers.get(b"host", ""),
            credentials=_credentials(headers),
            address=_address(scope, headers.get(b"x-forwarded-for", "")),
        )

    @property
    def is_allowed(self) -> bool:
        """Whether the origin is ours. Programs send none: they may, as long as they bring no cookies of a browser."""
        if not self._host_is_allowed(self.host):
            return False
        if self.origin is None:
            return not self.credentials.cookies
        if self.origin in settings.CSRF_TRUSTED_ORIGINS:
            return True
        return urlsplit(self.origin).netloc.lower() == self.host.lower()

    @staticmethod
    def _host_is_allowed(host: str) -> bool:
        allowed = settings.ALLOWED_HOSTS
        if settings.DEBUG and not allowed:
            allowed = _LOCAL_HOSTS
        domain, _ = split_domain_port(host)
        return bool(domain) and validate_host(domain, allowed)


def visitor_of(cookies: Mapping[str, str]) -> Visitor:
    """The visitor with these cookies; asks the database, so call it in a thread."""
    user = None
    session_key = cookies.get(settings.SESSION_COOKIE_NAME)
    if session_key:
        engine = import_module(settings.SESSION_ENGINE)
        request: Any = SimpleNamespace(session=engine.SessionStore(session_key))
        user = get_user(request)
    return resolve(user=user, cookies=cookies)


def _credentials(headers: Mapping[bytes, str]) -> Credentials:
    scheme, _, token = headers.get(b"authorization", "").partition(" ")
    cookies = parse_cookie(headers.get(b"cookie", ""))
    return Credentials(cookies, token.strip() if scheme.lower() == "bearer" else "")


def _address(scope: Mapping[str, Any], forwarded: str) -> str:
    """The client's address: the one that the outermost of our own proxies saw."""
    client = scope.get("client")
    own = client[0] if client else ""
    proxies = conf().trusted_proxies
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    if not proxies or not hops:
        return own
    return hops[-min(proxies, len(hops))]
