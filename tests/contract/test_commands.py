"""Each command is declared once and whole, and what is derived from the declarations is what the documents say."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, get_args

import pytest
from tests.contract.command_table import PROTOCOL as DOCUMENT
from tests.contract.command_table import written
from tests.contract.examples import EXAMPLES, TEXT

from groupchat.api.routes import ROUTES
from groupchat.conf import Conf
from groupchat.protocol import AnyCommand
from groupchat.realtime.gateway.commands import COMMANDS, DECLARED, OF_EVERY_COMMAND, Declaration

OPTIONS = {field.name for field in fields(Conf)}
SENT = {
    one["ref"]: one["type"] for one in EXAMPLES if "ref" in one and not {"result", "error", "to", "server"} & set(one)
}
REPLIES = {one["ref"]: one["result"] for one in EXAMPLES if one.get("type") == "reply"}
REPLIED = [one for one in COMMANDS if isinstance(one.reply, tuple)]
MAY_BE_LEFT_OUT = {"uncounted"}
ANSWERED_AS_ANOTHER = {  # the document says as which
    *("room.join", "room.rename", "message.edit"),
    *("room.archive", "room.remove", "room.restore"),
    *("room.ban", "room.unban"),
}


def of_type(command: Declaration[Any]) -> str:
    return command.type


def test_each_command_that_is_decoded_is_declared_once() -> None:
    assert sorted(one.schema.__name__ for one in COMMANDS) == sorted(one.__name__ for one in get_args(AnyCommand))
    assert len(DECLARED) == len(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS, ids=of_type)
def test_a_declaration_is_whole(command: Declaration[Any]) -> None:
    assert command.does.endswith("."), "the docstring of its schema says what it does"
    assert command.right.who, "somebody may"
    assert command.type in SENT.values(), "docs/protocol.md has an example"
    assert set(command.limits) <= OPTIONS - set(OF_EVERY_COMMAND), "its limits are options, and not those of all"


def test_what_bounds_every_command_are_options() -> None:
    assert set(OF_EVERY_COMMAND) <= OPTIONS


@pytest.mark.parametrize("command", [one for one in REPLIED if one.type not in ANSWERED_AS_ANOTHER], ids=of_type)
def test_the_reply_is_as_declared(command: Declaration[Any]) -> None:
    shown = [REPLIES[ref] for ref, kind in SENT.items() if kind == command.type and ref in REPLIES]
    assert shown, "docs/protocol.md shows the reply"
    for result in shown:
        assert set(result) - MAY_BE_LEFT_OUT == set(command.reply)


def test_what_an_action_does_over_http_is_a_declared_address() -> None:
    declared = [one.http for one in COMMANDS if one.http]
    changing = [(pattern, method) for pattern, handlers in ROUTES for method in handlers if method != "GET"]
    assert len(declared) == len(changing)
    for address in declared:
        assert f"| `{address}` |" in TEXT


def test_the_table_of_commands_is_the_declared_one() -> None:
    text = DOCUMENT.read_text()
    assert written(text) == text, "python -m tests.contract.command_table writes it"
