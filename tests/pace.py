"""How long each file of tests takes: told at the end of a run, kept with --measure, and what --fast picks by.

`durations.json` holds seconds by file, as they were measured (`make durations`). `make check` (--fast) runs the
shortest of them, as many as fit into FAST_SECONDS together; files that were never measured are left out and counted.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

FAST_SECONDS = 30.0  # of tests, one after the other; three at once leave room for the start
SLOWEST = 10  # files that are told
DURATIONS = Path(__file__).parent / "durations.json"
_TESTS = DURATIONS.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--fast", action="store_true", help="only files that were measured to be fast")
    parser.addoption("--measure", action="store_true", help="keep what each file took, for --fast")


class Pace:
    """Adds up what is reported; with xdist the reports of all processes come to the first one, which prints."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._seconds: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds[report.nodeid.partition("::")[0]] += report.duration  # type: ignore[assignment]

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> object:
        result = yield
        if self._config.getoption("--measure"):
            kept = {name: seconds for name, seconds in measured().items() if (_TESTS.parent / name).exists()}
            kept |= {name: round(seconds, 1) for name, seconds in self._seconds.items()}
            DURATIONS.write_text(json.dumps(kept, indent=0, sort_keys=True) + "\n")
        if len(self._seconds) > 1:
            terminalreporter.ensure_newline()
            terminalreporter.section(f"files that took longest, of {len(self._seconds)}")
            for name, seconds in self._seconds.most_common(SLOWEST):
                terminalreporter.write_line(f"{seconds:7.1f} s  {name}")
        return result


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Pace(config), "pace")


def pytest_report_header(config: pytest.Config) -> str | None:
    if not config.getoption("--fast"):
        return None
    names = measured()
    there = _there()
    never = sum(name not in names for name in there)
    text = f"--fast: {len(fast(names))} of {len(there)} files"
    return f"{text}; {never} were never measured and are left out (make durations)" if never else text


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    if not config.getoption("--fast") or not collection_path.name.startswith("test_") or collection_path.is_dir():
        return None
    return str(collection_path.relative_to(_TESTS.parent)) not in fast(measured()) or None


def measured() -> dict[str, float]:
    found: dict[str, float] = json.loads(DURATIONS.read_text()) if DURATIONS.exists() else {}
    return found


def fast(seconds: dict[str, float]) -> set[str]:
    """The shortest files, as many as fit into FAST_SECONDS."""
    chosen: set[str] = set()
    left = FAST_SECONDS
    for name, took in sorted(seconds.items(), key=lambda item: (item[1], item[0])):
        left -= took
        if left < 0:
            break
        chosen.add(name)
    return chosen


def _there() -> list[str]:
    return sorted(str(path.relative_to(_TESTS.parent)) for path in _TESTS.rglob("test_*.py"))
