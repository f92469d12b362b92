"""The web client understands every example of docs/protocol.md, and sends what stands there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

_PROTOCOL = (Path(__file__).parents[2] / "docs/protocol.md").read_text()
_BLOCK = re.compile(r"^```json\n(.*?)^```", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| (.+?) \|$", re.MULTILINE)


def _sections() -> dict[str, str]:
    """The parts of the document by their headings."""
    parts = re.split(r"^## (.+)$", _PROTOCOL, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _examples() -> list[dict[str, Any]]:
    """Every frame in the document but those of the tutorial protocol, in order."""
    return [
        json.loads(block)
        for title, text in _sections().items()
        if title != "The tutorial protocol"
        for block in _BLOCK.findall(text)
    ]


def _table(section: str) -> list[list[str]]:
    rows = [[cell.strip() for cell in row.split("|")] for row in _ROW.findall(_sections()[section])]
    return [row for row in rows if not set(row[0]) <= set("- ")][1:]


def test_every_frame_is_understood(run: Callable[..., Any]) -> None:
    examples = _examples()
    assert len(examples) > 25
    understood = run("golden.js", "understand", examples)
    assert understood == len(examples)


def test_commands_are_sent_as_in_the_examples(run: Callable[..., Any]) -> None:
    """Each command of the document is sent by the store, with the members that stand there and no others."""
    replies = ("reply", "error", "people", "me", "reset", "drain", "caught_up")
    examples = [frame for frame in _examples() if frame["type"] not in replies]
    commands = [frame for frame in examples if "ref" in frame and "server" not in frame and "to" not in frame]
    members: dict[str, set[str]] = {}
    for command in commands:
        members.setdefault(command["type"], set()).update(command)
    sent: dict[str, list[list[str]]] = run("golden.js", "sentByTheStore")
    assert set(sent) == set(members) - {"room.rename", "room.topic"}  # the page changes both at once, by settings
    for kind, variants in sent.items():
        # Where the server takes one of several members, the document shows one of them.
        allowed = members[kind] | {"messages": {"after", "around"}, "subscribe": {"room"}}.get(kind, set())
        for names in variants:
            assert set(names) <= allowed, f"{kind} with {names}"


def test_every_error_has_its_rule(run: Callable[..., Any]) -> None:
    again = {"no": "never", "after signing in": "later", "after a reload": "later", "after `retry_after`": "again"}
    expected = {
        row[0].strip("`"): again.get(row[3], "again" if row[3].startswith("yes") else "?") for row in _table("Errors")
    }
    assert len(expected) > 10
    assert run("golden.js", "errorRules", list(expected)) == expected


def test_every_close_code_has_its_rule(run: Callable[..., Any]) -> None:
    expected = {row[0]: row[2] for row in _table("Close codes")}
    assert len(expected) > 10
    assert run("golden.js", "closeRules") == expected
