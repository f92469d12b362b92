"""People, what they are called, and how frames introduce them."""

from __future__ import annotations

from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import Field

from groupchat.protocol.base import Command


class RenameMe(Command):
    """Be called otherwise, everywhere; the handle stays."""

    type: Literal["me.rename"]
    name: str


class PersonResource(TypedDict):
    """A person as everyone sees them; `version` rises with every change of it. `looks` is the same for all whose names
    a reader could take for one another. What somebody tells of themselves stands there only where they do.
    """

    id: int
    kind: Literal["user", "guest", "bot"]
    handle: str
    name: str
    looks: str
    version: int
    avatar: NotRequired[str]
    pronouns: NotRequired[str]
    time_zone: NotRequired[str]


class PeopleFrame(TypedDict):
    """People that the frames behind it name; each comes once per connection and version."""

    type: Literal["people"]
    people: list[PersonResource]


class FindPeople(Command):
    """Those whose handle begins with `query`, then those whose name does: whom one may invite or write to."""

    type: Literal["people.find"]
    query: Annotated[str, Field(max_length=200)] = ""
    limit: Annotated[int, Field(ge=1)] = 20
