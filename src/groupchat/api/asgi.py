"""The API beside Django: a request of a program needs no session, no language and no page.

Django runs each of its middlewares for an asynchronous view in a thread of the request's own, which costs many times
what the request does. Mounted in front, a path that is ours is answered here, and any other one is handed on.
"""

from __future__ import annotations

import re
from typing import Any

from groupchat.api.answers import Answer, refused
from groupchat.api.messages import post_message
from groupchat.conf import conf
from groupchat.errors import TooLong
from groupchat.protocol import encode

_POST_MESSAGE = re.compile(r"/api/v1/rooms/(\d{1,18})/messages\Z")


def beside(pages: Any) -> Any:
    """An ASGI app for HTTP that answers for the API, and hands everything else to `pages`."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        found = _POST_MESSAGE.match(scope["path"]) if scope["method"] == "POST" else None
        if found is None:
            await pages(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        content = await _content(receive)
        if content is None:
            await _answer(send, refused(TooLong(f"A request holds at most {conf().max_frame_bytes:,} bytes.")))
            return
        answer = await post_message(
            room_id=int(found[1]),
            authorization=headers.get(b"authorization", ""),
            idempotency_key=headers.get(b"idempotency-key", ""),
            content=content,
        )
        await _answer(send, answer)

    return application


async def _content(receive: Any) -> bytes | None:
    """The body, or None as soon as it is larger than allowed."""
    limit = conf().max_frame_bytes
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if limit and size > limit:
            return None
        if not message.get("more_body", False):
            return b"".join(parts)


async def _answer(send: Any, answer: Answer) -> None:
    content = encode(answer.content)
    headers = {"Content-Type": "application/json", "Content-Length": str(len(content)), **answer.headers}
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": content})
