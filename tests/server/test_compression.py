"""Pages and JSON are compressed; not what another site asked for, and not what is small."""

from __future__ import annotations

import gzip

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import Client, RequestFactory

from groupchat.server.compression import SMALLEST_BYTES, Compression

pytestmark = pytest.mark.django_db
GZIP = {"accept-encoding": "gzip, deflate, br"}
LONG = b"word " * SMALLEST_BYTES


def answer(rf: RequestFactory, response: HttpResponse | StreamingHttpResponse, **headers: str) -> HttpResponse:
    return Compression(lambda request: response)(rf.get("/", headers={**GZIP, **headers}))  # type: ignore[return-value]


def test_a_page_is_compressed_for_whoever_can_read_it(client: Client) -> None:
    plain, packed = client.get("/accounts/login/"), client.get("/accounts/login/", headers=GZIP)
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain["Vary"]
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain.content) / 2
    assert gzip.decompress(packed.content).startswith(b"<!doctype html>")


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "application/json"])
def test_its_length_tells_nothing(rf: RequestFactory, kind: str) -> None:
    lengths = {len(answer(rf, HttpResponse(LONG, content_type=kind)).content) for _ in range(40)}
    assert len(lengths) > 5


def test_the_token_of_a_form_is_another_each_time(client: Client) -> None:
    first, second = (client.get("/session.json").json()["csrf"] for _ in range(2))
    assert first != second


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_what_another_site_asked_for_is_left_alone(rf: RequestFactory, site: str) -> None:
    left = answer(rf, HttpResponse(LONG), **{"sec-fetch-site": site})
    assert left.content == LONG
    assert "Content-Encoding" not in left.headers
    for own in ("same-origin", "none"):
        assert answer(rf, HttpResponse(LONG), **{"sec-fetch-site": own})["Content-Encoding"] == "gzip"


def test_what_is_small_or_streamed_or_no_text_is_left_alone(rf: RequestFactory) -> None:
    for response in (
        HttpResponse(LONG[: SMALLEST_BYTES - 1]),
        HttpResponse(LONG, content_type="image/png"),
        StreamingHttpResponse([LONG]),
    ):
        assert "Content-Encoding" not in answer(rf, response).headers
