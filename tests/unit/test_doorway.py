"""From where a browser's socket may come."""

from __future__ import annotations

from typing import Any

import pytest

from groupchat.realtime.admission.handshake import Handshake

COOKIE = (b"cookie", b"sessionid=x")


def is_allowed(
    origin: str | None, *, host: str, scheme: str = "ws", more: tuple[tuple[bytes, bytes], ...] = ()
) -> bool:
    headers = [(b"host", host.encode()), COOKIE, *more]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    return Handshake.of({"headers": headers, "scheme": scheme, "client": ("192.0.2.1", 1)}).is_allowed


@pytest.fixture(autouse=True)
def _settings(settings: Any) -> None:
    settings.ALLOWED_HOSTS = [".example.org", "[::1]"]
    settings.CSRF_TRUSTED_ORIGINS = []
    settings.SECURE_PROXY_SSL_HEADER = None


@pytest.mark.parametrize(
    ("origin", "host", "scheme"),
    [
        ("https://chat.example.org", "chat.example.org", "wss"),
        ("https://chat.example.org", "Chat.Example.org:443", "wss"),
        ("https://chat.example.org:8443", "chat.example.org:8443", "wss"),
        ("http://chat.example.org", "chat.example.org", "ws"),
        ("http://chat.example.org", "chat.example.org:80", "ws"),
        ("http://chat.example.org:8000", "chat.example.org:8000", "ws"),
        ("http://[::1]:8000", "[::1]:8000", "ws"),
    ],
)
def test_its_own_page(origin: str, host: str, scheme: str) -> None:
    assert is_allowed(origin, host=host, scheme=scheme)


@pytest.mark.parametrize(
    "origin",
    [
        "http://chat.example.org",  # another scheme: whoever is on the way could have made this page
        "https://chat.example.org:8443",
        "https://chat.example.org:80",
        "https://other.example.org",
        "https://example.org",
        "https://chat.example.org.evil.org",
        "https://evilchat.example.org",
        "https://someone@chat.example.org",
        "https://chat.example.org/",
        "https://chat.example.org:x",
        "https://[::1",
        "ftp://chat.example.org",
        "chat.example.org",
        "null",
        "",
    ],
)
def test_another_page(origin: str) -> None:
    assert not is_allowed(origin, host="chat.example.org", scheme="wss")


def test_a_cookie_without_an_origin() -> None:
    assert not is_allowed(None, host="chat.example.org")


@pytest.mark.parametrize(
    ("origin", "is_trusted"),
    [
        ("https://pages.example.com", True),
        ("https://a.example.net", True),
        ("https://a.b.example.net", True),
        ("https://example.net", True),
        ("https://pages.example.com:8443", False),
        ("http://pages.example.com", False),
        ("https://a.pages.example.com", False),
        ("https://badexample.net", False),
        ("http://a.example.net", False),
        ("https://a.example.net:8443", False),
        ("http://dev.example.net:3000", True),
        ("https://a.example.org", False),
    ],
)
def test_origins_that_the_site_trusts(origin: str, is_trusted: bool, settings: Any) -> None:
    settings.CSRF_TRUSTED_ORIGINS = [
        "https://pages.example.com",
        "https://*.example.net",
        "http://dev.example.net:3000",
    ]
    assert is_allowed(origin, host="chat.example.org", scheme="wss") == is_trusted


def test_a_proxy_that_ends_tls(settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    origin, host = "https://chat.example.org", "chat.example.org"
    assert is_allowed(origin, host=host, more=((b"x-forwarded-proto", b"https"),))
    assert is_allowed(origin, host=host, more=((b"x-forwarded-proto", b"https, http"),))
    assert not is_allowed(origin, host=host, more=((b"x-forwarded-proto", b"http"),))
    assert not is_allowed(origin, host=host)
    settings.SECURE_PROXY_SSL_HEADER = None
    assert not is_allowed(origin, host=host, more=((b"x-forwarded-proto", b"https"),)), "nobody vouches for it"
