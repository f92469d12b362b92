"""Tokens from the command line: for bots, for people who are here, and for those who never were."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.server.served import Served, run
from tests.servers import Databases

TOKEN = r"gct_[\w-]{43}\n"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Any:
    folder = tmp_path_factory.mktemp("tokens")
    served = Served(databases.sqlite_folder(folder / "data"), log=folder / "output")
    assert served.port
    yield served
    served.stop()


def test_a_bot_finds_a_room_and_posts(served: Served) -> None:
    """On a server where nobody ever was."""
    made = run("bot", "Deploy bot", "--handle", "@deploy", GROUPCHAT_DATA=str(served.data))
    assert re.fullmatch(TOKEN, made.stdout), made
    assert made.stderr == "The token of Deploy bot (@deploy):\n"
    another = run("token", "@deploy", GROUPCHAT_DATA=str(served.data)).stdout
    assert re.fullmatch(TOKEN, another)
    for token in (made.stdout, another):
        status, headers, content = served.get("/api/v1/rooms", Authorization=f"Bearer {token.strip()}")
        assert (status, headers["content-type"]) == (200, "application/json")
        assert json.loads(content) == {"rooms": [], "next": None}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("bot", "Other", "--handle", "taken"), r"Somebody here has the handle @taken\. .* groupchat token HANDLE\."),
        (("bot", "!!"), r"No handle can be made of this name\..*"),
        (("bot", "x" * 51), r"A name holds at most 50 characters\."),
        (("token", "nobody"), r"Nobody here has the handle @nobody, .*groupchat bot NAME\."),
        (("token", "--user", "taken"), r"There is no account of the name taken\."),
        (("token", "taken", "--revoke", "999"), r"@taken has no token 999: --list prints those there are\."),
        (("token", "taken", "--revoke", "1", "--list"), r"Choose one of --list and --revoke\."),
    ],
)
def test_what_can_not_be_is_said_in_one_line(served: Served, arguments: tuple[str, ...], words: str) -> None:
    run("bot", "Taken", GROUPCHAT_DATA=str(served.data))
    ended = run(*arguments, GROUPCHAT_DATA=str(served.data))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert re.fullmatch(rf"groupchat: {words}\n", ended.stderr), ended.stderr


def test_an_account_whose_owner_was_never_here(served: Served) -> None:
    made = run(
        *("manage", "createsuperuser", "--noinput", "--username=robin", "--email=robin@example.org"),
        GROUPCHAT_DATA=str(served.data),
        DJANGO_SUPERUSER_PASSWORD="not a secret here",
    )
    assert made.returncode == 0, made.stderr
    for arguments in (("token", "robin"), ("token", "robin"), ("token", "--user", "robin")):
        ended = run(*arguments, GROUPCHAT_DATA=str(served.data))
        assert re.fullmatch(TOKEN, ended.stdout), ended
        assert ended.stderr == "The token of robin (@robin):\n"


def test_a_handle_comes_before_a_user_name(served: Served, tmp_path: Path) -> None:
    """Somebody else may have the handle that an account is named; `--user` says which of the two."""
    data = {"GROUPCHAT_DATA": str(served.data)}
    assert run("bot", "Sam", **data).returncode == 0
    made = run(
        *("manage", "createsuperuser", "--noinput", "--username=sam", "--email="),
        DJANGO_SUPERUSER_PASSWORD="not a secret here",
        **data,
    )
    assert made.returncode == 0, made.stderr
    assert run("token", "sam", **data).stderr == "The token of Sam (@sam):\n"
    assert run("token", "--user", "sam", **data).stderr == "The token of sam (@sam2):\n"


def test_tokens_are_listed_and_revoked(served: Served) -> None:
    data = {"GROUPCHAT_DATA": str(served.data)}
    secret = run("bot", "Lister", **data).stdout.strip()
    served.get("/api/v1/rooms", Authorization=f"Bearer {secret}")
    unused = run("token", "@Lister", "--name", "the terminal", **data).stdout.strip()
    said = run("token", "lister", "--list", **data).stdout
    assert secret not in said
    assert unused not in said
    head, used, never = said.splitlines()
    assert head.split("  ")[0] == "ID"
    assert re.search(r"  20\d\d-\d\d-\d\d  20\d\d-\d\d-\d\d$", used)
    assert re.search(r"  the terminal  20\d\d-\d\d-\d\d  never$", never)
    number = used.split()[0]
    assert run("token", "lister", "--revoke", number, **data).stdout == f"Token {number} is revoked.\n"
    assert served.get("/api/v1/rooms", Authorization=f"Bearer {secret}")[0] == 401
    assert run("token", "lister", "--revoke", number, **data).stdout == f"Token {number} was revoked before.\n"
    assert "  revoked 20" in run("token", "lister", "--list", **data).stdout
