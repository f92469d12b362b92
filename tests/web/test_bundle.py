"""The client's bundle: what is in it, and which files pages name with and without one."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from groupchat.web import bundling
from groupchat.web.client_files import CLIENT

MODULES = [path.relative_to(CLIENT).as_posix() for path in bundling.modules(CLIENT)]


@pytest.fixture
def client_copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CLIENT, tmp_path / "client"))


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundle") / "made"
    bundling.bundle(CLIENT, folder)
    return folder


def test_it_is_a_script_with_what_opens_on_demand_and_two_sheets(bundle: Path) -> None:
    (shared,), (lazy,) = ([path.name for path in bundle.glob(name)] for name in (bundling.SHARED, bundling.LAZY))
    scripts = {"app.js", shared, lazy}
    assert {path.name for path in bundle.iterdir()} == scripts | {f"{name}.map" for name in scripts} | {
        "app.css",
        "lazy.css",
        "page.css",
    }
    imported = {name: set(re.findall(r"""["']\./([\w.-]+)["']""", (bundle / name).read_text())) for name in scripts}
    assert imported["app.js"] >= {shared}
    assert imported[shared] <= {lazy}
    assert imported[lazy] == {shared}
    assert lazy in imported["app.js"] | imported[shared], "asked for when something opens"
    sources = {name: json.loads((bundle / f"{name}.map").read_text())["sources"] for name in scripts}
    assert {re.sub(r"^(\.\./)+", "", name) for names in sources.values() for name in names} == set(MODULES)
    assert any(name.endswith("components/room-dialog.js") for name in sources[lazy])


def test_it_is_the_same_wherever_it_is_made(bundle: Path, client_copy: Path, tmp_path: Path) -> None:
    bundling.bundle(client_copy, tmp_path / "again")
    for path in bundle.iterdir():
        again = (tmp_path / "again" / path.name).read_bytes()
        assert again == path.read_bytes(), path.name
        assert str(tmp_path).encode() not in again


def test_the_sheets_keep_the_order_of_the_layers(bundle: Path) -> None:
    for name in ("app.css", "page.css"):
        assert (bundle / name).read_text().startswith("@layer tokens, base, forms, pages, components;\n")
    page, app, lazy = ((bundle / name).read_text() for name in ("page.css", "app.css", "lazy.css"))
    for one in (page, app):
        assert ".button.quiet {" in one
    assert ".page-main {" in page
    assert ".page-main {" not in app
    assert ".composer" in app
    assert ".composer" not in page
    assert ".dialog-foot" in lazy
    assert ".dialog-foot" not in app
    assert lazy.count("@layer") == lazy.count("@layer components {") > 5, "no other order than the one above"


def test_a_sheet_loses_its_comments_only_and_its_addresses_lead_on(client_copy: Path, tmp_path: Path) -> None:
    sheet = client_copy / "css/components/extra.css"
    sheet.write_text(
        """@layer components {
  /* not a word; "nor this" */
  .extra::before { content: "/* stays */"; }
  .extra { background: url("../../icons/icon.svg"), url(data:image/png;base64,AA==), url(near.png); }
}
"""
    )
    bundling.bundle(client_copy, tmp_path / "bundle")
    css = (tmp_path / "bundle/app.css").read_text()
    assert "not a word" not in css
    assert '"/* stays */"' in css
    assert 'url("../css/components/../../icons/icon.svg")' in css
    assert "url(data:image/png;base64,AA==)" in css
    assert "url(../css/components/near.png)" in css


def test_where_it_cannot_be_made_nothing_is_written(client_copy: Path, tmp_path: Path) -> None:
    (client_copy / "components/app.js").write_text("import {")
    with pytest.raises(bundling.CannotBundle, match="ended with 1"):
        bundling.bundle(client_copy, tmp_path / "bundle")
    assert not (tmp_path / "bundle").exists()


# --- what pages name ----------------------------------------------------------------------------------------------


@pytest.fixture
def collected(settings: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The server's own storage, collected."""
    settings.GROUPCHAT = {"GUESTS": True}  # type: ignore[attr-defined]
    settings.STATIC_ROOT = tmp_path / "static"  # type: ignore[attr-defined]
    settings.STORAGES = {  # type: ignore[attr-defined]
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "groupchat.server.static.VersionedStaticFiles"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    (folder,) = (tmp_path / "static").iterdir()
    return folder


def named(client: Client, path: str) -> list[str]:
    """The scripts and sheets that a page names, below the folder of the client."""
    page = client.get(path).content.decode()
    found = re.findall(r'(?:src|href)="/static/(?:[0-9a-f]{16}/)?groupchat/([^"]+\.(?:js|css))"', page)
    assert len(found) == len(set(found)) or "app.js" in found
    return [re.sub(r"^(bundle/.+)-\w{8}\.js$", r"\1-H.js", name) for name in found]


@pytest.mark.django_db
def test_pages_name_the_bundle_where_there_is_one(client: Client, collected: Path) -> None:
    assert named(client, "/app-shell/") == ["theme.js", "bundle/app.css", "bundle/app-H.js", "bundle/app.js"]
    assert named(client, "/") == ["theme.js", "bundle/page.css"]
    for name in ("app.js", "app.css", "page.css"):
        sizes = [(collected / f"groupchat/bundle/{name}{ending}").stat().st_size for ending in ("", ".gz", ".br")]
        assert sizes == sorted(sizes, reverse=True)
    assert not (collected / "groupchat/bundle/app.js.map.br").exists()
    scripts = {"bundle/app.js", *(f"bundle/{path.name}" for path in collected.glob("groupchat/bundle/*-????????.js"))}
    assert len(scripts) == 3
    told = json.loads(client.get("/app-shell.json").content)["urls"]
    kept = {re.sub(r"^/static/[0-9a-f]{16}/groupchat/", "", url) for url in told}
    icons = {"icons/favicon.svg", "icons/favicon-lit.svg", "icons/icon.svg", "icons/icon-192.png"}
    fonts = {"fonts/text-latin.woff2", "fonts/text-latin-ext.woff2"}
    assert kept == {"theme.js", "bundle/app.css", "bundle/lazy.css", *scripts} | icons | fonts


@pytest.mark.django_db
@pytest.mark.usefixtures("collected")
def test_where_one_edits_pages_name_the_modules(client: Client, settings: pytest.FixtureRequest) -> None:
    settings.DEBUG = True  # type: ignore[attr-defined]
    found = named(client, "/app-shell/")
    assert set(MODULES) | {"theme.js", "css/base.css", "css/components/composer.css"} <= set(found)
    assert not any(name.startswith("bundle/") for name in found)
    told = json.loads(client.get("/app-shell.json").content)["urls"]
    assert {re.sub(r"^/static/[0-9a-f]{16}/groupchat/", "", url) for url in told} >= set(found)


@pytest.mark.django_db
def test_without_a_bundle_pages_name_the_modules(client: Client) -> None:
    assert {"app.js", "vendor/preact.js", "css/base.css"} <= set(named(client, "/app-shell/"))
    assert named(client, "/")[:2] == ["theme.js", "css/base.css"]
