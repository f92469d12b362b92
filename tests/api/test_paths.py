"""Where the API is: beside the pages, wherever a site has them."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.conftest import Call, over_a_server
from tests.serving import ThreadServer

from groupchat.api.asgi import beside
from groupchat.models import Room

OF_DJANGO = "referrer-policy"  # a header that its middleware sets


def test_below_the_path_of_the_pages(call: Call, lobby: Room, bearer: dict[str, str], settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.api.under_a_path"
    assert call("GET", "/talk/api/v1/rooms/by-name/lobby", **bearer).json["room"]["id"] == lobby.pk
    assert call("GET", "/talk/api/v1/nothing", **bearer).code == "not_found"
    assert "json" not in call("GET", "/api/v1/rooms", **bearer).headers["content-type"]


@pytest.mark.parametrize("path", ["/site/talk/api/v1/rooms", "/talk/api/v1/rooms"], ids=["kept", "taken off"])
def test_behind_force_script_name(
    path: str, server: ThreadServer, lobby: Room, bearer: dict[str, str], settings: Any
) -> None:
    """Whether the proxy keeps the path or takes it off."""
    settings.ROOT_URLCONF, settings.FORCE_SCRIPT_NAME = "tests.api.under_a_path", "/site"
    told = over_a_server(server.address)("GET", path, **bearer)
    assert [state["room"]["id"] for state in told.json["rooms"]] == [lobby.pk]
    assert OF_DJANGO not in told.headers


async def handed_on(path: str, **of_scope: Any) -> bool:
    """Whether a request for this path is left to Django."""
    called = []

    async def pages(scope: Any, receive: Any, send: Any) -> None:
        called.append(scope["path"])

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        assert message.get("status") in (None, 401, 404)

    headers = [(b"host", b"localhost")]
    scope = {"type": "http", "method": "GET", "path": path, "headers": headers, **of_scope}
    await beside(pages)(scope, receive, send)
    return bool(called)


@pytest.mark.parametrize(
    ("path", "root_path", "ours"),
    [
        ("/api/v1/rooms", "", True),
        ("/api/v1/", "", True),
        ("/api/v1", "", True),
        ("/api/v1/rooms", "/site", True),
        ("/site/api/v1/rooms", "/site", True),
        ("/site/api/v1/rooms", "/site/", True),
        ("/site/api/v1/rooms", "", False),
        ("/api/v10/rooms", "", False),
        ("/api/", "", False),
        ("/", "", False),
        ("/rooms/api/v1/", "", False),
    ],
)
async def test_what_is_answered_beside_django(path: str, root_path: str, ours: bool) -> None:
    assert await handed_on(path, root_path=root_path) is not ours


async def test_a_site_without_the_pages_has_no_api_either(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.api.nowhere"
    assert await handed_on("/api/v1/rooms")


async def test_a_request_that_breaks_off_is_not_carried_out() -> None:
    """What had come of it may look whole."""
    came = iter(
        [
            {"type": "http.request", "body": b'{"body": "hi"}', "more_body": True},
            {"type": "http.disconnect"},
        ]
    )

    async def receive() -> Any:
        return next(came)

    async def send(message: Any) -> None:
        raise AssertionError(message)

    scope = {"type": "http", "method": "POST", "path": "/api/v1/rooms/1/messages", "headers": [(b"host", b"localhost")]}
    await beside(None)(scope, receive, send)
