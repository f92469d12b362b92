"""The API over HTTP is what docs/protocol.md shows: its addresses, and each request with its answer."""

from __future__ import annotations

import http.client
import json
import re

import pytest
from tests.accounts import new_person
from tests.contract.examples import TEXT, paths, rows
from tests.domain.says import say
from tests.serving import DEADLINE_SECONDS, ThreadServer

from groupchat.actions import rooms, tokens
from groupchat.api.routes import ROUTES
from groupchat.conf import conf

BLOCKS = re.findall(r"```http\n(.*?)```", TEXT, re.DOTALL)
PAIRS = list(zip(BLOCKS[::2], BLOCKS[1::2], strict=True))


def parts(block: str) -> tuple[list[str], dict[str, str], str]:
    """The first line's words, the headers by name in lower case, and the content."""
    head, _, content = block.partition("\n\n")
    first, *lines = head.splitlines()
    headers = dict(line.split(": ", 1) for line in lines)
    return first.split(" ", 2), {name.lower(): value for name, value in headers.items()}, content


@pytest.mark.parametrize(("request_", "answer"), PAIRS, ids=[block.splitlines()[0] for block, _ in PAIRS])
def test_an_example_is_answered_as_shown(request_: str, answer: str, server: ThreadServer) -> None:
    ada = new_person("ada")
    room = rooms.create(person=ada, name="General")
    rooms.create(person=ada, name="Another")
    say(ada, room)
    (method, path, _), headers, content = parts(request_)
    headers["authorization"] = f"Bearer {tokens.issue(person=ada, name='test')}"
    path = path.replace("/rooms/4", f"/rooms/{room.pk}").replace("after=3", f"after={room.pk - 1}")
    connection = http.client.HTTPConnection(server.address, timeout=DEADLINE_SECONDS)
    connection.request(method, path, content or None, headers)
    response = connection.getresponse()
    told = json.loads(response.read())
    connection.close()
    (_, status, reason), shown, body = parts(answer)
    assert (response.status, response.reason) == (int(status), reason)
    assert {name: response.headers[name] for name in shown} == shown
    assert paths(told) == paths(json.loads(body))
    if "error" in told:
        assert told == json.loads(body)


def test_the_table_of_addresses() -> None:
    section = TEXT.split("\n## Over HTTP\n")[1]
    told = re.findall(r"^\| `(\w+) /api/v1/([^`]+)` \|", section, re.MULTILINE)
    for pattern, handlers in ROUTES:
        for method in handlers:
            assert any(
                method == one and re.fullmatch(pattern, path.replace("<id>", "4").replace("<name>", "general"))
                for one, path in told
            ), (method, pattern)
    for method, path in told:
        shown = path.replace("<id>", "4").replace("<name>", "general")
        assert any(method in handlers and re.fullmatch(pattern, shown) for pattern, handlers in ROUTES), path


def test_the_sizes_of_a_page() -> None:
    default, most = re.findall(r"^(\d+), unless another one is named, and at most (\d+),", TEXT, re.MULTILINE)[0]
    assert (int(default), int(most)) == (50, conf().max_page_rooms)


def test_the_codes_of_http_are_in_the_table() -> None:
    assert {"bad_request", "method_not_allowed", "idempotency_conflict"} <= {row[0] for row in rows("Errors")}
