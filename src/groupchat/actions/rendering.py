"""The HTML of messages made anew, as far as another renderer made it, or none did yet."""

from __future__ import annotations

from django.db import transaction

from groupchat.markup import render, stamp
from groupchat.models import Message

CHUNK = 500


def render_some(*, after: int = 0, limit: int = CHUNK) -> tuple[int | None, int]:
    """Look at the next messages behind the primary key `after`: the last one of them, None where there was none, and
    how many were rendered.

    No lock is held while it renders. Who edits meanwhile leaves another text, for which our stamp is none; who deletes
    leaves a tombstone, and to that nothing is written.
    """
    found = Message.objects.filter(pk__gt=after, deleted_at=None).order_by("pk").only("body", "rendered")[:limit]
    messages = list(found)
    stale = [message for message in messages if message.rendered != stamp(message.body)]
    made = [(message.pk, render(message.body), stamp(message.body)) for message in stale]
    with transaction.atomic():
        for key, html, rendered in made:
            Message.objects.filter(pk=key, deleted_at=None).update(html=html, rendered=rendered)
    return (messages[-1].pk if messages else None), len(made)
