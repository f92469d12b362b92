"""Every exported function of `js/*_test.js` is a test; it runs in a page of its own and fails where it throws."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

_JS = Path(__file__).parent / "js"
_EXPORT = re.compile(r"^export (?:async )?function (\w+)", re.MULTILINE)
_TESTS = [(path.name, name) for path in sorted(_JS.glob("*_test.js")) for name in _EXPORT.findall(path.read_text())]


def test_there_are_tests() -> None:
    assert len(_TESTS) > 50


@pytest.mark.parametrize(("module", "name"), _TESTS, ids=[f"{module}:{name}" for module, name in _TESTS])
def test_in_browser(run: Callable[..., Any], module: str, name: str) -> None:
    run(module, name)
