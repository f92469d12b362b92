"""What the API answers, whatever server carries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from groupchat.errors import ChatError, MethodNotAllowed, Unauthenticated
from groupchat.protocol import encode

_ALWAYS = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",  # what one person may see
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a JSON object, and headers beside the usual ones."""

    status: int
    content: Mapping[str, Any]
    more_headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> tuple[bytes, dict[str, str]]:
        """The body, and all headers."""
        body = encode(self.content)
        return body, {**_ALWAYS, "Content-Length": str(len(body)), **self.more_headers}


def refused(error: ChatError) -> Answer:
    """An error as HTTP says it: the code of the protocol in the body, its HTTP status beside it."""
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(ceil(error.retry_after))
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = error.allowed
    return Answer(error.status, {"error": error.as_json()}, headers)
