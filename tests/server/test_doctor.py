"""`groupchat doctor`: what is well, what to look at, what is wrong, each with settings that are really so."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.chaos.stack import Valkey
from tests.server.conftest import Start
from tests.server.served import run
from tests.servers import Databases
from tests.smtp import mail_server

Findings = dict[str, tuple[str, str]]


@pytest.fixture
def chat(databases: Databases, tmp_path: Path) -> Path:
    """A data folder with all tables made."""
    folder = databases.sqlite_folder(tmp_path / "data")
    folder.chmod(0o700)
    return folder


def doctor(data: Path, **variables: str) -> tuple[int, Findings]:
    """The exit code, and by what it is about, the state and the words; of several, the worst."""
    done = run("doctor", "--json", GROUPCHAT_DATA=str(data), **variables)
    assert done.stderr == ""
    found: Findings = {}
    for one in json.loads(done.stdout):
        if one["about"] not in found or one["state"] == "wrong":
            found[one["about"]] = (one["state"], one["words"])
    return done.returncode, found


def test_a_new_server_on_this_machine(chat: Path) -> None:
    code, found = doctor(chat)
    assert code == 0
    assert {about for about, (state, _) in found.items() if state == "look"} == {"address", "mail", "backup", "owner"}
    assert not [about for about, (state, _) in found.items() if state == "wrong"]


def test_people_read_a_line_for_each(chat: Path) -> None:
    done = run("doctor", "--data", str(chat))
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert len(lines) > 10
    assert all(line.split()[0] in ("ok", "look", "wrong") and line.endswith((".", ")")) for line in lines), lines


def test_before_the_first_start(tmp_path: Path) -> None:
    code, found = doctor(tmp_path / "new")
    assert code == 0
    assert found["database"][0] == "look"
    assert "groupchat migrate" in found["database"][1]


@pytest.mark.parametrize(
    ("variables", "about", "words"),
    [
        ({"GROUPCHAT_PORT": "many"}, "start", "GROUPCHAT_PORT must be a whole number"),
        ({"GROUPCHAT_SECRET_KEY": "short"}, "start", "too weak"),
        ({"GROUPCHAT_URL": "http://chat.example.org"}, "address", "no TLS"),
        ({"GROUPCHAT_HOST": "0.0.0.0"}, "address", "GROUPCHAT_URL must say"),
        ({"GROUPCHAT_URL": "https://chat.example.org", "GROUPCHAT_TRUSTED_PROXIES": "0"}, "proxy", "one address"),
        ({"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}, "database", "not reachable"),
        ({"REDIS_URL": "redis://127.0.0.1:1/0"}, "broker", "not reachable"),
        ({"GROUPCHAT_LIMITS_STORE": "redis://127.0.0.1:1/0"}, "limits", "can't be counted in Redis"),
        ({"GROUPCHAT_EMAIL_URL": "smtp://127.0.0.1:1"}, "mail", "does not take us"),
    ],
)
def test_what_is_wrong_is_told(variables: dict[str, str], about: str, words: str, chat: Path) -> None:
    code, found = doctor(chat, **variables)
    assert code == 1
    assert found[about][0] == "wrong"
    assert words in found[about][1]


def test_a_slip_of_the_pen(chat: Path) -> None:
    code, found = doctor(chat, GROUPCHAT_MAX_BODY="7")
    assert (code, found["settings"][0]) == (0, "look")
    assert "GROUPCHAT_MAX_BODY" in found["settings"][1]


@pytest.mark.parametrize("name", ["", "secret-key", "groupchat.sqlite3"])
def test_what_others_can_read(name: str, chat: Path) -> None:
    if name == "secret-key":
        (chat / name).write_text("x" * 70)
    (chat / name).chmod(0o755)
    code, found = doctor(chat)
    assert code == 1
    assert found["rights"] == ("wrong", f"Others on this machine can read {chat / name}: chmod go= {chat / name}")


def test_behind_a_proxy_with_tls_nothing_is_wrong(chat: Path) -> None:
    code, found = doctor(chat, GROUPCHAT_URL="https://chat.example.org")
    assert code == 0, found
    assert found["address"] == ("ok", "People find it at https://chat.example.org, by TLS.")
    assert found["checks"][0] == "ok", found["checks"]


def test_with_servers_that_answer(databases: Databases, own_valkey: Valkey, tmp_path: Path, chat: Path) -> None:
    with mail_server() as mails:
        variables = {"REDIS_URL": own_valkey.url, "DATABASE_URL": databases.postgres_url()}
        code, found = doctor(chat, GROUPCHAT_EMAIL_URL=f"smtp://127.0.0.1:{mails.server_address[1]}", **variables)
    assert code == 0, found
    assert [found[about][0] for about in ("database", "clock", "broker", "limits", "mail", "backup")] == ["ok"] * 6
    assert "Redis" in found["limits"][1]


def test_a_copy_is_remembered(chat: Path, tmp_path: Path) -> None:
    assert run("backup", str(tmp_path / "copy.sqlite3"), GROUPCHAT_DATA=str(chat)).returncode == 0
    assert doctor(chat)[1]["backup"][0] == "ok"
    week = 8 * 24 * 3600
    mark = chat / "last-backup"
    os.utime(mark, (mark.stat().st_atime - week, mark.stat().st_mtime - week))
    assert doctor(chat)[1]["backup"] == ("look", "The last copy by groupchat backup is 8 days old.")


def test_it_looks_beside_a_server_that_runs(start: Start, data: Path) -> None:
    served = start()
    assert served.port
    code, found = doctor(data)
    assert (code, found["database"][0]) == (0, "ok")
