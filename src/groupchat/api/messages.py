"""Messages over HTTP."""

from __future__ import annotations

import secrets

from groupchat import submission
from groupchat.actions.messages import Post
from groupchat.api.answers import Answer
from groupchat.api.requests import Body, Place, Request
from groupchat.errors import ChatError, Invalid
from groupchat.models import Person
from groupchat.parts import parts_of
from groupchat.protocol import PositiveId
from groupchat.resources import moment
from groupchat.text import clean_client_message_id


class NewMessage(Body):
    """What somebody wants to say."""

    body: str
    client_message_id: str | None = None
    reply_to: PositiveId | None = None


async def post_message(request: Request, person: Person, place: Place) -> Answer:
    """`POST …/rooms/<id>/messages`, or `…/rooms/by-name/<name>/messages`: 201 after the commit, 200 where it was there
    already.
    """
    new = request.body(NewMessage)
    once = _client_message_id(new, request.idempotency_key)
    # Whether one may post there is asked behind the retry, as over a socket; so a name is only looked up here.
    room_id = place.id if place.slug is None else (await submission.read(place.find)).pk
    post = Post(room_id, person, new.body, once, parts=parts_of(new), at_door=True)
    posted = await submission.post(f"person:{person.pk}", post)
    return Answer(
        200 if posted.duplicate else 201,
        {
            "room": posted.room_id,
            "number": posted.number,
            "seq": posted.seq,
            "at": moment(posted.at),
            "duplicate": posted.duplicate,
        },
    )


def _client_message_id(new: NewMessage, header: str | None) -> str:
    """The retry's name: in the body, or as the header that HTTP has for it. Without one, no retry is known."""
    if header is None:
        return secrets.token_hex(16) if new.client_message_id is None else new.client_message_id
    key = header.strip()
    if len(key) > 1 and key[0] == key[-1] == '"':  # as the header's own draft writes it
        key = key[1:-1]
    try:
        clean_client_message_id(key)
    except ChatError:
        raise Invalid(
            "Idempotency-Key must be 1 to 64 letters, digits, hyphens or underscores.", field="Idempotency-Key"
        ) from None
    if new.client_message_id not in (None, key):
        raise Invalid("Send Idempotency-Key or client_message_id, or the same in both.", field="Idempotency-Key")
    return key
