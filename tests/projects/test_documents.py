"""The documents say what is there: links lead somewhere, names exist, code runs."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import fields
from pathlib import Path
from urllib.parse import unquote

import pytest
from tests.projects.club import ROOT

from groupchat import checks, site_checks
from groupchat.conf import Conf
from groupchat.server.cli import app
from groupchat.server.environment import VARIABLES

NOT_OURS = {"vendor", "node_modules", "data", "build", "dist", "screenshots"}
DOCUMENTS = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not NOT_OURS & set(path.relative_to(ROOT).parts)
    and not any(part.startswith(".") or part.endswith(".egg-info") for part in path.relative_to(ROOT).parts)
)
EMBEDDING = (ROOT / "docs" / "embedding.md").read_text()
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text()

each_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


def without_code(text: str) -> str:
    return re.sub(r"`[^`\n]*`", "", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def blocks(text: str, language: str) -> list[str]:
    """The code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def anchors(text: str) -> set[str]:
    """What links may name behind `#`, as GitHub makes it of headings."""
    headings = re.findall(r"^#+ +(.+)$", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    made = set()
    for heading in headings:
        words = "".join(
            character
            for character in heading.strip().lower().replace("`", "")
            if character in " -_" or unicodedata.category(character)[0] in "LN"
        )
        made.add(words.replace(" ", "-"))
    return made


def test_all_documents_are_looked_at() -> None:
    names = {str(path.relative_to(ROOT)) for path in DOCUMENTS}
    assert {"README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "docs/protocol.md"} <= names


@each_document
def test_links_lead_somewhere(path: Path) -> None:
    text = without_code(path.read_text())
    targets = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|srcset|href)="([^"]+)"', text)
    broken = []
    for target in targets:
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = unquote(target).partition("#")
        found = path.parent / file if file else path
        if not found.exists() or (anchor and anchor not in anchors(found.read_text())):
            broken.append(target)
    assert broken == []


@each_document
def test_variables_exist(path: Path) -> None:
    known = VARIABLES | {f"GROUPCHAT_{field.name.upper()}" for field in fields(Conf)}
    assert set(re.findall(r"\bGROUPCHAT_[A-Z_]+[A-Z]\b", path.read_text())) - known == set()


def test_every_variable_is_in_some_document() -> None:
    told = set(re.findall(r"\bGROUPCHAT_[A-Z_]+[A-Z]\b", "".join(path.read_text() for path in DOCUMENTS)))
    assert VARIABLES | {f"GROUPCHAT_{field.name.upper()}" for field in fields(Conf)} <= told


def test_the_options_of_an_embedding_site_are_all_told_with_their_defaults() -> None:
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| `([^`]+)` \|", EMBEDDING, re.MULTILINE))
    assert rows == {field.name.upper(): str(field.default) for field in fields(Conf)}


def test_the_system_checks_are_all_told() -> None:
    source = "".join(Path(str(module.__file__)).read_text() for module in (checks, site_checks))
    assert set(re.findall(r"`(groupchat\.[EW]\d+)`", EMBEDDING)) == set(re.findall(r'"(groupchat\.[EW]\d+)"', source))


def test_what_the_readme_says_of_measurements_was_measured() -> None:
    (said,) = re.findall(r"more\s+than (\d+)\s+times", (ROOT / "README.md").read_text())
    figures = json.loads((ROOT / "docs" / "benchmarks.json").read_text())["figures"]
    cost = {
        figure["contender"]: figure["value"]
        for figure in figures
        if figure["name"] == "server CPU per delivery" and figure["scenario"].startswith("fan-out, 1,000 sockets, 20 ")
    }
    (classic,) = (value for contender, value in cost.items() if contender.startswith("classic Channels on Daphne"))
    assert classic / cost["Group Chat"] > int(said)


@each_document
def test_commands_exist(path: Path) -> None:
    text = path.read_text()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    made = set(re.findall(r"`make ([a-z]+)", text))
    for block in blocks(text, "(?:sh)?"):
        made |= set(re.findall(r"^make ([a-z]+)", block, re.MULTILINE))
    assert made - targets == set()
    commands = [*app.registered_commands, *app.registered_groups]
    known = {command.name for command in commands} | {"selftest"}
    if path.name == "CHANGELOG.md":
        return  # it also tells of what is gone
    assert set(re.findall(r"`groupchat ([a-z][a-z-]*)", text)) - known == set()


def test_the_files_of_the_architecture_are_there() -> None:
    named = set(re.findall(r"`([\w./-]+/[\w.-]*|[\w-]+\.(?:py|js|md|toml))`", ARCHITECTURE))
    assert len(named) > 60
    source = ROOT / "src" / "groupchat"
    client = source / "web" / "static" / "groupchat"
    folders = (
        ROOT,
        source,
        client,
        source / "realtime",
        source / "actions",
        source / "web",
        source / "server",
        ROOT / "tests",
    )
    assert {name for name in named if not any((folder / name).exists() for folder in folders)} == set()


@each_document
def test_python_compiles(path: Path) -> None:
    for block in blocks(path.read_text(), "python"):
        compile(block, str(path), "exec")
