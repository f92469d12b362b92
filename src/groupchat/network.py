"""Addresses of the network, as limits and rights see them: the one place that says whose an address is.

One machine has one address: `::ffff:192.0.2.1`, as which a socket that listens on `::` sees an IPv4 caller, is
`192.0.2.1`, and what some proxies put behind it (a port) or around it (brackets) is no part of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from groupchat.conf import conf

# Headers that a proxy adds. With one of them a connection from this machine is not somebody on this machine.
PROXY_HEADERS = frozenset((b"x-forwarded-for", b"forwarded", b"via", b"x-real-ip"))

_REMEMBERED = 1_000  # addresses as they were written: whoever comes often is not taken apart each time

_SHOWN_BITS = {4: 16, 6: 32}  # of an address that somebody is told: whose it is, not who it is

_NETWORK_BITS = 64  # of an IPv6 address: whoever has one has all that begin alike

_WITH_PORT = re.compile(r"(?:\[([^\]]*)\]|(\d+\.\d+\.\d+\.\d+))(?::\d+)?\Z")


@lru_cache(_REMEMBERED)
def canonical(address: str) -> str:
    """The one way to write it; what is no address of the network stays as it is."""
    address = address.strip()
    if with_port := _WITH_PORT.match(address):
        address = with_port[1] or with_port[2]
    try:
        found = ip_address(address)
    except ValueError:
        return address
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return str(mapped or found)


@lru_cache(_REMEMBERED)
def counted_as(address: str) -> str:
    """Whose an address is, for limits: one of IPv6 is its whole network. Empty where it says nothing about who it is:
    the machine's own, and none at all (a socket of the system).
    """
    address = canonical(address)
    if not address or is_loopback(address):
        return ""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address):
        return str(IPv6Network((found, _NETWORK_BITS), strict=False))
    return address


def coarse(address: str) -> str:
    """Where about an address is, to be kept and shown: its network, never the whole of it. Empty where it says nothing
    about that.
    """
    try:
        found = ip_address(canonical(address))
    except ValueError:
        return ""
    if found.is_loopback:
        return ""
    return str(ip_network((found, _SHOWN_BITS[found.version]), strict=False))


def is_loopback(address: str) -> bool:
    """Whether it is this machine's own, however it is written."""
    if address == "localhost":
        return True
    try:
        return ip_address(canonical(address)).is_loopback
    except ValueError:
        return False


def peer_address(scope: Mapping[str, Any]) -> str:
    """Who opened this connection, be it a proxy; empty for a socket of the system, which has no address."""
    client = scope.get("client")
    return canonical(str(client[0])) if client and client[0] else ""


def client_address(scope: Mapping[str, Any]) -> str:
    """Whose connection this is: the address that the outermost of our own proxies saw."""
    return _behind_proxies(peer_address(scope), forwarded_for(scope))


def client_address_of_request(meta: Mapping[str, Any]) -> str:
    """The same of a request as Django sees it (`request.META`)."""
    return _behind_proxies(canonical(meta.get("REMOTE_ADDR") or ""), meta.get("HTTP_X_FORWARDED_FOR", ""))


def forwarded_for(scope: Mapping[str, Any]) -> str:
    """What proxies say of those behind them, all headers of that name in one; empty where none says anything."""
    return ",".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for")


def _behind_proxies(peer: str, forwarded: str) -> str:
    proxies = conf().trusted_proxies
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()] if proxies else []
    return canonical(hops[-min(proxies, len(hops))]) if hops else peer
