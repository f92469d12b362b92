"""People, and how frames introduce them."""

from __future__ import annotations

from typing import Literal, TypedDict


class PersonResource(TypedDict):
    """A person as everyone sees them; `version` rises with every change of it."""

    id: int
    kind: Literal["user", "guest", "bot"]
    handle: str
    name: str
    version: int


class PeopleFrame(TypedDict):
    """People that the frames behind it name; each comes once per connection and version."""

    type: Literal["people"]
    people: list[PersonResource]
