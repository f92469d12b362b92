"""The rights by name: what a command asks for, and how docs/protocol.md and docs/permissions.md say it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from groupchat.permissions.asking import require_active
from groupchat.permissions.rules import Rules
from groupchat.permissions.standing import is_joined, owns_site


class Right(NamedTuple):
    """`who` has it, in words; `rule` is what is asked, None where nothing is."""

    who: str
    rule: Callable[..., Any] | None


ANYBODY = Right("whoever is connected", None)
ONESELF = Right("each for themselves", require_active)
HEAR = Right("whoever hears the room", None)
READ = Right("whoever may read the room", Rules.read)
JOIN = Right("whoever may join the room", Rules.join)
LEAVE = Right("its members, but for a conversation of two", Rules.leave)
POST = Right("whoever may write into the room", Rules.post)
MEMBER = Right("the members of the room", is_joined)
MANAGE = Right("the owners of the room and of the site", Rules.manage)
KEEP_ORDER = Right("the owners and moderators of the room", Rules.keep_order)
RESTORE = Right("the owners of the room and of the site", Rules.restore)
INVITE = Right("its members where the room is open, else those who keep it", Rules.invite)
MAKE_LINK = Right("who may bring others in, for moderators its owners; to the site, its owners", Rules.make_link)
END_LINK = Right("its maker, and those who keep the room; to the site, its owners", Rules.end_link)
REMOVE = Right("the owners and moderators of the room, of those below them", Rules.remove)
GIVE_ROLE = Right("the owners of the room and of the site", Rules.give_role)
EDIT = Right("the author of the message", Rules.edit)
REACT = Right("the members who may write into the room; to announcements all members", Rules.react)
PIN = Right("the members who may write into the room", Rules.pin)
VERSIONS = Right("its author, and those who keep the room", Rules.see_versions)
DELETE = Right("its author, and those who keep the room", Rules.delete)
REPORT = Right("the members of the room, of others' messages", Rules.report)
SEE_REPORTS = Right("those who keep the room; of conversations the site's owners", Rules.see_reports)
OWN_SITE = Right("the owners of the site", owns_site)
FIND_PEOPLE = Right(
    "who has an account finds everybody by handle, and by name those with whom they share a room, or all where no"
    " stranger comes in; a guest those with whom they share a room",
    None,
)
MAKE_ROOM = Right("everybody", Rules.make_room)
CONVERSE = Right("everybody; guests with those whom they share a room with", Rules.converse)
