"""The ASGI app: who a visitor is behind proxies, and what starts and stops with the server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from groupchat.server import asgi


def seen(*forwarded: bytes, proxies: int, settings: Any) -> str:
    settings.GROUPCHAT = settings.GROUPCHAT | {"TRUSTED_PROXIES": proxies}
    headers = [(b"x-forwarded-for", value) for value in forwarded]
    return asgi._as_seen_from_outside({"type": "http", "client": ("10.0.0.9", 1), "headers": headers})["client"][0]


def test_without_proxies_nobody_is_believed(settings: Any) -> None:
    assert seen(b"203.0.113.7", proxies=0, settings=settings) == "10.0.0.9"


def test_the_address_that_the_outermost_proxy_saw(settings: Any) -> None:
    assert seen(b"203.0.113.7", proxies=1, settings=settings) == "203.0.113.7"
    assert seen(b"1.1.1.1, 203.0.113.7", proxies=1, settings=settings) == "203.0.113.7", (
        "what a visitor wrote is in front"
    )
    assert seen(b"1.1.1.1, 203.0.113.7, 10.0.0.1", proxies=2, settings=settings) == "203.0.113.7"
    assert seen(b"1.1.1.1", b"203.0.113.7", b"10.0.0.1", proxies=2, settings=settings) == "203.0.113.7"


def test_fewer_addresses_than_proxies(settings: Any) -> None:
    assert seen(proxies=1, settings=settings) == "10.0.0.9"
    assert seen(b"203.0.113.7", proxies=2, settings=settings) == "203.0.113.7"  # as for sockets


def test_an_address_is_written_in_one_way(settings: Any) -> None:
    """Pages see the caller of a socket on `::` as anybody else does."""
    scope = {"type": "http", "client": ("::ffff:192.0.2.7", 5), "headers": []}
    assert asgi._as_seen_from_outside(scope)["client"] == ("192.0.2.7", 0)


def test_the_scope_of_the_server_is_left_alone(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "_is_https", True)
    scope = {"type": "http", "scheme": "http", "client": ("10.0.0.9", 1), "headers": []}
    assert asgi._as_seen_from_outside(scope)["scheme"] == "https"
    assert scope["scheme"] == "http"


async def test_another_protocol_is_an_error() -> None:
    with pytest.raises(ValueError, match="smtp"):
        await asgi.application({"type": "smtp"}, None, None)  # type: ignore[arg-type]


def test_uvicorn_composes_no_line_for_each_request(tmp_path: Path) -> None:
    """It asks whether the line would reach a handler; the log's level comes only after."""
    ours = {"DJANGO_SETTINGS_MODULE": "groupchat.server.settings", "GROUPCHAT_DATA": str(tmp_path)}
    asked = "import logging, groupchat.server.asgi; print(logging.getLogger('uvicorn.access').hasHandlers())"
    done = subprocess.run([sys.executable, "-c", asked], env={**os.environ, **ours}, capture_output=True, text=True)
    assert done.stdout.split() == ["False"], done.stderr
