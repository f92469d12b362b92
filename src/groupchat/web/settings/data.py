"""All of one's own, to take along."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

from groupchat.actions import limits
from groupchat.models import Person
from groupchat.own_data import as_json

PIECE_CHARACTERS = 64 * 1024  # that are sent at once, at least: to hand over each line would cost more than to read it


def take_along(request: HttpRequest, person: Person) -> StreamingHttpResponse:
    """A file of JSON, sent as it is read."""
    limits.require(limits.Asked("export", person.pk), message="You took your data along just now. Wait a while.")
    pieces = _larger(as_json(person))
    # Django collects what a plain iterator gives before an ASGI server sends any of it.
    streamed = _in_turn(pieces) if isinstance(request, ASGIRequest) else pieces
    response = StreamingHttpResponse(streamed, content_type="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="group-chat.json"'
    return response


async def _in_turn(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    following = sync_to_async(lambda: next(pieces, None))
    while (piece := await following()) is not None:
        yield piece


def _larger(texts: Iterator[str]) -> Iterator[bytes]:
    waiting: list[str] = []
    size = 0
    for text in texts:
        waiting.append(text)
        size += len(text)
        if size >= PIECE_CHARACTERS:
            yield "".join(waiting).encode()
            waiting, size = [], 0
    yield "".join(waiting).encode()
