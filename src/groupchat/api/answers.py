"""What the API answers, whatever server carries it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from groupchat.errors import ChatError, Unauthenticated


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, a JSON object, and headers beside the usual ones."""

    status: int
    content: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


def refused(error: ChatError) -> Answer:
    """An error as HTTP says it: the code of the protocol in the body, its HTTP status beside it."""
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(max(1, round(error.retry_after)))
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    return Answer(error.status, {"error": error.as_json()}, headers)
