"""Static files: in a folder named by the hash of their content, so a browser may keep them for ever."""

from __future__ import annotations

import hashlib
import logging
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.utils.functional import cached_property
from servestatic import ServeStaticASGI
from servestatic.compress import Compressor
from servestatic.storage import CompressedStaticFilesStorage

from groupchat.server.faults import CannotStart
from groupchat.web import bundling
from groupchat.web.client_files import CLIENT

logger = logging.getLogger(__name__)

_BUNDLE = f"groupchat/{bundling.FOLDER}"
_IMMUTABLE = r"^/static/[0-9a-f]{16}/"
KEPT_VERSIONS = 2  # pages that are open during an update still ask for the version before


class VersionedStaticFiles(CompressedStaticFilesStorage):  # type: ignore[misc]
    """Serves the whole tree under a folder named by the hash of all its content.

    A name for each file (Django's manifest) would have to rewrite the imports in every ES module, which it does by
    patterns, and not at all where modules import each other in a circle.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        version = tree_version()
        super().__init__(Path(settings.STATIC_ROOT) / version, f"{settings.STATIC_URL}{version}/", *args, **kwargs)

    @cached_property
    def bundle(self) -> Path | None:
        """The folder of the bundle, where there is one: pages name it then, and not the client's modules."""
        folder = Path(self.path(_BUNDLE))
        return folder if (folder / bundling.SCRIPT).is_file() else None

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Add the bundle where the package came without one (from a checkout), then compress everything."""
        if dry_run:
            return
        if f"{_BUNDLE}/{bundling.SCRIPT}" not in paths:
            paths = paths | dict.fromkeys(self._bundle())
        yield from super().post_process(paths, **options)
        # Its best takes too long for all static files: only what every visit begins with.
        brotli = Compressor(use_gzip=False, use_zstd=False, quiet=True)
        for name in paths:
            if name.startswith(f"{_BUNDLE}/") and not name.endswith(".map") and brotli.compress(self.path(name)):
                yield name, f"{name}.br", True

    def create_compressor(self, **options: Any) -> Compressor:
        return Compressor(**options | {"use_brotli": False})

    def _bundle(self) -> list[str]:
        folder = Path(self.path(_BUNDLE))
        try:
            bundling.bundle(CLIENT, folder)
        except bundling.CannotBundle as error:
            logger.warning("Browsers fetch the client's modules one by one: %s", error)
            return []
        return [f"{_BUNDLE}/{path.name}" for path in sorted(folder.iterdir())]


@cache
def tree_version() -> str:
    """A name for the content of all static files together; the same on every machine."""
    files = dict(_files())
    # What is made from them is another where another version makes it, or none.
    digest = hashlib.sha256(b"" if f"{_BUNDLE}/{bundling.SCRIPT}" in files else bundling.bundler().encode())
    for name, path in sorted(files.items()):
        digest.update(f"{name}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


def collect(static_root: Path) -> bool:
    """Collect the static files if this version of them is not there yet; True where it did."""
    folder = static_root / tree_version()
    mark = folder / ".complete"
    if mark.is_file():
        return False
    try:
        call_command("collectstatic", interactive=False, verbosity=0, clear=False)
        mark.touch()
        versions = sorted(static_root.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in versions[KEPT_VERSIONS:]:
            shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise CannotStart(f"The static files cannot be written to {static_root}: {error.strerror}.") from None
    return True


def serve_static(application: Any, *, static_root: Path, prefix: str) -> Any:
    """An ASGI app that answers for static files itself and hands on everything else."""
    app = ServeStaticASGI(
        application, allow_all_origins=False, add_headers_function=_add_headers, immutable_file_test=_IMMUTABLE
    )
    if static_root.is_dir():
        app.add_files(static_root, prefix=prefix)
    return app


def _add_headers(headers: Any, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"


def _files() -> Iterator[tuple[str, Path]]:
    for finder in get_finders():
        for name, storage in finder.list([]):
            yield name, Path(storage.path(name))
