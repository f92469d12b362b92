"""Messages over HTTP."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from pydantic import BaseModel, ConfigDict, ValidationError

from groupchat import submission
from groupchat.actions.messages import Post
from groupchat.api.answers import Answer, refused
from groupchat.conf import conf
from groupchat.errors import BadFrame, ChatError, Invalid, TooLong, Unauthenticated
from groupchat.models import Person
from groupchat.resources import moment


class NewMessage(BaseModel):
    """The body of a request; unknown members are ignored."""

    model_config = ConfigDict(extra="ignore", strict=True)
    body: str
    client_message_id: str | None = None


async def post_message(*, room_id: int, authorization: str, idempotency_key: str, content: bytes) -> Answer:
    """`POST …/rooms/<id>/messages` with a bearer token: 201 after the commit, or 200 where it was there already."""
    try:
        person = await _person(authorization)
        new = _read(content)
        # The retry's name: in the body, or as the header that HTTP has for it.
        client_message_id = new.client_message_id or idempotency_key or secrets.token_hex(16)
        posted = await submission.post(f"person:{person.pk}", Post(room_id, person, new.body, client_message_id))
    except ChatError as error:
        return refused(error)
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


@csrf_exempt  # a token in a header is no cookie: no other site can make a browser send it
@require_POST
async def post_message_view(request: HttpRequest, room_id: int) -> JsonResponse:
    """The same as a view, for a site whose server does not mount the API beside Django."""
    answer = await post_message(
        room_id=room_id,
        authorization=request.headers.get("Authorization", ""),
        idempotency_key=request.headers.get("Idempotency-Key", ""),
        content=request.body,
    )
    return JsonResponse(answer.content, status=answer.status, headers=answer.headers)


async def _person(authorization: str) -> Person:
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Unauthenticated("Send your token in a header: Authorization: Bearer …")
    person = await submission.person_of(secret.strip())
    if person is None or not person.is_active:
        raise Unauthenticated("This token is not in force.")
    return person


def _read(content: bytes) -> NewMessage:
    limit = conf().max_frame_bytes
    if limit and len(content) > limit:
        raise TooLong(f"A request holds at most {limit:,} bytes.")
    try:
        return NewMessage.model_validate_json(content)
    except ValidationError as error:
        first: Any = error.errors(include_url=False, include_context=False, include_input=False)[0]
        if first["type"] in ("json_invalid", "model_type"):
            raise BadFrame("Send one JSON object.") from None
        field = str(first["loc"][0])
        raise Invalid(f"{field}: {first['msg']}.", field=field) from None
