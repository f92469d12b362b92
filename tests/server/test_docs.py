"""docs/operating.md names every variable, with the default that is in force, and no other."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from groupchat.conf import Conf
from groupchat.realtime.admission.refusals import CLOSURES, REFUSALS
from groupchat.server.cli import app
from groupchat.server.environment import VARIABLES, read_environment

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "operating.md").read_text()
ROWS = dict(re.findall(r"^\| `([A-Z_]+)` \| (.+?) \|", TEXT, re.MULTILINE))


def test_the_table_is_complete() -> None:
    options = {f"GROUPCHAT_{field.name.upper()}" for field in fields(Conf)}
    assert set(ROWS) == VARIABLES | options | {"DATABASE_URL", "REDIS_URL"}


def test_the_defaults_are_those_in_force(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ROWS:
        monkeypatch.delenv(name, raising=False)
    found = read_environment()
    told = {name: default.split(";")[0].strip("`") for name, default in ROWS.items()}
    for name, value in found.options.items():
        assert told[f"GROUPCHAT_{name}"] == (str(value).lower() if isinstance(value, bool) else str(value)), name
    for name in ("HOST", "PORT", "WORKERS", "SIGNUP", "HSTS_SECONDS", "SHUTDOWN_SECONDS", "LANGUAGE", "TIME_ZONE"):
        assert told[f"GROUPCHAT_{name}"].lower() == str(getattr(found, name.lower())).lower(), name
    assert told["GROUPCHAT_LOG_LEVEL"] == found.log_level


def test_every_command_is_told() -> None:
    told = set(re.findall(r"^\| `groupchat ([a-z-]+)", TEXT, re.MULTILINE))
    assert {command.name for command in app.registered_commands} <= told


def test_every_line_about_refused_and_closed_sockets_is_told() -> None:
    rows = TEXT.partition("\n## The log\n")[2].partition("\n## ")[0]
    told = {reason for reason, refusal in REFUSALS.items() if refusal.words is not None}
    assert set(re.findall(r"refused \((\w+)\)", rows)) == told
    closed = {(str(int(code)), code.name.lower()) for code in CLOSURES}
    assert set(re.findall(r"closed \((\d+), (\w+)\)", rows)) == closed


def test_every_other_line_of_the_log_is_really_written() -> None:
    rows = TEXT.partition("\n## The log\n")[2].partition("\n## ")[0]
    source = "".join(path.read_text() for path in (ROOT / "src" / "groupchat").rglob("*.py"))
    source = re.sub(r'"\n\s+f?"', "", source)  # one text in several lines
    for line in re.findall(r"`([^`]+)`", "".join(re.findall(r"^\| (.+?) \|", rows, re.MULTILINE))):
        words = [part.strip(" …()") for part in re.split("…|—", line)]
        if "refused" not in line and "closed (" not in line:
            assert all(part in source for part in words if part), line
