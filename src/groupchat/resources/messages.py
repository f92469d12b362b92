"""Messages and notices on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from groupchat.characters import shown
from groupchat.markup import render, stamp
from groupchat.models import Message, Notice
from groupchat.protocol import MessageResource, NoticeResource
from groupchat.resources.times import moment


def new_message(
    *, number: int, seq: int, author: int, body: str, at: str, client_message_id: str, html: str | None
) -> MessageResource:
    """A message that was just written; `at` is what `moment` makes of the time."""
    resource: MessageResource = {
        "number": number,
        "seq": seq,
        "author": author,
        "body": body,
        "at": at,
        "client_message_id": client_message_id,
    }
    if html is not None:
        resource["html"] = html
    return resource


def html_of(message: Message) -> str | None:
    """Its body formatted, as the present renderer does it; None where that shows what the body shows."""
    if message.deleted_at is not None:
        return None  # also where a version that knows no HTML deleted it
    return message.html if message.rendered == stamp(message.body) else render(message.body)


def message_resource(message: Message, parts: Mapping[str, Any] | None = None) -> MessageResource:
    """`parts` is what hangs on it, by key; `groupchat.parts` reads that."""
    resource = new_message(
        number=message.number,
        seq=message.seq,
        author=message.author_id,
        body=message.body,
        at=moment(message.at),
        client_message_id=message.client_message_id,
        html=html_of(message),
    )
    if message.edited_at is not None:
        resource["edited_at"] = moment(message.edited_at)
    if message.deleted_at is not None:
        resource["deleted_at"] = moment(message.deleted_at)
    return with_parts(resource, parts) if parts else resource


def with_parts(resource: MessageResource, parts: Mapping[str, Any]) -> MessageResource:
    """The same with these parts, by key."""
    return cast(MessageResource, {**resource, **parts})


def notice_resource(notice: Notice) -> NoticeResource:
    return cast(
        NoticeResource,
        {
            "after": notice.after,
            "kind": str(notice.kind),
            "seq": notice.seq,
            "actor": notice.actor_id,
            "text": shown(notice.text),
            "at": moment(notice.at),
        },
    )
