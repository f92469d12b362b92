"""The rights by name: what a command asks for, and how docs/protocol.md says it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from groupchat.permissions import messages, people, rooms


class Right(NamedTuple):
    """`who` has it, in words; `rule` is what the action asks, None where nothing is asked."""

    who: str
    rule: Callable[..., Any] | None


ANYBODY = Right("whoever is connected", None)
ONESELF = Right("each for themselves", people.require_active)
READ = Right("whoever may read the room", rooms.require_read)
JOIN = Right("whoever may join the room", rooms.require_join)
POST = Right("whoever may write into the room", rooms.require_post)
MEMBER = Right("the members of the room", rooms.is_joined)
MANAGE = Right("the owners of the room and of the site", rooms.require_manage)
EDIT = Right("the author of the message", messages.require_edit)
VERSIONS = Right("its author, the owners of the room and of the site", messages.require_versions)
DELETE = Right("its author, the owners of the room and of the site", messages.require_delete)
