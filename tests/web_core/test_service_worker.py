"""The service worker in a real browser: what it serves without a network, and what it never keeps."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Error, Page
from tests.projects.test_documents import ROOT, blocks
from tests.web_core.conftest import STATIC, FileServer

HASHED = "/static/0123456789abcdef/app.js"
PLAIN = "/static/plain.js"
TEXTS = "/static/i18n/de.json"


@pytest.fixture
def site(file_server: FileServer) -> Iterator[FileServer]:
    """A site with an app page, files, a list of them, and pages that are none of the worker's."""

    def html(text: str) -> Callable[[], tuple[int, str, bytes]]:
        return lambda: (200, "text/html; charset=utf-8", f"<!doctype html><h1>{text}</h1>".encode())

    def script(text: str) -> Callable[[], tuple[int, str, bytes]]:
        return lambda: (200, "text/javascript", text.encode())

    before = dict(file_server.answers)
    file_server.answers |= {
        "/sw.js": lambda: (200, "text/javascript", (STATIC / "groupchat/sw.js").read_bytes()),
        "/rooms/": html("shell"),
        "/rooms/general/": html("general, from the network"),
        "/accounts/login/": html("sign in"),
        "/api/me": lambda: (200, "application/json", b'{"secret": 1}'),
        HASHED: script("export const version = 1;"),
        "/static/fedcba9876543210/late.js": script("export const late = true;"),
        PLAIN: script("export const plain = 1;"),
        TEXTS: lambda: (200, "application/json", b'{"language": "de"}'),
    }
    publish(file_server, "one")
    yield file_server
    file_server.answers.clear()
    file_server.answers.update(before)


def publish(site: FileServer, version: str) -> None:
    shell = {
        "version": version,
        "page": "/rooms/",
        "pages": ["/rooms/"],
        "static": "/static/",
        "urls": [HASHED, PLAIN, TEXTS],
    }
    site.answers["/app-shell.json"] = lambda: (200, "application/json", json.dumps(shell).encode())


@pytest.fixture
def visitor(context: BrowserContext, site: FileServer) -> Page:
    """A page of the app under the worker's control."""
    page = context.new_page()
    page.goto(f"{site.url}/rooms/general/")
    page.evaluate(
        """async () => {
          const controlled = new Promise((resolve) => (navigator.serviceWorker.oncontrollerchange = resolve));
          await navigator.serviceWorker.register("/sw.js");
          await navigator.serviceWorker.ready;
          if (!navigator.serviceWorker.controller) await controlled;
        }"""
    )
    return page


def kept(page: Page) -> list[str]:
    """The paths of everything in any cache."""
    return page.evaluate(
        """async () => {
          const paths = [];
          for (const name of await caches.keys())
            for (const request of await (await caches.open(name)).keys()) paths.push(new URL(request.url).pathname);
          return paths.sort();
        }"""
    )


def eventually(page: Page, question: str) -> None:
    """Ask the page until the answer is yes. (A wait inside the page takes the promise itself for a yes.)"""
    deadline = time.monotonic() + 60
    while not page.evaluate(question):
        assert time.monotonic() < deadline, f"never true: {question}"
        page.wait_for_timeout(50)


def erase(page: Page) -> None:
    page.evaluate(
        """() => new Promise((resolve) => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = resolve;
          navigator.serviceWorker.controller.postMessage({ type: "erase" }, [port2]);
        })"""
    )


def test_pages_of_rooms_open_without_a_network(visitor: Page, site: FileServer, context: BrowserContext) -> None:
    visitor.goto(f"{site.url}/rooms/general/")
    assert visitor.text_content("h1") == "general, from the network"
    context.set_offline(True)
    visitor.goto(f"{site.url}/rooms/another/")
    assert visitor.text_content("h1") == "shell"
    assert visitor.evaluate(f"import('{HASHED}').then((m) => m.version)") == 1
    assert visitor.evaluate(f"import('{PLAIN}').then((m) => m.plain)") == 1
    assert visitor.evaluate(f"fetch('{TEXTS}').then((r) => r.json())") == {"language": "de"}
    with pytest.raises(Error):
        visitor.goto(f"{site.url}/accounts/login/")


def test_nothing_personal_is_kept(visitor: Page, site: FileServer) -> None:
    visitor.goto(f"{site.url}/rooms/general/")
    assert visitor.evaluate("fetch('/api/me').then((r) => r.json())") == {"secret": 1}
    visitor.goto(f"{site.url}/accounts/login/")
    visitor.evaluate("import('/static/fedcba9876543210/late.js')")
    assert kept(visitor) == sorted(
        ["/app-shell.json", "/rooms/", HASHED, PLAIN, TEXTS, "/static/fedcba9876543210/late.js"]
    )


def test_files_named_by_their_content_are_not_asked_for_again(visitor: Page, site: FileServer) -> None:
    site.asked.clear()
    visitor.goto(f"{site.url}/rooms/general/")
    assert visitor.evaluate(f"import('{HASHED}').then((m) => m.version)") == 1
    assert visitor.evaluate(f"import('{PLAIN}').then((m) => m.plain)") == 1
    assert HASHED not in site.asked
    assert PLAIN in site.asked


def test_a_new_version_replaces_the_old_one(visitor: Page, site: FileServer, context: BrowserContext) -> None:
    site.answers["/rooms/"] = lambda: (200, "text/html", b"<h1>new shell</h1>")
    publish(site, "two")
    visitor.goto(f"{site.url}/rooms/general/")
    eventually(visitor, "async () => (await caches.keys()).join() === 'groupchat-shell-two'")
    context.set_offline(True)
    visitor.goto(f"{site.url}/rooms/another/")
    assert visitor.text_content("h1") == "new shell"


def test_a_list_that_names_a_missing_file_changes_nothing(
    visitor: Page, site: FileServer, context: BrowserContext
) -> None:
    del site.answers[PLAIN]
    publish(site, "broken")
    site.asked.clear()
    visitor.goto(f"{site.url}/rooms/general/")
    for _ in range(600):
        if PLAIN in site.asked:
            break
        visitor.wait_for_timeout(50)
    assert PLAIN in site.asked, "the worker tried"
    context.set_offline(True)
    visitor.goto(f"{site.url}/rooms/another/")
    assert visitor.text_content("h1") == "shell"


def test_erasing_leaves_nothing_until_the_next_page(visitor: Page, site: FileServer, context: BrowserContext) -> None:
    assert kept(visitor)
    erase(visitor)
    assert kept(visitor) == []
    visitor.goto(f"{site.url}/rooms/general/")
    eventually(
        visitor,
        """async () => {
          const names = await caches.keys();
          return names.length === 1 && (await (await caches.open(names[0])).keys()).length === 5;
        }""",
    )
    context.set_offline(True)
    visitor.goto(f"{site.url}/rooms/another/")
    assert visitor.text_content("h1") == "shell"


def test_a_site_that_removed_the_chat_ends_it(visitor: Page, site: FileServer) -> None:
    """By the script of docs/api.md, in the place of the worker's: it goes, with the files and what was not sent."""
    (script,) = blocks((ROOT / "docs" / "api.md").read_text(), "js")
    visitor.evaluate(
        """() => new Promise((resolve, reject) => {
          const opening = indexedDB.open("groupchat", 1);
          opening.onsuccess = () => resolve(opening.result.close());
          opening.onerror = reject;
        })"""
    )
    visitor.evaluate("caches.open('of-the-site')")
    assert kept(visitor)
    site.answers["/sw.js"] = lambda: (200, "text/javascript", script.encode())
    visitor.evaluate("navigator.serviceWorker.getRegistration().then((found) => found.update())")
    eventually(visitor, "navigator.serviceWorker.getRegistrations().then((found) => found.length === 0)")
    eventually(visitor, "indexedDB.databases().then((found) => found.length === 0)")
    assert visitor.evaluate("caches.keys()") == ["of-the-site"]
    visitor.goto(f"{site.url}/rooms/general/")
    assert visitor.evaluate("navigator.serviceWorker.controller === null")
