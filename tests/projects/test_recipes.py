"""What README.md and docs/embedding.md tell to write is written, and run."""

from __future__ import annotations

import json
import re
import shutil
import socket
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
from tests.server.served import Served, command
from tests.server.served import environment as environment_of_served
from tests.servers import Databases
from websockets.exceptions import InvalidStatus

ROOM = """
from groupchat.actions import bots, rooms
rooms.enter(person=bots.make(name="Founder"), name="General")
"""

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
        is_whole = f"# {name}, the whole of it\n" in (ROOT / request.param).read_text()
        with (tmp_path / "mysite" / name).open("w" if is_whole else "a") as file:
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
        with ada.socket() as heard:
            assert opened(heard)["me"]["name"] == "ada"
            say(heard, type="room.enter", ref=1, name="General")
            room = hear(heard, "reply", ref=1)["result"]["room"]["id"]
            say(heard, type="message.post", ref=2, room=room, body="by the book", client_message_id="one")
            assert hear(heard, "reply", ref=2)["result"]["number"] == 1
    assert "Traceback" not in club.output


def test_its_pages_have_their_style_and_their_scripts(migrated: Project) -> None:
    with Club(migrated.path, project=migrated) as club:
        check_files(signed_in(club), "/rooms/")


@pytest.mark.parametrize("project", ["docs/embedding.md"], indirect=True)
def test_runserver_serves_it_all(migrated: Project) -> None:
    with Runserver(migrated.path, project=migrated) as club:
        ada = signed_in(club, wait=True)
        check_files(ada, "/rooms/")
        with ada.socket() as heard:
            assert opened(heard)["me"]["name"] == "ada"


@pytest.mark.parametrize("project", ["docs/embedding.md"], indirect=True)
def test_a_site_whose_last_pattern_takes_every_address(migrated: Project, tmp_path: Path) -> None:
    """As content management systems have it."""
    shutil.copytree(migrated.path, tmp_path, dirs_exist_ok=True)
    (insert,) = re.findall(r"`(urlpatterns\.insert\([^`]+)`", EMBEDDING)
    (tmp_path / "mysite" / "urls.py").write_text(f"""
from django.contrib import admin
from django.contrib.staticfiles.urls import staticfiles_urlpatterns
from django.http import HttpResponse
from django.urls import include, path, re_path

urlpatterns = [path("admin/", admin.site.urls), re_path(r"", lambda request: HttpResponse("a page of the site"))]
{insert}
urlpatterns[:0] = staticfiles_urlpatterns()
""")
    with Club(tmp_path, project=Project(tmp_path, "mysite")) as club:
        ada = signed_in(club)
        assert ada.get("/about/").text == "a page of the site"
        check_files(ada, "/talk/rooms/")
        with ada.socket() as heard:
            assert opened(heard)["me"]["name"] == "ada"


@pytest.mark.parametrize("project", ["docs/embedding.md"], indirect=True)
@pytest.mark.parametrize("by", ["option", "call"])
def test_sockets_elsewhere(migrated: Project, tmp_path: Path, by: str) -> None:
    """The two ways that the guide names, in a site under a path; a door of the site's own stands where ours stood."""
    shutil.copytree(migrated.path, tmp_path, dirs_exist_ok=True)
    settings, asgi = (tmp_path / "mysite" / name for name in ("settings.py", "asgi.py"))
    (option,) = re.findall(r'`GROUPCHAT = (\{"SOCKET_PATH": [^`]+)`', EMBEDDING)
    (call,) = re.findall(r"`(websocket_urlpatterns\(prefix=[^`]+)`", EMBEDDING)
    settings.write_text(settings.read_text() + '\nFORCE_SCRIPT_NAME = "/site"\n')
    if by == "option":
        settings.write_text(settings.read_text() + f'GROUPCHAT = {option} | {{"TUTORIAL": False}}\n')
    else:
        asgi.write_text(asgi.read_text().replace("[*websocket_urlpatterns,", f"[*{call},"))
    with Club(tmp_path, project=Project(tmp_path, "mysite")) as club:
        ada = signed_in(club, "/site")
        assert 'data-socket="/site/talk/ws/"' in ada.get("/site/rooms/").text
        for path in ("/site/talk/ws/", "/talk/ws/"):  # the proxy takes the site's path away, or does not
            with ada.socket(path) as heard:
                assert opened(heard)["me"]["name"] == "ada"
        for path in ("/ws/", "/site/ws/", "/talk/ws/chat/lobby/"):
            with pytest.raises(InvalidStatus) as refused:
                ada.socket(path)
            assert refused.value.response.status_code in (403, 404)


def signed_in(club: Club, below: str = "", *, wait: bool = False) -> Reader:
    """The user of the site; `wait` until it takes connections, which it says too early."""
    ada = Reader(club)
    deadline = time.monotonic() + SECONDS
    while wait:
        try:
            ada.get("/admin/login/")
            break
        except OSError:
            assert time.monotonic() < deadline, club.output
            time.sleep(0.05)
    ada.post(f"{below}/admin/login/", username="ada", password=PASSWORD, next=f"{below}/admin/")
    return ada


def check_files(reader: Reader, page: str) -> None:
    """What the page asks for is there."""
    files = re.findall(r'(?:src|href)="(/static/[^"]+)"', reader.get(page).text)
    assert len(files) > 5
    for file in files:
        assert reader.get(file).status == 200, file


class Runserver(Club):
    """`python manage.py runserver`."""

    _ready = re.compile(r"development server at http://127\.0\.0\.1:(\d+)")

    def _command(self, wire: str, prefix: str, project: Project) -> list[str]:
        with socket.socket() as free:  # it does not tell which one it took
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        return [sys.executable, "-u", "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"]


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
    assert len(receivers) == 3  # one is asked before, two are told
    script = "\n".join(
        [
            "import django; django.setup()",
            "from django.contrib.auth import get_user_model",
            "user = get_user_model().objects.get()",
            *receivers,
            *(block for block in snippets if block not in receivers and "set_active" not in block),
            *(block for block in snippets if "set_active" in block),
            "from groupchat.actions.effects import work_off",
            "print('worked off', work_off())",
        ]
    )
    printed = run(migrated.path, script, project=migrated)
    assert re.search(r"^number \d+ new$", printed, re.MULTILINE)
    assert "body" not in printed
    told = r"room \d+ number \d+ A new book has arrived\."
    assert "worked off 1\n" in printed
    assert len(set(re.findall(told, printed))) == 1
    assert len(re.findall(told, printed)) == 2  # by each of the signals
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
def served(tmp_path: Path, databases: Databases) -> Iterator[Served]:
    served = Served(databases.sqlite_folder(tmp_path / "data"), log=tmp_path / "output")
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


def test_the_program_of_the_readme_posts(served: Served, tmp_path: Path) -> None:
    """The shell's lines, twice: the second time it is the same message."""
    (code,) = (block for block in blocks(README, "sh") if "curl" in block)
    assert "127.0.0.1:8000" in code
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("this machine has no curl")
    port = served.port
    made = subprocess.run(
        [*command("shell", "--command"), ROOM],
        env=environment_of_served(GROUPCHAT_DATA=str(served.data)),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    first, second = code.split("curl", 1)
    # `groupchat` is the command of this checkout.
    script = f"groupchat() {{ '{sys.executable}' -m groupchat.server \"$@\"; }}\nset -e\n{first}"
    script += f"for again in 1 2; do\ncurl -sS {second}\necho\ndone"
    ended = subprocess.run(
        ["sh", "-c", script.replace("127.0.0.1:8000", f"127.0.0.1:{port}")],
        env=environment_of_served(GROUPCHAT_DATA=str(served.data)),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    one, again = (json.loads(line) for line in ended.stdout.splitlines())
    assert one["number"] == again["number"] == 1
    assert (one["duplicate"], again["duplicate"]) == (False, True)
