"""Who was refused, and which sockets we closed: counted by reason, and told to the operator when it begins.

One line for each reason, then none for a while, so that a flood of refusals is no flood of lines. Some reasons are
everyday life (nobody is signed in, a process leaves): they are only counted.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from groupchat.conf import conf
from groupchat.errors import CLOSE_RULES, Close
from groupchat.network import forwarded_for, peer_address

logger = logging.getLogger("groupchat.realtime")

REPEAT_SECONDS = 600.0  # between two lines about the same
LONGEST_DETAIL = 200  # characters of what a stranger sent that a line shows


class Refusal(NamedTuple):
    """`code` closes the accepted socket; without one the handshake is no WebSocket's yet, or is answered with 403."""

    code: Close | None
    words: str | None  # for the log; %s is whom or what it was about


REFUSALS: Mapping[str, Refusal] = {
    "address_limit": Refusal(
        Close.TOO_MANY_CONNECTIONS,
        "%s has as many as MAX_CONNECTIONS_PER_ADDRESS allows. Behind a proxy that TRUSTED_PROXIES does not count all"
        " people have one address.",
    ),
    "person_limit": Refusal(
        Close.TOO_MANY_CONNECTIONS, "somebody has as many as MAX_CONNECTIONS_PER_USER allows, lastly from %s."
    ),
    "newcomers": Refusal(Close.TOO_MANY_CONNECTIONS, "more new guests than MAX_NEW_GUESTS_PER_MINUTE come from %s."),
    "tokens": Refusal(Close.TOO_MANY_CONNECTIONS, "more wrong tokens than MAX_WRONG_TOKENS_PER_MINUTE come from %s."),
    "files": Refusal(
        Close.TOO_MANY_CONNECTIONS,
        "the process has almost as many files open as it may (RLIMIT_NOFILE; RESERVED_FILES): %s. Raise the limit:"
        " LimitNOFILE= in the service's unit, --ulimit nofile= of a container, ulimit -n in a shell.",
    ),
    "database": Refusal(Close.ERROR, "the database does not say who it is: %s"),
    "sign_in": Refusal(Close.SIGN_IN, None),
    "signed_up": Refusal(Close.SIGNED_UP, None),
    "leaving": Refusal(None, None),
    "host": Refusal(
        None, "the host %s is not among those that this server answers to (GROUPCHAT_URL, or ALLOWED_HOSTS)."
    ),
    "origin": Refusal(
        None,
        "%s. With GROUPCHAT_URL (or CSRF_TRUSTED_ORIGINS, SECURE_PROXY_SSL_HEADER) the server knows its own address.",
    ),
    "path": Refusal(None, "there are none at %s."),
    "no_upgrade": Refusal(
        None,
        "%s came without the header Upgrade. A proxy in front does not pass WebSockets on, most likely; nginx needs"
        ' proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade and proxy_set_header Connection "upgrade".',
    ),
    "head": Refusal(None, "a request's head is larger than GROUPCHAT_MAX_HEAD_BYTES; it came from %s."),
}

# What is worth a line of the sockets that we close; the others belong to ordinary days.
CLOSURES: Mapping[Close, str] = {
    Close.SLOW: "%s does not read what it gets (MAX_OUTBOX_BYTES); it may come back and resume.",
    Close.FLOODING: "%s sends far more than MAX_COMMANDS_PER_SECOND allows.",
    Close.TOO_LARGE: "%s sent a frame of more than MAX_FRAME_BYTES.",
    Close.BROKEN_FRAME: "%s does not speak the protocol.",
}

PROXY_NOT_TRUSTED = "proxy_not_trusted"

_NO_UPGRADE = (
    b"This is an address for WebSockets, and the request came without the header Upgrade. If you opened a WebSocket, a"
    b" proxy on the way does not pass it on.\n"
)


@dataclass(slots=True)
class _Line:
    """The last line about one reason."""

    at: float
    more: int = 0  # times since


class Refusals:
    """Counts since the start of the process, and the lines about them."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.refused: Counter[str] = Counter(dict.fromkeys(REFUSALS, 0))
        self.closed: Counter[str] = Counter({code.name.lower(): 0 for code in CLOSE_RULES})
        self._now = now
        self._lines: dict[str, _Line] = {}

    async def refuse(self, send: Any, reason: str, about: str) -> None:
        """Count it, and answer the handshake: a browser sees a close code only of a socket that was accepted."""
        self.count(reason, about)
        code = REFUSALS[reason].code
        if code is None:
            await send({"type": "websocket.close"})  # before accept: 403
            return
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": int(code), "reason": ""})

    def count(self, reason: str, about: str) -> None:
        """Somebody was refused, be it on a way of its own."""
        self.refused[reason] += 1
        words = REFUSALS[reason].words
        if words is not None:
            self._tell(reason, "Sockets or requests are refused (%s): " + words, reason, _short(about))

    def close(self, code: Close, address: str) -> None:
        """We close a socket of this address."""
        name = code.name.lower()
        self.closed[name] += 1
        words = CLOSURES.get(code)
        if words is not None:
            self._tell(f"closed {name}", "Sockets are closed (%s, %s): " + words, int(code), name, address)

    def look_for_a_proxy(self, scope: Mapping[str, Any]) -> None:
        """Once: whoever forwards is not believed, so that all who come through it are one address to every limit."""
        if PROXY_NOT_TRUSTED in self._lines or conf().trusted_proxies or not forwarded_for(scope):
            return
        self._lines[PROXY_NOT_TRUSTED] = _Line(float("inf"))
        logger.warning(
            "X-Forwarded-For comes from %s, and no proxy is trusted: all who come through it count as one address. If"
            " it is a proxy of yours, set GROUPCHAT_TRUSTED_PROXIES (or TRUSTED_PROXIES in settings.GROUPCHAT) to 1.",
            peer_address(scope) or "a socket of the system",
        )

    def standing(self) -> list[str]:
        """What the operator was told of lately, by name."""
        now = self._now()
        return sorted(key for key, line in self._lines.items() if now - line.at < REPEAT_SECONDS)

    def _tell(self, key: str, words: str, *details: object) -> None:
        now, line = self._now(), self._lines.get(key)
        if line is not None and now - line.at < REPEAT_SECONDS:
            line.more += 1
            return
        before = f" ({line.more} more since the last line about it.)" if line is not None and line.more else ""
        self._lines[key] = _Line(now)
        logger.warning(words + "%s", *details, before)


async def require_upgrade(send: Any) -> None:
    """Answer an ordinary request for a socket's address."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", b"%d" % len(_NO_UPGRADE))]
    headers += [(b"upgrade", b"websocket"), (b"connection", b"upgrade"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 426, "headers": headers})
    await send({"type": "http.response.body", "body": _NO_UPGRADE})


def _short(text: str) -> str:
    """In one line, whatever a stranger sent."""
    shown = "".join(character if character.isprintable() else "?" for character in " ".join(text.split()))
    return shown if len(shown) <= LONGEST_DETAIL else shown[:LONGEST_DETAIL] + "…"
