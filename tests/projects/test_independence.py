"""The chat stands without its server: nothing else reads the environment or the settings of the server."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import django.conf.global_settings
import pytest
from tests.projects.club import EXAMPLE, ROOT, run

SOURCE = ROOT / "src" / "groupchat"
SERVERS_OWN = ("server", "load")  # imported by none of the others; the load starts servers

# What the chat may ask of any site's settings, beside what Django itself defines.
SITES = {
    "GROUPCHAT",  # its own options
    "CHANNEL_LAYERS",  # Channels'
}


def modules() -> Iterator[Path]:
    for path in sorted(SOURCE.rglob("*.py")):
        if path.relative_to(SOURCE).parts[0] not in SERVERS_OWN:
            yield path


def read_of_settings(tree: ast.AST) -> Iterator[str]:
    """Names asked of `settings`, as an attribute or by getattr and hasattr."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "settings":
            yield node.attr
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("getattr", "hasattr")
            and isinstance(node.args[0], ast.Name)
            and node.args[0].id == "settings"
        ):
            assert isinstance(node.args[1], ast.Constant), ast.unparse(node)
            yield str(node.args[1].value)


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute here"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def uses_settings_of_django(tree: ast.AST) -> bool:
    return "django.conf.settings" in set(imported(tree))


@pytest.mark.parametrize("path", list(modules()), ids=lambda path: str(path.relative_to(SOURCE)))
def test_a_module_knows_nothing_of_the_server(path: Path) -> None:
    tree = ast.parse(path.read_text())
    names = set(imported(tree))
    of_the_server = {name for name in names if name.startswith(("groupchat.server", "groupchat.load"))}
    assert of_the_server == set()
    assert not {"os.environ", "os.getenv", "environs.Env"} & names
    assert "os.environ" not in path.read_text()
    assert not any(name.partition(".")[0] in ("allauth", "environs", "typer", "rich") for name in names)
    if uses_settings_of_django(tree):
        known = {name for name in dir(django.conf.global_settings) if name.isupper()} | SITES
        assert set(read_of_settings(tree)) - known == set()


def test_the_reader_of_settings_sees_what_is_read() -> None:
    """Otherwise the test above could not fail."""
    tree = ast.parse("from django.conf import settings\nsettings.ENVIRONMENT.url\ngetattr(settings, 'X', 1)\n")
    assert uses_settings_of_django(tree)
    assert set(read_of_settings(tree)) == {"ENVIRONMENT", "X"}
    assert any(uses_settings_of_django(ast.parse(path.read_text())) for path in modules())


def test_the_chat_loads_without_anything_of_the_server(tmp_path: Path) -> None:
    """All of its modules, with what only the server needs made absent."""
    names = [
        ".".join(["groupchat", *path.relative_to(SOURCE).with_suffix("").parts]).removesuffix(".__init__")
        for path in modules()
        if path.name != "uvicorn_protocol.py"  # asked for by name, by a site that runs uvicorn
    ]
    loaded = run(
        tmp_path,
        "import importlib, bookclub.asgi\n"
        "for name in sys.argv[1:]: importlib.import_module(name)\n"
        "print(*sorted(sys.modules))",
        *names,
    ).split()
    assert set(names) <= set(loaded)
    for absent in ("allauth", "environs", "groupchat.server", "groupchat.load", "servestatic", "typer", "uvicorn"):
        assert absent not in loaded


def test_the_example_is_small() -> None:
    """It is read before it is copied."""
    lines = [
        line
        for path in EXAMPLE.rglob("*.py")
        if "migrations" not in path.parts
        for line in path.read_text().splitlines()
        if line.strip()
    ]
    assert len(lines) < 200
