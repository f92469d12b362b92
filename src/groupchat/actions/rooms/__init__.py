"""Rooms: make, enter, leave, change, archive, delete; conversations."""

from __future__ import annotations

from groupchat.actions.rooms.changing import (
    archive,
    configure,
    delete,
    rename,
    restore,
    set_history,
    set_topic,
)
from groupchat.actions.rooms.coming import admit, join, leave
from groupchat.actions.rooms.conversations import converse
from groupchat.actions.rooms.making import Entered, create, enter
from groupchat.actions.rooms.names import find, id_of

__all__ = [
    "Entered",
    "admit",
    "archive",
    "configure",
    "converse",
    "create",
    "delete",
    "enter",
    "find",
    "id_of",
    "join",
    "leave",
    "rename",
    "restore",
    "set_history",
    "set_topic",
]
