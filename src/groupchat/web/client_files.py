"""Which files of the client a page names: the bundle where there is one, else its modules and sheets as they lie here.

The bundle is in the wheel of this package; from a checkout `groupchat serve` makes it beside the static files that it
collects. `web/bundling.py` says what is in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal
from urllib.parse import urljoin

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.templatetags.static import static

from groupchat.web import bundling

STATIC = Path(__file__).parent / "static"
CLIENT = STATIC / "groupchat"
Kind = Literal["app", "page"]


def bundle() -> Path | None:
    """The one place that decides: the folder of the bundle, or None. Where one edits (`DEBUG`), what is edited runs."""
    if settings.DEBUG:
        return None
    if (CLIENT / bundling.FOLDER / bundling.SCRIPT).is_file():
        return CLIENT / bundling.FOLDER
    # A storage that makes a bundle says so; it is not asked for a file, which may be far away.
    return getattr(staticfiles_storage, "bundle", None) if apps.is_installed("django.contrib.staticfiles") else None


def script() -> str:
    """The address of the module that starts the client."""
    return static(_in_bundle(bundling.SCRIPT) if bundle() else "groupchat/app.js")


def further_modules() -> list[str]:
    """Addresses of what the script imports, to be fetched at once instead of one behind the other."""
    if folder := bundle():
        return _beside_script(folder, bundling.SHARED)
    return [static(name) for name in _names(bundling.modules(CLIENT)[1:])]


def lazy_modules() -> list[str]:
    """Addresses of what it loads when something opens; nothing where they are among the others."""
    folder = bundle()
    return _beside_script(folder, bundling.LAZY) if folder else []


def sheets(kind: Kind) -> list[str]:
    """The names of the style sheets of the app's page, or of the pages outside of it."""
    if bundle():
        return [_in_bundle(bundling.APP_SHEET if kind == "app" else bundling.PAGE_SHEET)]
    if kind == "page":
        return _names(bundling.page_sheets(CLIENT))
    return _names([*bundling.app_sheets(CLIENT), *bundling.lazy_sheets(CLIENT)])


def lazy_sheet() -> str:
    """The address of the style sheet of what opens on demand; empty where it is among the others."""
    return static(_in_bundle(bundling.LAZY_SHEET)) if bundle() else ""


def found(folder: str, pattern: str) -> list[str]:
    """Other files of the client, the same with a bundle and without."""
    return _names(sorted((CLIENT / folder).glob(pattern)))


def _beside_script(folder: Path, pattern: str) -> list[str]:
    """A script asks for them beside itself, by the names that they have in the bundle."""
    return [urljoin(script(), path.name) for path in sorted(folder.glob(pattern))]


def _in_bundle(name: str) -> str:
    return f"groupchat/{bundling.FOLDER}/{name}"


def _names(paths: Iterable[Path]) -> list[str]:
    return [path.relative_to(STATIC).as_posix() for path in paths]
