"""Writing the audit log, and taking it along."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from groupchat.models import AuditEntry, Person, Room
from groupchat.resources import moment

CHUNK = 1_000  # entries that are read at once
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def note(
    act: str,
    *,
    by: Person | None,
    room: Room | None = None,
    person: Person | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write down what `by` does (None: whoever runs the server). Call it inside the transaction that does it.

    `before` and `after` hold what is different, of plain values.
    """
    AuditEntry.objects.create(
        act=act,
        by_id=by.pk if by is not None else None,
        by_name=_named(by),
        room_id=room.pk if room is not None else None,
        room_name=room.name if room is not None else "",
        person_id=person.pk if person is not None else None,
        person_name=_named(person) if person is not None else "",
        before=dict(before or {}),
        after=dict(after or {}),
    )


COLUMNS = ("id", "at", "act", "by_id", "by_name", "room_id", "room_name", "person_id", "person_name", "before", "after")


def _as_it_is(_: Sequence[AuditEntry]) -> None:
    """Nothing is kept from who runs the server."""


def as_csv(
    entries: QuerySet[AuditEntry], *, before_writing: Callable[[Sequence[AuditEntry]], None] = _as_it_is
) -> Iterator[str]:
    """The lines of a table, the oldest first, read some at a time. No cell begins as a formula of a spreadsheet.

    `before_writing` takes out of some of them what is not for the reader.
    """
    line = _Line()
    writer = csv.writer(line)
    writer.writerow(COLUMNS)
    yield line.text
    found = entries.order_by("pk").iterator(chunk_size=CHUNK)
    while some := list(islice(found, CHUNK)):
        before_writing(some)
        for entry in some:
            writer.writerow([_cell(getattr(entry, column)) for column in COLUMNS])
            yield line.text


class _Line:
    """What `csv` has just written."""

    text = ""

    def write(self, text: str) -> None:
        self.text = text


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True) if value else ""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in _FORMULAS else text


def _named(person: Person | None) -> str:
    return f"{person.name} (@{person.handle})" if person is not None else ""
