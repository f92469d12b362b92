"""Rooms: make, enter, leave, change, archive, delete; conversations. What is `…_limited` is for somebody at a door."""

from __future__ import annotations

from groupchat.actions.rooms.bound import find_for_object, for_object, release, when_deleted
from groupchat.actions.rooms.changing import (
    archive,
    bring_back,
    configure,
    configure_limited,
    delete,
    rename,
    restore,
    set_history,
    set_topic,
    tell_members,
)
from groupchat.actions.rooms.coming import admit, join, leave
from groupchat.actions.rooms.conversations import converse, converse_limited
from groupchat.actions.rooms.making import Entered, create, create_limited, enter, enter_limited
from groupchat.actions.rooms.names import find, id_of
from groupchat.actions.rooms.order import keep_order

__all__ = [
    "Entered",
    "admit",
    "archive",
    "bring_back",
    "configure",
    "configure_limited",
    "converse",
    "converse_limited",
    "create",
    "create_limited",
    "delete",
    "enter",
    "enter_limited",
    "find",
    "find_for_object",
    "for_object",
    "id_of",
    "join",
    "keep_order",
    "leave",
    "release",
    "rename",
    "restore",
    "set_history",
    "set_topic",
    "tell_members",
    "when_deleted",
]
