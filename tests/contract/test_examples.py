"""docs/protocol.md and the program say the same: every example is taken, or is what is sent; every table is ours."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from tests.client import ClientState
from tests.contract.examples import EXAMPLES, TEXT, differences, rows

from groupchat.errors import CLOSE_RULES, ERRORS, Close
from groupchat.parts import MESSAGE_PARTS
from groupchat.protocol import (
    PROTOCOL,
    AnyCommand,
    ChangesFrame,
    ClassicFrame,
    MemberResource,
    MessageResource,
    MyChangesFrame,
    PeopleFrame,
    PersonResource,
    RoomState,
    TypingFrame,
    decode,
    decode_classic,
)

COMMANDS: dict[str, Any] = {get_args(one.model_fields["type"].annotation)[0]: one for one in get_args(AnyCommand)}
PUSHES = {"changes", "people", "me", "reset", "typing", "drain", "caught_up"}


def is_command(example: dict[str, Any]) -> bool:
    kind = example.get("type")
    if kind == "changes":
        return "to" not in example
    if kind == "typing":
        return "person" not in example
    return kind in COMMANDS and not (kind == "hello" and "server" in example)


def names(example: dict[str, Any]) -> str:
    return f"{example.get('type', 'classic')} {example.get('ref', '')}"


@pytest.mark.parametrize("example", [one for one in EXAMPLES if is_command(one)], ids=names)
def test_every_command_is_taken(example: dict[str, Any]) -> None:
    command = decode(json.dumps(example))
    told = command.model_dump(exclude_unset=True)
    assert told == example, "each member of the example is one that we read"


def test_every_command_has_an_example_and_every_member_too() -> None:
    shown: dict[str, set[str]] = {}
    for example in EXAMPLES:
        if is_command(example):
            shown.setdefault(example["type"], set()).update(example)
    assert set(shown) == set(COMMANDS)
    for kind, model in COMMANDS.items():
        for member in set(model.model_fields) - shown[kind]:
            assert f"`{member}`" in TEXT, f"{kind}.{member} stands nowhere"


def test_pushes_are_of_the_types() -> None:
    checked = set()
    for example in EXAMPLES:
        if is_command(example):
            continue
        types: list[tuple[Any, Any]] = []
        match example.get("type"):
            case "changes":
                types = [(example, MyChangesFrame if "me" in example else ChangesFrame)]
            case "people":
                types = [(example, PeopleFrame)]
            case "me":
                types = [(example["me"], PersonResource)]
            case "typing":
                types = [(example, TypingFrame)]
            case "hello":
                types = [(example["me"], PersonResource), *((state, RoomState) for state in example["rooms"])]
            case "reply" if "me" in example["result"]:
                types = [({name: one for name, one in example["result"].items() if name != "created"}, RoomState)]
            case "reply" if "person" in example["result"]:
                types = [(example["result"]["person"], PersonResource)]
            case "reply" if "messages" in example["result"]:
                types = [(one, MessageResource) for one in example["result"]["messages"]]
            case "reply" if "members" in example["result"]:
                types = [(one, MemberResource) for one in example["result"]["members"]]
            case None if "username" in example:
                types = [(example, ClassicFrame)]
            case None if "message" in example:
                assert decode_classic(json.dumps(example)).message == example["message"]
        for value, type_ in types:
            assert differences(value, type_) == []
            checked.add(type_)
    assert len(checked) == 9


def test_the_reference_client_knows_every_push() -> None:
    state = ClientState(strict=False)
    for example in EXAMPLES:
        if not is_command(example) and example.get("type") in PUSHES | {"hello"}:
            state.feed(example)
    assert state.me is not None
    assert state.people[9]["name"] == "Grace"
    assert state.drains == 1
    assert {example["type"] for example in EXAMPLES if "type" in example} >= PUSHES


def test_the_version() -> None:
    versions = {example["protocol"] for example in EXAMPLES if "protocol" in example}
    assert versions == {PROTOCOL}


def test_the_table_of_errors() -> None:
    told = {(code, int(status)) for code, status, _, _ in rows("Errors")}
    assert told == {(error.code, error.status) for error in ERRORS}
    shown = {example["error"]["code"] for example in EXAMPLES if "error" in example}
    assert shown <= {error.code for error in ERRORS}


def test_the_table_of_close_codes() -> None:
    told = {int(code): back for code, _, back in rows("Close codes")}
    assert told == {int(code): CLOSE_RULES[code].reconnect for code in Close}


PARTS = [part.key for part in MESSAGE_PARTS]


def test_an_entity_looks_the_same_wherever_it_stands() -> None:
    """A room, a member, a message has the same members in a push, in a page and in a reply."""
    found: dict[str, set[frozenset[str]]] = {}

    def look(value: Any, name: str) -> None:
        if isinstance(value, dict):
            if name in ("room", "info"):
                found.setdefault("room", set()).add(frozenset(value) - {"people", "archived", "pins"})
            elif name in ("members", "notices"):
                found.setdefault(name, set()).add(frozenset(value))
            elif name == "messages":
                always = frozenset(value) - {"html", "edited_at", "deleted_at", *PARTS}
                found.setdefault(name, set()).add(always)
            for inner, one in value.items():
                look(one, inner)
        elif isinstance(value, list):
            for one in value:
                look(one, name)

    for example in EXAMPLES:
        look(example, "")
    assert set(found) == {"room", "members", "notices", "messages"}
    assert all(len(shapes) == 1 for shapes in found.values()), found
