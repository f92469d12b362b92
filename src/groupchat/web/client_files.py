"""Which files of the client a page names: the bundle where there is one, else its modules and sheets as they lie here.

The bundle is in the wheel of this package; from a checkout `groupchat serve` makes it beside the static files that it
collects. `web/bundling.py` says what is in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage

from groupchat.web import bundling

STATIC = Path(__file__).parent / "static"
CLIENT = STATIC / "groupchat"
Kind = Literal["app", "page"]


def is_bundled() -> bool:
    """The one place that decides. Where one edits (`DEBUG`), what is edited is what runs."""
    if settings.DEBUG:
        return False
    if (CLIENT / bundling.FOLDER / bundling.SCRIPT).is_file():
        return True
    # A storage that makes a bundle says so; it is not asked for a file, which may be far away.
    return apps.is_installed("django.contrib.staticfiles") and getattr(staticfiles_storage, "has_bundle", False)


def script() -> str:
    """The name of the module that starts the client."""
    return _in_bundle(bundling.SCRIPT) if is_bundled() else "groupchat/app.js"


def further_modules() -> list[str]:
    """What the script imports, to be fetched at once instead of one behind the other; nothing of a bundle."""
    return [] if is_bundled() else _names(bundling.modules(CLIENT)[1:])


def sheets(kind: Kind) -> list[str]:
    """The style sheets of the app's page, or of the pages outside of it."""
    if is_bundled():
        return [_in_bundle(bundling.APP_SHEET if kind == "app" else bundling.PAGE_SHEET)]
    return _names(bundling.app_sheets(CLIENT) if kind == "app" else bundling.page_sheets(CLIENT))


def found(folder: str, pattern: str) -> list[str]:
    """Other files of the client, the same with a bundle and without."""
    return _names(sorted((CLIENT / folder).glob(pattern)))


def _in_bundle(name: str) -> str:
    return f"groupchat/{bundling.FOLDER}/{name}"


def _names(paths: Iterable[Path]) -> list[str]:
    return [path.relative_to(STATIC).as_posix() for path in paths]
