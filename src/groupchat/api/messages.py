"""Messages over HTTP."""

from __future__ import annotations

import secrets
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from pydantic import BaseModel, ConfigDict, ValidationError

from groupchat import submission
from groupchat.actions.messages import Post
from groupchat.actions.tokens import people_of
from groupchat.conf import conf
from groupchat.errors import BadFrame, ChatError, Invalid, TooLong, Unauthenticated
from groupchat.models import Person
from groupchat.resources import moment


class NewMessage(BaseModel):
    """The body of a request; unknown members are ignored."""

    model_config = ConfigDict(extra="ignore", strict=True)
    body: str
    client_message_id: str | None = None


@csrf_exempt  # a token in a header is no cookie: no other site can make a browser send it
@require_POST
async def post_message(request: HttpRequest, room_id: int) -> JsonResponse:
    """`POST …/rooms/<id>/messages` with a bearer token: 201 after the commit, or 200 where it was there already."""
    try:
        person = await _person(request)
        new = _read(request)
        posted = await submission.post(
            f"person:{person.pk}", Post(room_id, person, new.body, _client_message_id(request, new))
        )
    except ChatError as error:
        return _refused(error)
    answer = {
        "room": posted.room_id,
        "number": posted.number,
        "seq": posted.seq,
        "at": moment(posted.at),
        "duplicate": posted.duplicate,
    }
    return JsonResponse(answer, status=200 if posted.duplicate else 201)


async def _person(request: HttpRequest) -> Person:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Unauthenticated("Send your token in a header: Authorization: Bearer …")
    found = await sync_to_async(people_of)(secrets=[secret.strip()])
    person = found.get(secret.strip())
    if person is None or not person.is_active:
        raise Unauthenticated("This token is not in force.")
    return person


def _read(request: HttpRequest) -> NewMessage:
    limit = conf().max_frame_bytes
    length = request.headers.get("Content-Length", "0")
    if limit and (not length.isdecimal() or int(length) > limit):
        raise TooLong(f"A request holds at most {limit:,} bytes.")
    try:
        return NewMessage.model_validate_json(request.body)
    except ValidationError as error:
        first: Any = error.errors(include_url=False, include_context=False, include_input=False)[0]
        if first["type"] in ("json_invalid", "model_type"):
            raise BadFrame("Send one JSON object.") from None
        field = str(first["loc"][0])
        raise Invalid(f"{field}: {first['msg']}.", field=field) from None


def _client_message_id(request: HttpRequest, new: NewMessage) -> str:
    """The retry's name: in the body, or as the header that HTTP has for it."""
    return new.client_message_id or request.headers.get("Idempotency-Key") or secrets.token_hex(16)


def _refused(error: ChatError) -> JsonResponse:
    response = JsonResponse({"error": error.as_json()}, status=error.status)
    if error.retry_after is not None:
        response["Retry-After"] = str(max(1, round(error.retry_after)))
    if isinstance(error, Unauthenticated):
        response["WWW-Authenticate"] = "Bearer"
    return response
