"""Whom people block, as it is told in their own counters."""

from __future__ import annotations

from collections.abc import Collection

from groupchat.models import Block


def blocks_of(person_ids: Collection[int]) -> dict[int, list[int]]:
    """Whom each of these people blocks, ascending."""
    found: dict[int, list[int]] = {}
    if person_ids:
        rows = Block.objects.filter(person_id__in=person_ids).order_by("blocked_id")
        for person_id, blocked_id in rows.values_list("person_id", "blocked_id"):
            found.setdefault(person_id, []).append(blocked_id)
    return found
