"""Django's own storage for static files with hashed names, in the embedding site."""

from __future__ import annotations

import json
import re
from pathlib import Path

from tests.projects.club import run

COLLECT = """
import json, bookclub.settings as site
site.STATIC_ROOT = sys.argv[1]
site.STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}
import django
from django.conf import settings
from django.core.management import call_command
django.setup()
call_command("collectstatic", interactive=False, verbosity=0)
settings.ALLOWED_HOSTS = ["testserver"]
from django.test import Client
print(json.dumps([Client().get("/app-shell.json").json(), Client().get("/app-shell/").text]))
"""


def test_every_file_is_where_its_page_or_module_looks_for_it(tmp_path: Path) -> None:
    root = tmp_path / "static"
    shell, page = json.loads(run(tmp_path, COLLECT, str(root), DEBUG="0"))
    named = {
        url for url in [*shell["urls"], *re.findall(r'(?:src|href)="([^"]+)"', page)] if url.startswith("/static/")
    }
    assert any(re.search(r"/app\.[0-9a-f]{12}\.js$", url) for url in named)
    assert [url for url in named if not (root / url.removeprefix("/static/")).is_file()] == []
    imports = [
        (module, name)
        for module in (root / "groupchat").rglob("*.js")
        for name in re.findall(r"""\b(?:from|import)\s*["'](\.{1,2}/[^"']+)["']""", module.read_text())
    ]
    assert imports
    assert [f"{module.name}: {name}" for module, name in imports if not (module.parent / name).is_file()] == []
