"""Whom one blocks; each can be heard again."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from groupchat.actions import blocks
from groupchat.errors import NotFound
from groupchat.models import Person


def shown(person: Person) -> dict[str, Any]:
    return {"blocked": blocks.people_blocked_by(person) if person.blocks_seq is not None else []}


def unblock(request: HttpRequest, person: Person) -> None:
    which = request.POST.get("person", "")
    if not which.isdecimal():
        raise NotFound("There is no such person.")
    blocks.block(person=person, other_id=int(which[:18]), on=False)
