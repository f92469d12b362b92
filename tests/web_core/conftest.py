"""A real browser, and a server of files for it: the client's own modules, and the tests in `js/`."""

from __future__ import annotations

import json
import mimetypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from tests.chromium import chromium

HERE = Path(__file__).parent
STATIC = HERE.parent.parent / "src/groupchat/web/static"
ROOTS = {"/static/": STATIC, "/js/": HERE / "js"}

Answer = tuple[int, str, bytes]


class FileServer(ThreadingHTTPServer):
    """Serves the folders in ROOTS, an empty page at `/`, and what a test puts into `answers` (by path)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, Callable[[], Answer]] = {}
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that closes a connection early is no error."""


class _Handler(BaseHTTPRequestHandler):
    server: FileServer

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.server.asked.append(path)
        status, kind, body = self._answer(path)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def _answer(self, path: str) -> Answer:
        if path in self.server.answers:
            return self.server.answers[path]()
        if path == "/":
            return 200, "text/html; charset=utf-8", b"<!doctype html><title>tests</title>"
        for prefix, root in ROOTS.items():
            file = root / path.removeprefix(prefix)
            if path.startswith(prefix) and file.is_file() and file.resolve().is_relative_to(root.resolve()):
                return 200, mimetypes.guess_type(file.name)[0] or "application/octet-stream", file.read_bytes()
        return 404, "text/plain", b"not found"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def files_served() -> Iterator[FileServer]:
    server = FileServer()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="session")
def file_server() -> Iterator[FileServer]:
    with files_served() as server:
        yield server


# Not the session's: a running playwright would be in the way of the tests with an event loop of their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(locale="en-GB", timezone_id="Europe/Berlin")
    yield context
    context.close()


@pytest.fixture(scope="module")
def shared_context(browser: Browser) -> Iterator[BrowserContext]:
    """For tests that need a page of their own but no profile: making one takes most of such a test's time."""
    context = browser.new_context(locale="en-GB", timezone_id="Europe/Berlin")
    yield context
    context.close()


@pytest.fixture
def page(shared_context: BrowserContext, file_server: FileServer) -> Iterator[Page]:
    page = shared_context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{file_server.url}/")
    yield page
    page.close()


@pytest.fixture
def run(page: Page) -> Callable[..., Any]:
    """Call an exported function of a module in `js/` in the browser; gives what it gives, raises what it throws."""

    def call(module: str, name: str, argument: Any = None) -> Any:
        return page.evaluate(
            "async ([url, name, argument]) => (await import(url))[name](argument && JSON.parse(argument))",
            [f"/js/{module}", name, json.dumps(argument) if argument is not None else None],
        )

    return call
