"""Who may do what; a module a noun. Every command, request and download asks here.

`can_…` answers; `require_…` raises: NotFound where one may not even know, Forbidden where one may know but not do.
"""

from __future__ import annotations

from groupchat.permissions.messages import require_delete, require_edit, require_versions
from groupchat.permissions.people import comes_with_account, require_active, require_no_account
from groupchat.permissions.rights import (
    ANYBODY,
    DELETE,
    EDIT,
    JOIN,
    MANAGE,
    MEMBER,
    ONESELF,
    POST,
    READ,
    VERSIONS,
    Right,
)
from groupchat.permissions.rooms import (
    can_read,
    is_banned,
    is_joined,
    require_join,
    require_manage,
    require_post,
    require_read,
    rules_room,
)

__all__ = [
    "ANYBODY",
    "DELETE",
    "EDIT",
    "JOIN",
    "MANAGE",
    "MEMBER",
    "ONESELF",
    "POST",
    "READ",
    "VERSIONS",
    "Right",
    "can_read",
    "comes_with_account",
    "is_banned",
    "is_joined",
    "require_active",
    "require_delete",
    "require_edit",
    "require_join",
    "require_manage",
    "require_no_account",
    "require_post",
    "require_read",
    "require_versions",
    "rules_room",
]
