"""Where the page connects its socket, which only those who route sockets know."""

from __future__ import annotations

from django.urls import get_script_prefix

from groupchat.conf import conf

_mounted: str | None = None


def mount(path: str) -> None:
    """Pages of this process connect there from now on: a path as `SOCKET_PATH` is, which it stands above."""
    global _mounted
    _mounted = path


def socket_address() -> str:
    """The address on this host, say `/ws/`: below the path that the whole site stands at (`FORCE_SCRIPT_NAME`)."""
    return get_script_prefix() + (_mounted or conf().socket_path)
