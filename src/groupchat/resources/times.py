"""Times on the wire."""

from __future__ import annotations

from datetime import UTC, datetime


def moment(at: datetime) -> str:
    """ISO 8601 in UTC with milliseconds."""
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    return f"{at.isoformat(timespec='milliseconds')[:-6]}Z"
