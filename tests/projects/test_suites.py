"""The chat's own suites once more, inside a site with another user model, without accounts' app and server."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from tests.projects.club import EXAMPLE, ROOT

RUN_SECONDS = 900

# Bytes on a wire, and a hub that knows neither Django nor Channels: no site makes a difference. --long runs them too.
OF_NO_SITE = ("test_wires*.py", "test_hub*.py")


@pytest.mark.parametrize("folder", ["tests/projects/embedded", "tests/domain", "tests/realtime"])
def test_the_suite_passes_in_the_embedding_site(request: pytest.FixtureRequest, folder: str) -> None:
    is_long = request.config.getoption("--long")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GROUPCHAT_", "PYTEST_"))}
    guests = {} if folder.endswith("embedded") else {"WITH_GUESTS": "1"}
    ended = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", folder),
            *(["--long"] if is_long else [f"--ignore-glob=tests/realtime/{name}" for name in OF_NO_SITE]),
        ],
        cwd=ROOT,
        env={
            **kept,
            **guests,
            "DJANGO_SETTINGS_MODULE": "tests.projects.embedded_settings",
            "PYTHONPATH": os.pathsep.join([str(EXAMPLE), str(ROOT)]),
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-20_000:] + ended.stderr[-5_000:]
    assert " passed" in ended.stdout
