"""What the system checks tell an embedding site about its database settings."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.projects.club import manage, run

CHECK = """
import contextlib, io
import bookclub.settings as site
database = site.DATABASES["default"]
exec(sys.argv[1])
import django
from django.core.management import call_command
django.setup()
told = io.StringIO()
with contextlib.redirect_stderr(told):
    call_command("check", databases=sys.argv[2:] or None)
print(told.getvalue())
"""
POSTGRES = "database.clear(); database.update(ENGINE='django.db.backends.postgresql', NAME='club', OPTIONS={})\n"


def test_the_example_is_as_it_should_be(tmp_path: Path) -> None:
    manage(tmp_path, "migrate", "--verbosity=0")
    assert "no issues" in manage(tmp_path, "check", "--database=default", "--fail-level=WARNING")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("database['ATOMIC_REQUESTS'] = True", "groupchat.W001"),
        ("del database['OPTIONS']['transaction_mode']", "groupchat.W002"),
        (POSTGRES + "database['OPTIONS']['isolation_level'] = 3", "groupchat.W005"),
        (
            POSTGRES + "database['OPTIONS']['options'] = '-c default_transaction_isolation=serializable'",
            "groupchat.W005",
        ),
    ],
)
def test_a_warning_by_the_settings_alone(tmp_path: Path, change: str, expected: str) -> None:
    told = run(tmp_path, CHECK, change)
    assert expected in told
    assert told.count("groupchat.W") == 1, told


def test_read_committed_is_fine(tmp_path: Path) -> None:
    assert "groupchat.W" not in run(tmp_path, CHECK, POSTGRES)


@pytest.mark.parametrize(
    ("pragmas", "expected"),
    [
        ("PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL", "groupchat.W003"),
        ("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL", "groupchat.W004"),
    ],
)
def test_a_warning_that_only_the_database_knows(tmp_path: Path, pragmas: str, expected: str) -> None:
    told = run(tmp_path, CHECK, f"database['OPTIONS']['init_command'] = {pragmas!r}", "default")
    assert expected in told
    assert told.count("groupchat.W") == 1, told
