"""The tables of docs/permissions.md: `python -m tests.contract.permission_table` writes them anew.

They say what the rules answer; tests/realtime/test_rights.py asks a real server the same, through every door.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import django
from django.conf import settings

DOCUMENT = Path(__file__).parents[2] / "docs" / "permissions.md"
BEGIN, END = "<!-- rights: from the rules -->\n", "<!-- end of rights -->\n"

ROLES = ("owner", "moderator", "member", "reader")
STANDINGS = {
    **{role: f"{role}" for role in ROLES},
    "removed": "sent out",
    "banned": "banned",
    "outsider": "anybody else",
    "guest": "guest from outside",
    "site admin": "site's administrator from outside",
    "site owner": "site's owner from outside",
}
"""Where somebody stands who asks, and what the table calls them."""

KINDS = {
    "public": "A public room",
    "announcement": "A room for announcements",
    "private": "A private room",
    "direct": "A conversation of two",
    "group": "A group",
    "archived": "A public room that is archived",
    "deleted": "A public room that is deleted",
}
CONVERSATIONS = ("direct", "group")


@dataclass(frozen=True)
class Row:
    """Commands that ask the same. `asks(rules, person, room, membership, other)`: the refusal, or None; `other` is the
    membership of an ordinary member, who wrote the room's first message.
    """

    commands: tuple[str, ...]
    words: str
    asks: Callable[..., Any]


def rows() -> tuple[Row, ...]:
    def message(person: Any, room: Any) -> Any:
        from groupchat.models import Message

        return Message(room=room, author=person, number=1, body="hi")

    def if_readable(rule: Callable[..., Any]) -> Callable[..., Any]:
        """Of a message in a room that one may not read, one may not even know."""
        return lambda rules, person, room, mine, other: (
            rules.read(person, room, mine) or rule(rules, person, room, mine, other)
        )

    def only_joined(rules: Any, person: Any, room: Any, mine: Any, other: Any) -> Any:
        from groupchat.errors import NotFound
        from groupchat.permissions import is_joined

        return None if is_joined(mine) and room.deleted_at is None else NotFound("You are not in this room.")

    return (
        Row(
            ("subscribe", "messages", "message.reactions", "thread", "pins", "message.save", "members", "changes"),
            "read it",
            lambda r, p, room, m, o: r.read(p, room, m),
        ),
        Row(("room.join",), "join it", lambda r, p, room, m, o: r.join(p, room, m)),
        Row(("room.leave",), "leave it", lambda r, p, room, m, o: r.leave(p, room, m)),
        Row(
            ("read", "room.pin", "draft.set", "thread.follow"),
            "keep one's own mark, pin, draft and threads",
            only_joined,
        ),
        Row(("message.post", "message.schedule", "command.run"), "write", lambda r, p, room, m, o: r.post(p, room, m)),
        Row(
            ("message.edit",),
            "edit another's message",
            if_readable(lambda r, p, room, m, o: r.edit(p, message(o.person, room), m)),
        ),
        Row(
            ("message.delete",),
            "delete another's message",
            if_readable(lambda r, p, room, m, o: r.delete(p, message(o.person, room), m)),
        ),
        Row(
            ("message.versions",),
            "see what another's message said before",
            if_readable(lambda r, p, room, m, o: r.see_versions(p, message(o.person, room), m)),
        ),
        Row(
            ("message.react",),
            "react to another's message",
            if_readable(lambda r, p, room, m, o: r.react(p, message(o.person, room), m)),
        ),
        Row(
            ("message.pin",),
            "pin another's message",
            if_readable(lambda r, p, room, m, o: r.pin(p, message(o.person, room), m)),
        ),
        Row(
            ("message.report",),
            "report another's message",
            if_readable(lambda r, p, room, m, o: r.report(p, message(o.person, room), m)),
        ),
        Row(
            ("reports",),
            "look at what was reported",
            lambda r, p, room, m, o: r.see_reports(p, room, m),
        ),
        Row(("room.invite",), "bring somebody in", lambda r, p, room, m, o: r.invite(p, room, m)),
        Row(
            ("invite.make", "invites"),
            "invite by a link, and see which there are",
            lambda r, p, room, m, o: r.make_link(p, room, m, "member"),
        ),
        Row(("invite.end",), "end another's link", lambda r, p, room, m, o: r.end_link(p, room, m, 0)),
        Row(("room.remove",), "send a member out", lambda r, p, room, m, o: r.remove(p, room, m, o)),
        Row(
            ("room.ban", "room.unban", "room.silence", "messages.purge"),
            "ban or silence a member, take it back, delete all that they wrote",
            lambda r, p, room, m, o: r.remove(p, room, m, o),
        ),
        Row(("room.sanctions",), "see who is banned and silenced", lambda r, p, room, m, o: r.remove(p, room, m)),
        Row(("room.role",), "say what a member is", lambda r, p, room, m, o: r.give_role(p, room, m)),
        Row(
            ("room.rename", "room.topic", "room.settings", "room.archive", "room.delete"),
            "change, archive, delete it",
            lambda r, p, room, m, o: r.manage(p, room, m),
        ),
        Row(("room.order",), "make it slow, lock it, shut it", lambda r, p, room, m, o: r.keep_order(p, room, m)),
        Row(("room.restore",), "bring it back", lambda r, p, room, m, o: r.restore(p, room, m)),
    )


def world(standing: str, kind: str) -> tuple[Any, Any, Any, Any]:
    """`(person, room, their membership, that of an ordinary member)`, in no database."""
    from django.utils import timezone

    from groupchat.models import Membership, Person, Room

    room = Room(pk=1, kind=kind if kind in Room.Kind.values else Room.Kind.PUBLIC, name="Room")
    room.archived_at = timezone.now() if kind == "archived" else None
    room.deleted_at = timezone.now() if kind == "deleted" else None
    kind_of_person = "guest" if standing == "guest" else "user"
    person = Person(pk=1, is_owner=standing == "site owner", is_admin=standing == "site admin", kind=kind_of_person)
    other = Membership(room=room, person=Person(pk=2), role="member", state="joined")
    state = {"removed": "kicked", "banned": "banned"}.get(standing, "joined")
    inside = standing in ROLES or state != "joined"
    role = standing if standing in ROLES else "member"
    return person, room, Membership(room=room, person=person, role=role, state=state) if inside else None, other


def outcome(row: Row, standing: str, kind: str) -> str:
    """`yes`, or the code of the refusal."""
    from groupchat.permissions import rules

    refusal = row.asks(rules(), *world(standing, kind))
    return "yes" if refusal is None else str(refusal.code)


def standings_in(kind: str) -> list[str]:
    """Those that there can be: in a conversation all are the same, and nobody is sent out."""
    if kind in CONVERSATIONS:
        return ["member", "outsider", "guest", "site admin", "site owner"]
    return list(STANDINGS)


_CELLS = {"yes": "yes", "forbidden": "no", "not_found": "–"}


def _table(kind: str) -> Iterable[str]:
    columns = standings_in(kind)
    yield f"## {KINDS[kind]}"
    yield ""
    yield "| | " + " | ".join(STANDINGS[one] for one in columns) + " |"
    yield "|---|" + "---|" * len(columns)
    for row in rows():
        cells = " | ".join(_CELLS[outcome(row, standing, kind)] for standing in columns)
        yield f"| {row.words} ({', '.join(f'`{one}`' for one in row.commands)}) | {cells} |"
    yield ""


def written(text: str) -> str:
    """The document with the tables as they have to be."""
    before, rest = text.split(BEGIN)
    return before + BEGIN + "\n".join(line for kind in KINDS for line in _table(kind)) + END + rest.split(END)[1]


if __name__ == "__main__":
    settings.configure(INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "groupchat"])
    django.setup()
    DOCUMENT.write_text(written(DOCUMENT.read_text()))
