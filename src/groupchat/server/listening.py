"""The address to listen on, and the limits of the machine that concern it."""

from __future__ import annotations

import os
import resource
import socket
from contextlib import suppress

from groupchat.network import is_loopback
from groupchat.server.environment import Environment
from groupchat.server.faults import BadEnvironment, CannotStart


def refuse_open_door(environment: Environment) -> None:
    """Without a public address the server is for this machine only: hosts, cookies and links hang on it."""
    if environment.url is None and not is_loopback(environment.host):
        raise BadEnvironment(
            f"To listen on {environment.host}, say first where people find the server:"
            " GROUPCHAT_URL=https://chat.example.org. Without it, only 127.0.0.1 is served."
        )


def listen(host: str, port: int, *, count: int = 1) -> list[socket.socket]:
    """Sockets bound to one address (port 0: any free one); raises CannotStart where it is taken.

    More than one share the port (SO_REUSEPORT): the kernel spreads the connections over them.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise CannotStart(f"This machine has no address {host!r} to listen on.") from None
    # the first look is without SO_REUSEPORT, which would let us slip in beside a stranger
    first = _bind(family, address, shared=False)
    if count == 1:
        return [first]
    address = (address[0], first.getsockname()[1], *address[2:])
    first.close()
    return [_bind(family, address, shared=True) for _ in range(count)]


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def raise_file_limit() -> None:
    """Every connection is an open file, and the usual limit is 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with suppress(ValueError, OSError):  # macOS names a limit that it does not grant
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _bind(family: socket.AddressFamily, address: tuple[object, ...], *, shared: bool) -> socket.socket:
    # With the protocol named, asyncio switches Nagle's delay off for what it accepts: 40 ms a frame otherwise.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if shared:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        bound.bind(address)
    except OSError as error:
        bound.close()
        reason = (error.strerror or str(error)).lower()
        raise CannotStart(
            f"Cannot listen on {address[0]}, port {address[1]}: {reason}."
            " Choose another port with --port or GROUPCHAT_PORT."
        ) from None
    return bound
