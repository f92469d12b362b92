"""How files of tests are timed, told and picked."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests import pace

ROOT = Path(__file__).parents[2]


def test_the_shortest_files_are_picked_as_many_as_fit() -> None:
    assert pace.fast({"a": 20.0, "b": 1.0, "c": 9.0, "d": 30.0}) == {"b", "c", "a"}
    assert pace.fast({"a": 20.0, "b": 1.0, "c": 9.1, "d": 0.1}) == {"b", "c", "d"}
    assert pace.fast({}) == set()


def test_what_was_measured_is_there() -> None:
    assert [name for name in pace.measured() if not (ROOT / name).exists()] == []
    assert len(pace.fast(pace.measured())) > 10


@pytest.mark.parametrize("processes", [[], ["--numprocesses", "2", "--dist", "loadfile"]], ids=["one", "two"])
def test_a_run_tells_its_files_by_what_they_took(processes: list[str]) -> None:
    files = ["tests/unit/test_text.py", "tests/unit/test_ratelimit.py"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *processes, *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    *_, title, first, second, last = done.stdout.splitlines()
    assert "files that took longest, of 2" in title
    assert {first.split()[-1], second.split()[-1]} == set(files)
    assert float(first.split()[0]) >= float(second.split()[0])
    assert " passed in " in last
