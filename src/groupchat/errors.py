"""Every error the chat tells a client, and every code with which it closes a socket.

The tables are part of the protocol: `docs/protocol.md` shows them, REST uses the same codes with `status`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from math import ceil
from typing import Any


class ChatError(Exception):
    """A refusal with a reason that a person can act on. Nothing was written.

    `retry_after` is in seconds; `field` names the member of the command that was wrong; `why` is the reason in a word,
    where programs may act on it.
    """

    code = "error"
    status = 400

    def __init__(
        self, message: str, *, field: str | None = None, retry_after: float | None = None, why: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.retry_after = retry_after
        self.why = why

    def as_json(self) -> dict[str, Any]:
        """`{"code", "message"}` and, where they say something, `field`, `why` and `retry_after`."""
        told: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.field is not None:
            told["field"] = self.field
        if self.why is not None:
            told["why"] = self.why
        if self.retry_after is not None:
            told["retry_after"] = ceil(self.retry_after * 1000) / 1000  # never a moment too early
        return told


class BadFrame(ChatError):
    """The frame is not a JSON object."""

    code = "bad_frame"


class BadRequest(ChatError):
    """Over HTTP: what stands around the content is wrong."""

    code = "bad_request"


class UnknownCommand(ChatError):
    code = "unknown_command"


class Invalid(ChatError):
    """A member of the command is missing, of the wrong type or not allowed."""

    code = "invalid"
    status = 422


class TooLong(ChatError):
    code = "too_long"
    status = 413


class Unauthenticated(ChatError):
    code = "unauthenticated"
    status = 401


class Forbidden(ChatError):
    """`until` says when it ends by itself, `reason` what somebody gave as theirs."""

    code = "forbidden"
    status = 403

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        why: str | None = None,
        until: datetime | None = None,
        reason: str = "",
    ) -> None:
        super().__init__(message, field=field, why=why)
        self.until = until
        self.reason = reason

    def as_json(self) -> dict[str, Any]:
        told = super().as_json()
        if self.until is not None:
            told["until"] = self.until.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if self.reason:
            told["reason"] = self.reason
        return told


class NotFound(ChatError):
    code = "not_found"
    status = 404


class MethodNotAllowed(ChatError):
    """Over HTTP: the address knows other methods only."""

    code = "method_not_allowed"
    status = 405

    def __init__(self, allowed: Collection[str]) -> None:
        self.allowed = ", ".join(allowed)
        super().__init__(f"This address takes {self.allowed} only.")


class NameTaken(ChatError):
    code = "name_taken"
    status = 409


class IdempotencyConflict(ChatError):
    """Another message of the same author in the same room has this client_message_id (or Idempotency-Key)."""

    code = "idempotency_conflict"
    status = 409


class RateLimited(ChatError):
    code = "rate_limited"
    status = 429


class LimitReached(ChatError):
    """A limit that waiting does not lift (rooms per connection, …)."""

    code = "limit_reached"
    status = 409


class WrongVersion(ChatError):
    code = "wrong_version"
    status = 409


class Unavailable(ChatError):
    """The server could not do it now, or does not know whether it did: send the same again."""

    code = "unavailable"
    status = 503


ERRORS: tuple[type[ChatError], ...] = (
    BadFrame,
    BadRequest,
    UnknownCommand,
    Invalid,
    TooLong,
    Unauthenticated,
    Forbidden,
    NotFound,
    MethodNotAllowed,
    NameTaken,
    IdempotencyConflict,
    RateLimited,
    LimitReached,
    WrongVersion,
    Unavailable,
)


class Close(IntEnum):
    """Codes with which the server closes a socket. The range says when to come back.

    40xx: not by itself, something must change first. 41xx: later, with growing delays. 42xx: at once.
    """

    GOING_AWAY = 1012  # the server restarts: come back with jitter
    TOO_LARGE = 1009  # the frame was larger than max_frame_bytes: not by itself

    BROKEN_FRAME = 4000  # a binary frame: nobody who knows the protocol sends one
    RELOAD = 4001  # another version of the protocol
    SIGN_IN = 4002  # nobody is signed in and guests are not allowed
    SIGNED_OUT = 4003  # the session ended
    UNKNOWN_ROOM = 4004  # tutorial protocol: there is no such room for you
    REMOVED = 4005  # tutorial protocol: you were removed from the room

    FLOODING = 4100  # far over the rate limit
    TOO_MANY_CONNECTIONS = 4101
    ERROR = 4102  # a fault of the server
    SIGNED_UP = 4103  # a guest who has an account by now: come back with its session

    SLOW = 4200  # you read too slowly: come back and resume


@dataclass(frozen=True, slots=True)
class CloseRule:
    """What a client does after a close code."""

    reconnect: str  # "never", "later" or "now"
    reason: str


CLOSE_RULES: dict[Close, CloseRule] = {
    Close.GOING_AWAY: CloseRule("later", "The server restarts."),
    Close.TOO_LARGE: CloseRule("never", "A frame was too large."),
    Close.BROKEN_FRAME: CloseRule("never", "The frame breaks the protocol."),
    Close.RELOAD: CloseRule("never", "There is a new version: reload."),
    Close.SIGN_IN: CloseRule("never", "Sign in first."),
    Close.SIGNED_OUT: CloseRule("never", "You were signed out."),
    Close.UNKNOWN_ROOM: CloseRule("never", "There is no such room."),
    Close.REMOVED: CloseRule("never", "You were removed from the room."),
    Close.FLOODING: CloseRule("later", "Too many commands."),
    Close.TOO_MANY_CONNECTIONS: CloseRule("later", "Too many connections."),
    Close.ERROR: CloseRule("later", "The server made a mistake."),
    Close.SIGNED_UP: CloseRule("later", "You have an account now: come back with it."),
    Close.SLOW: CloseRule("now", "Too slow: resume."),
}
