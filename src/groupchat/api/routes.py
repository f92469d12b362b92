"""The addresses of the API, and what every request goes through. Whatever happens, the answer is JSON."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Mapping

from django.db import DatabaseError

from groupchat import submission
from groupchat.api import messages, rooms
from groupchat.api.answers import Answer, refused
from groupchat.api.requests import Place, Request
from groupchat.errors import ChatError, MethodNotAllowed, NotFound, Unavailable
from groupchat.models import Person

logger = logging.getLogger("groupchat.api")

Handler = Callable[[Request, Person, Place], Awaitable[Answer]]

# A name may be all digits: so ids and names stand at different places. No name holds a slash.
_ROOM = r"rooms/(?:(?P<room_id>[0-9]+)|by-name/(?P<slug>[^/]+))"

ROUTES: tuple[tuple[str, Mapping[str, Handler]], ...] = (
    (r"rooms", {"GET": rooms.list_rooms}),
    (_ROOM, {"GET": rooms.show_room}),
    (rf"{_ROOM}/messages", {"POST": messages.post_message}),
)
_COMPILED = tuple((re.compile(pattern), handlers) for pattern, handlers in ROUTES)


async def answer(request: Request) -> Answer:
    """Carry out a request; never raises but where the task is cancelled."""
    try:
        handler, place = _find(request)
        person = await request.person()
        submission.require_allowance(f"person:{person.pk}")
        return await handler(request, person, place)
    except ChatError as error:
        return refused(error)
    except DatabaseError:
        logger.warning("The database failed on %s %s.", request.method, request.path, exc_info=True)
        return refused(Unavailable("The database did not answer. Send the same again.", retry_after=1.0))
    except Exception:
        logger.exception("%s %s failed.", request.method, request.path)
        return refused(Unavailable("The server made a mistake.", retry_after=5.0))


def _find(request: Request) -> tuple[Handler, Place]:
    path = request.path.removesuffix("/")
    for pattern, handlers in _COMPILED:
        match = pattern.fullmatch(path)
        if match is None:
            continue
        handler = handlers.get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            raise MethodNotAllowed([*handlers, *(["HEAD"] if "GET" in handlers else [])])
        return handler, Place(**match.groupdict())
    raise NotFound("There is nothing at this address of the API: docs/protocol.md has a list.")
