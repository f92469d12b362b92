"""One machine, one address, however it is written and whoever asks."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

import groupchat
from groupchat import network
from groupchat.realtime.admission.handshake import Handshake
from groupchat.server import metrics
from groupchat.server.listening import refuse_open_door

MAPPED = "::ffff:127.0.0.1"


def scope(peer: str | None, *forwarded: str, more: tuple[tuple[bytes, bytes], ...] = ()) -> dict[str, Any]:
    headers = [*((b"x-forwarded-for", one.encode()) for one in forwarded), *more]
    return {"type": "websocket", "client": (peer, 1) if peer is not None else None, "headers": headers}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::FFFF:c000:0201", "192.0.2.1"),
        ("[::ffff:192.0.2.1]:443", "192.0.2.1"),
        ("192.0.2.1:5678", "192.0.2.1"),
        (" 192.0.2.1 ", "192.0.2.1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:80", "2001:db8::1"),
        ("unknown", "unknown"),
        ("1.2.3.4.5", "1.2.3.4.5"),
        ("", ""),
    ],
)
def test_one_way_to_write_it(written: str, meant: str) -> None:
    assert network.canonical(written) == meant


@pytest.mark.parametrize("own", ["127.0.0.1", "127.1.2.3", "::1", MAPPED, "[::1]:80", "localhost", "127.0.0.1:9"])
def test_what_is_this_machine(own: str) -> None:
    assert network.is_loopback(own)


@pytest.mark.parametrize("other", ["192.0.2.1", "::", "0.0.0.0", "::ffff:192.0.2.1", "", "unknown", "example.org"])
def test_what_is_another(other: str) -> None:
    assert not network.is_loopback(other)


def test_a_socket_and_the_metrics_see_the_same_caller() -> None:
    assert Handshake.of(scope("::ffff:192.0.2.1")).address == "192.0.2.1"
    assert metrics.may_read(scope(MAPPED), None)
    assert not metrics.may_read(scope("::ffff:192.0.2.1"), None)
    assert not metrics.may_read(scope(MAPPED, "192.0.2.1"), None)
    assert not metrics.may_read(scope(None), None)


def test_behind_proxies(settings: Any) -> None:
    def seen(*forwarded: str, proxies: int) -> str:
        settings.GROUPCHAT = settings.GROUPCHAT | {"TRUSTED_PROXIES": proxies}
        meta = {"REMOTE_ADDR": "10.0.0.9", "HTTP_X_FORWARDED_FOR": ",".join(forwarded)}
        by_socket = Handshake.of(scope("10.0.0.9", *forwarded)).address
        assert network.client_address_of_request(meta) == by_socket
        return by_socket

    assert seen("203.0.113.7", proxies=0) == "10.0.0.9"
    assert seen(proxies=1) == "10.0.0.9"
    assert seen("1.1.1.1, ::ffff:203.0.113.7", proxies=1) == "203.0.113.7"
    assert seen("203.0.113.7:5678", "10.0.0.1", proxies=2) == "203.0.113.7"
    assert seen("203.0.113.7", proxies=2) == "203.0.113.7"
    assert seen("203.0.113.7, ", proxies=1) == "203.0.113.7"


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        (MAPPED, ""),
        ("127.0.0.1", ""),
        ("::1", ""),
        ("", ""),
        ("unknown", "unknown"),  # what can't be read is no way around a limit
        ("192.0.2.1:99", "192.0.2.1"),
        ("2001:db8:0:1::7", "2001:db8:0:1::/64"),
        ("[2001:DB8:0:1:ffff::8]:80", "2001:db8:0:1::/64"),
        ("2001:db8:0:2::7", "2001:db8:0:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_whose_an_address_is_for_limits(address: str, counted: str) -> None:
    assert network.counted_as(address) == counted


def test_to_listen_on_a_mapped_loopback_is_to_listen_on_loopback() -> None:
    class Here:
        url = None
        host = MAPPED

    refuse_open_door(Here())  # type: ignore[arg-type]


def test_no_other_place_decides_whose_an_address_is() -> None:
    source = Path(groupchat.__file__).parent
    deciding = []
    for path in source.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "ipaddress":
                deciding.append(path.name)
            if isinstance(node, ast.Import) and any(alias.name == "ipaddress" for alias in node.names):
                deciding.append(path.name)
    assert deciding == ["network.py"]
