"""The table of all commands in docs/protocol.md: `python -m tests.contract.command_table` writes it anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import django
from django.conf import settings

PROTOCOL = Path(__file__).parents[2] / "docs" / "protocol.md"
BEGIN, END = "<!-- commands: from the declarations -->\n", "<!-- end of commands -->\n"


def row(command: Any) -> str:
    """One line for a `Declaration`."""
    limits = ", ".join(f"`{name.upper()}`" for name in command.limits)
    http = f" (HTTP: `{command.http}`)" if command.http else ""
    return f"| `{command.type}` | {command.does}{http} | {command.right.who} | {limits} |"


def table() -> str:
    from groupchat.realtime.gateway.commands import COMMANDS, OF_EVERY_COMMAND

    every = ", ".join(f"`{name.upper()}`" for name in OF_EVERY_COMMAND)
    return "\n".join(
        [
            f"Every command is bounded by {every}",
            "([operating.md](operating.md)); what bounds one besides stands in its row. Whatever changes something",
            "takes effect in the order in which the connection sent it, posts like all else.",
            "",
            "| command | does | who may | limits |",
            "|---|---|---|---|",
            *map(row, COMMANDS),
            "",
        ]
    )


def written(text: str) -> str:
    """The document with the table as it has to be."""
    before, rest = text.split(BEGIN)
    return before + BEGIN + table() + END + rest.split(END)[1]


if __name__ == "__main__":
    settings.configure(INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "groupchat"])
    django.setup()
    PROTOCOL.write_text(written(PROTOCOL.read_text()))
