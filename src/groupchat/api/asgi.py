"""The API beside Django: a request of a program needs no session, no language and no page.

Django runs each of its middlewares for an asynchronous view in a thread of the request's own, which costs many times
what the request does. Mounted in front, a path that is ours is answered here, and any other one is handed on.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, URLResolver, get_resolver, get_script_prefix, reverse

from groupchat import hosts
from groupchat.api import routes
from groupchat.api.answers import Answer, refused
from groupchat.api.requests import Request
from groupchat.conf import conf
from groupchat.errors import BadRequest
from groupchat.network import client_address


def beside(pages: Any) -> Any:
    """An ASGI app for HTTP that answers for the API, and hands everything else to `pages`."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        path = _below(scope)
        if path is None:
            await pages(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        if not hosts.is_allowed(hosts.named_by(headers)):
            await _answer(scope, send, refused(BadRequest("The server does not answer for this Host.")))
            return
        try:
            content = await _content(receive)
        except ConnectionError:
            return
        request = Request(
            method=scope["method"].upper(),
            path=path,
            query=scope.get("query_string", b""),
            authorization=headers.get(b"authorization", ""),
            idempotency_key=headers.get(b"idempotency-key"),
            content=content,
            address=client_address(scope),
        )
        await _answer(scope, send, await routes.answer(request))

    return application


def _below(scope: Any) -> str | None:
    """The part of the path that stands below the API's address; None where it stands elsewhere."""
    whole: str = scope["path"]
    script: str = settings.FORCE_SCRIPT_NAME or scope.get("root_path", "")  # in the order in which Django asks
    path = "/" + whole.removeprefix(script).lstrip("/") if script else whole
    root = _root(get_resolver())
    if root is None or not path.startswith(root):
        return "" if path + "/" == root else None
    return path[len(root) :]


@cache
def _root(site: URLResolver) -> str | None:
    """Where the site's addresses have the API, as `/api/v1/`; None where they have none.

    `site` is whose addresses they are: under it the answer is kept.
    """
    try:
        address = reverse("groupchat:groupchat_api:root")
    except NoReverseMatch:
        return None
    return "/" + address.removeprefix(get_script_prefix()).lstrip("/")


async def _content(receive: Any) -> bytes | None:
    """The body, or None as soon as it is larger than allowed; raises ConnectionError where it does not come to its
    end.
    """
    limit = conf().max_frame_bytes
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if limit and size > limit:
            return None
        if not message.get("more_body", False):
            return b"".join(parts)


async def _answer(scope: Any, send: Any, answer: Answer) -> None:
    body, headers = answer.encoded()
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
        }
    )
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})
