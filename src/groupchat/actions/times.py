"""When something is to happen that somebody asks for."""

from __future__ import annotations

from datetime import datetime, timedelta

from groupchat.conf import conf
from groupchat.errors import Invalid


def require_ahead(at: datetime, *, field: str, now: datetime) -> None:
    """Raises Invalid, with `why` "past" or "far"."""
    if at <= now:
        raise Invalid(f"{field}: this time is over. Choose a later one.", field=field, why="past")
    most = conf().max_days_ahead
    if most and at > now + timedelta(days=most):
        raise Invalid(f"{field}: at most {most} days ahead.", field=field, why="far")
