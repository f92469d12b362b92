"""Static files: each under a name that holds the hash of its content, so a browser may keep it for ever."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from servestatic import ServeStaticASGI
from servestatic.storage import CompressedManifestStaticFilesStorage

import groupchat
from groupchat.server.faults import CannotStart


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Rewrites the imports between our ES modules, too."""

    support_js_module_import_aggregation = True


def collect(static_root: Path) -> bool:
    """Collect the static files if they or the program changed since the last time; True where it did."""
    fingerprint = _fingerprint()
    mark = static_root.with_name(f"{static_root.name}.collected")
    if static_root.is_dir() and mark.is_file() and mark.read_text() == fingerprint:
        return False
    try:
        call_command("collectstatic", interactive=False, verbosity=0, clear=False)
        mark.write_text(fingerprint)
    except OSError as error:
        raise CannotStart(f"The static files cannot be written to {static_root}: {error.strerror}.") from None
    return True


def serve_static(application: Any, *, static_root: Path, prefix: str) -> Any:
    """An ASGI app that answers for static files itself and hands on everything else."""
    app = ServeStaticASGI(application, allow_all_origins=False, add_headers_function=_add_headers)
    if static_root.is_dir():
        app.add_files(static_root, prefix=prefix)
    return app


def _add_headers(headers: Any, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


def _fingerprint() -> str:
    """Changes whenever a file comes, goes or is written."""
    digest = hashlib.sha256(groupchat.__version__.encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            state = Path(storage.path(name)).stat()
            digest.update(f"{name} {state.st_size} {state.st_mtime_ns}\n".encode())
    return digest.hexdigest()
