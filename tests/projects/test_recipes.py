"""What README.md and docs/embedding.md tell to write is written, and run."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.projects.club import (
    PASSWORD,
    ROOT,
    SECONDS,
    Club,
    Project,
    Reader,
    environment,
    hear,
    manage,
    opened,
    run,
    say,
)
from tests.projects.test_documents import blocks
from tests.server.served import Served

README = (ROOT / "README.md").read_text()
EMBEDDING = (ROOT / "docs" / "embedding.md").read_text()


def files(text: str) -> dict[str, str]:
    """What the recipe adds to each file: blocks, or parts of one, that begin with the file's name."""
    added: dict[str, str] = {}
    for block in blocks(text, "python"):
        parts = re.split(r"^# (\w+\.py)\b.*\n", block, flags=re.MULTILINE)
        for name, code in zip(parts[1::2], parts[2::2], strict=True):
            added[name] = added.get(name, "") + code
    return added


@pytest.fixture(scope="module", params=["README.md", "docs/embedding.md"])
def project(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A new Django site, with what the recipe says added to it."""
    tmp_path = tmp_path_factory.mktemp("recipe")
    subprocess.run(
        [sys.executable, "-m", "django", "startproject", "mysite", str(tmp_path)], check=True, timeout=SECONDS
    )
    added = files((ROOT / request.param).read_text())
    assert {"settings.py", "urls.py", "asgi.py"} <= set(added)
    for name in ("settings.py", "urls.py", "asgi.py"):
        with (tmp_path / "mysite" / name).open("a") as file:
            file.write("\n" + added[name])
    if request.param == "docs/embedding.md":
        (options,) = (block for block in blocks(EMBEDDING, "python") if block.startswith('DATABASES["default"]'))
        with (tmp_path / "mysite" / "settings.py").open("a") as file:
            file.write("\n" + options)
        (tmp_path / "run.py").write_text(added["run.py"])
    return Project(tmp_path, "mysite")


@pytest.fixture(scope="module")
def migrated(project: Project) -> Project:
    manage(project.path, "migrate", "--verbosity=0", project=project)
    manage(
        project.path,
        *("createsuperuser", "--noinput", "--username=ada", "--email="),
        project=project,
        DJANGO_SUPERUSER_PASSWORD=PASSWORD,
    )
    return project


def test_a_new_site_chats_by_the_recipe(migrated: Project) -> None:
    with Club(migrated.path, project=migrated) as club:
        ada = Reader(club)
        assert ada.get("/rooms/", follow=False).headers["Location"].startswith("/admin/login/")
        page = ada.post("/admin/login/", username="ada", password=PASSWORD, next="/rooms/")
        assert (page.status, page.path) == (200, "/rooms/")
        with ada.socket() as socket:
            assert opened(socket)["me"]["name"] == "ada"
            say(socket, type="room.enter", ref=1, name="General")
            room = hear(socket, "reply", ref=1)["result"]["room"]["id"]
            say(socket, type="message.post", ref=2, room=room, body="by the book", client_message_id="one")
            assert hear(socket, "reply", ref=2)["result"]["number"] == 1
    assert "Traceback" not in club.output


@pytest.mark.parametrize("project", ["docs/embedding.md"], indirect=True)
def test_the_code_of_a_site_runs(migrated: Project) -> None:
    """The snippets of docs/embedding.md, one after the other, in the site that they made."""
    snippets = [
        block
        for block in blocks(EMBEDDING, "python")
        if not re.match(r"# \w+\.py|DATABASES|CHANNEL_LAYERS", block) and "import" in block
    ]
    receivers = [block for block in snippets if "@receiver" in block]
    assert len(snippets) >= 4
    assert len(receivers) == 1
    script = "\n".join(
        [
            "import django; django.setup()",
            "from django.contrib.auth import get_user_model",
            "user = get_user_model().objects.get()",
            *receivers,
            *(block for block in snippets if block not in receivers and "set_active" not in block),
            *(block for block in snippets if "set_active" in block),
        ]
    )
    printed = run(migrated.path, script, project=migrated)
    assert re.search(r"^number \d+ new$", printed, re.MULTILINE)
    assert "body" not in printed
    assert re.search(r"room \d+ number \d+ A new book has arrived\.", printed)
    assert re.search(r"^gct_", printed, re.MULTILINE)


@pytest.mark.parametrize("project", ["docs/embedding.md"], indirect=True)
def test_the_checks_have_nothing_to_say(migrated: Project) -> None:
    assert "groupchat." not in manage(migrated.path, "check", "--database=default", project=migrated)


@pytest.mark.parametrize("project", ["docs/embedding.md"], indirect=True)
def test_the_faster_way_runs(migrated: Project) -> None:
    """run.py, on a port of its own."""
    code = (migrated.path / "run.py").read_text()
    assert "uvicorn.run(application, " in code
    (migrated.path / "run.py").write_text(
        code.replace("uvicorn.run(application, ", "uvicorn.run(application, port=0, ")
    )
    log = migrated.path / "log"
    with log.open("wb") as output:
        running = subprocess.Popen(
            [sys.executable, "-u", "run.py"],
            cwd=migrated.path,
            env=environment(migrated.path, migrated),
            stdout=output,
            stderr=output,
        )
    try:
        deadline = time.monotonic() + SECONDS
        while "Uvicorn running" not in log.read_text():
            assert running.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
    finally:
        running.terminate()
        running.wait(SECONDS)
    assert "Warning" not in log.read_text()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path / "data", log=tmp_path / "output")
    yield served
    served.stop()


def test_the_client_of_the_readme_says_and_hears(served: Served, tmp_path: Path) -> None:
    (code,) = (block for block in blocks(README, "python") if "websockets" in block)
    assert "127.0.0.1:8000" in code
    assert len(code.splitlines()) <= 20
    log = tmp_path / "heard"
    with log.open("wb") as output:
        client = subprocess.Popen(
            [sys.executable, "-c", code.replace("127.0.0.1:8000", f"127.0.0.1:{served.port}")],
            stdout=output,
            stderr=output,
        )
    try:
        deadline = time.monotonic() + SECONDS
        while "1 Hello from Python" not in log.read_text():
            assert client.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
    finally:
        client.terminate()
        client.wait(SECONDS)
