"""The few words of the Channels tutorial."""

from __future__ import annotations

from typing import TypedDict

from pydantic import BaseModel, ConfigDict


class ClassicPost(BaseModel):
    """What a client of the Channels tutorial sends."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)
    message: str
    client_message_id: str | None = None


class ClassicFrame(TypedDict):
    """A post at the tutorial protocol; the tutorial's clients read `message` only."""

    message: str
    username: str
    number: int
    seq: int
    at: str
