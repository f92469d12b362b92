"""The client's files as they lie there: what is vendored was fetched, and hashing their names finds every import."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from playwright.sync_api import Page
from tests.web_core.conftest import STATIC, FileServer

_ROOT = STATIC / "groupchat"
_REPOSITORY = Path(__file__).parents[2]
_VENDORED = (_ROOT / "vendor", _ROOT / "fonts", _ROOT / "emoji", _REPOSITORY / "tests/browser/vendor")
_CORE = sorted([*(_ROOT / "lib").rglob("*.js"), *(_ROOT / "store").glob("*.js"), _ROOT / "sw.js"])
_IMPORT = re.compile(r"""(?:^|\s)(?:import|export)\b[^;]*?\bfrom\s*(["'][^"']+["'])""")


@pytest.mark.parametrize("folder", _VENDORED, ids=lambda path: str(path.relative_to(_REPOSITORY)))
def test_vendored_files_are_the_pinned_ones(folder: Path) -> None:
    locked = json.loads((_REPOSITORY / "package-lock.json").read_text())["packages"]
    listed = json.loads((folder / "VERSIONS.json").read_text())["packages"]
    for package in listed:
        pinned = locked[f"node_modules/{package['name']}"]
        assert (package["version"], package["integrity"]) == (pinned["version"], pinned["integrity"])
    sums = {name: digest for package in listed for name, digest in package["files"].items()}
    there = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "VERSIONS.json"}
    assert {name: hashlib.sha256(data).hexdigest() for name, data in there.items()} == sums


def test_the_lock_file_names_no_place_where_packages_come_from() -> None:
    locked = json.loads((_REPOSITORY / "package-lock.json").read_text())["packages"]
    assert len(locked) > 50
    assert not [name for name, package in locked.items() if "resolved" in package]
    assert [name for name, package in locked.items() if name and "integrity" not in package] == []


@pytest.mark.parametrize("path", _CORE, ids=lambda path: path.name)
def test_core_modules_are_pure_and_short(path: Path) -> None:
    source = path.read_text()
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", source, flags=re.DOTALL)
    assert source.count("\n") <= 400
    for specifier in _IMPORT.findall(code):
        assert re.fullmatch(r'"\.{1,2}/[\w./-]+\.js"', specifier), f"{specifier} is not relative and double-quoted"
    if path.name not in ("start.js", "sw.js"):
        found = re.findall(r"\b(document|window|localStorage|location|navigator|Date\.now|Math\.random)\b[.(]", code)
        # `window` is also what a part of the history is called.
        assert set(found) <= {"window"}, f"{path.name} uses {set(found)}"


class _Hashed(ManifestStaticFilesStorage):
    support_js_module_import_aggregation = True


def test_modules_load_under_hashed_names(tmp_path: Path, page: Page, file_server: FileServer) -> None:
    """Django's hashing of names rewrites every import, so that the browser finds the whole tree by its entry."""
    for folder in ("lib", "store", "vendor"):
        shutil.copytree(_ROOT / folder, tmp_path / folder)
    storage = _Hashed(location=str(tmp_path), base_url="/hashed/")
    paths = {
        str(path.relative_to(tmp_path)): (storage, str(path.relative_to(tmp_path)))
        for path in tmp_path.rglob("*")
        if path.is_file()
    }
    hashed = {name: new for name, new, _ in storage.post_process(paths)}
    for new in hashed.values():
        data = (tmp_path / new).read_bytes()
        kind = "text/javascript" if new.endswith(".js") else "text/plain"
        file_server.answers[f"/hashed/{new}"] = lambda kind=kind, data=data: (200, kind, data)
    file_server.asked.clear()
    entry = f"/hashed/{hashed['store/start.js']}"
    names = page.evaluate("async (url) => Object.keys(await import(url))", entry)
    signals = page.evaluate("async (url) => Object.keys(await import(url))", f"/hashed/{hashed['vendor/signals.js']}")
    assert "startStore" in names
    assert {"signal", "computed", "useSignal"} <= set(signals)
    asked = {path for path in file_server.asked if path.startswith("/hashed/")}
    assert asked <= {f"/hashed/{new}" for new in hashed.values()}
    assert len(asked) > 20


def test_vendored_parts_work_together(run: Callable[..., Any]) -> None:
    """preact draws what htm writes and follows signals: the versions fit each other."""
    assert run("vendor.js", "counter") == ["<p>0</p>", "<p>1</p>", "<p>2</p>"]
