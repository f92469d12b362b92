"""Times as a client writes them."""

from __future__ import annotations

from datetime import datetime

from groupchat.errors import Invalid


def moment_in(text: str, field: str) -> datetime:
    """Raises Invalid for what is no time, or one without its zone."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Invalid(f"{field}: a time like 2026-03-01T08:00:00Z.", field=field)
    return at
