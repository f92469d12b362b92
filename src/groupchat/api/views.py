"""The API as a view, for a site whose server does not mount it beside Django."""

from __future__ import annotations

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from groupchat.api import routes
from groupchat.api.answers import Answer, refused
from groupchat.api.requests import Request
from groupchat.conf import conf
from groupchat.errors import BadRequest
from groupchat.network import client_address_of_request


@csrf_exempt  # a token in a header is no cookie: no other site can make a browser send it
async def api(request: HttpRequest, path: str = "") -> HttpResponse:
    """Whatever stands below the API's address."""
    answer = await _answer(request, path)
    content, headers = answer.encoded()
    return HttpResponse(content, status=answer.status, headers=headers)


async def _answer(request: HttpRequest, path: str) -> Answer:
    try:
        request.get_host()
    except DisallowedHost:
        return refused(BadRequest("The server does not answer for this Host."))
    limit = conf().max_frame_bytes
    content = request.read(limit + 1) if limit else request.read()
    return await routes.answer(
        Request(
            method=request.method or "",
            path=path,
            query=request.META.get("QUERY_STRING", "").encode("utf-8", "surrogateescape"),
            authorization=request.headers.get("Authorization", ""),
            idempotency_key=request.headers.get("Idempotency-Key"),
            content=None if limit and len(content) > limit else content,
            address=client_address_of_request(request.META),
        )
    )
