"""What the first visit of a room costs, and that its frame is there before any script."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from tests.browser.conftest import Meet
from tests.browser.play import PICTURES, Site, Someone, becomes_true, complaints
from tests.server.served import Served, run

MOST_REQUESTS = 12
MOST_BYTES = 120_000
FRAME = (".sidebar", ".sidebar-head", ".room", ".room-header", ".composer-field")
SIZES = [(1280, 800), (390, 844)]
SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) shifts.push(entry.value);
}).observe({ type: "layout-shift", buffered: true });
"""


class Load:
    """What the page asks for over HTTP, and the bytes that came, with their headers.

    The page's own: neither what goes over its socket, nor what the service worker keeps afterwards.
    """

    def __init__(self, page: Page) -> None:
        self.urls: list[str] = []
        self.bytes = 0
        session = page.context.new_cdp_session(page)
        session.on("Network.requestWillBeSent", self._asked)
        session.on("Network.loadingFinished", self._came)
        session.send("Network.enable")
        session.send("Network.setExtraHTTPHeaders", {"headers": {"Accept-Encoding": "gzip"}})

    def _asked(self, event: Any) -> None:
        if not event["request"]["url"].startswith(("data:", "blob:")):
            self.urls.append(event["request"]["url"])

    def _came(self, event: Any) -> None:
        self.bytes += event["encodedDataLength"]


@pytest.fixture(params=["en-GB", "de-DE"])
def visitor(browser: Browser, site: Site, room: str, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """Somebody who is in a room, with nothing kept on their device but a cookie."""
    with_cookie = Someone(site, browser, "Ada").enters(room)
    context = browser.new_context(locale=request.param, storage_state={"cookies": with_cookie.context.cookies()})
    with_cookie.context.close()
    yield context
    context.close()


def test_the_first_load_is_light(visitor: BrowserContext, site: Site, room: str) -> None:
    page = visitor.new_page()
    load = Load(page)
    page.goto(site.address(room.lower()))
    expect(page.locator(".room-name")).to_have_text(room)
    page.wait_for_load_state("networkidle")
    print(f"{len(load.urls)} requests, {load.bytes} bytes")
    assert 4 <= len(load.urls) <= MOST_REQUESTS, load.urls
    assert 30_000 < load.bytes <= MOST_BYTES
    assert any(url.endswith("/bundle/app.js") for url in load.urls)


# --- the frame ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_frame_is_painted_before_any_script_and_nothing_moves(
    meet: Meet, site: Site, room: str, size: tuple[int, int]
) -> None:
    held: list[Route] = []
    ada = meet("Ada", viewport={"width": size[0], "height": size[1]}, service_workers="block").enters(room)
    page = ada.context.new_page()
    page.add_init_script(SHIFTS)
    page.route("**/bundle/app.js", lambda route: held.append(route))
    page.goto(site.address(room.lower()), wait_until="commit")
    expect(page.locator(".skeleton .composer-field")).to_be_visible()
    becomes_true(page, "performance.getEntriesByName('first-contentful-paint').length === 1")
    before = {name: page.locator(name).bounding_box() for name in FRAME}
    page.screenshot(path=PICTURES / f"frame-{size[0]}.png")
    assert complaints(page) == []
    held[0].continue_()
    expect(page.locator(".room-name")).to_have_text(room)
    expect(page.locator(".skeleton, .bone")).to_have_count(0)
    assert {name: page.locator(name).bounding_box() for name in FRAME} == before
    assert sum(page.evaluate("shifts")) == 0


def test_without_a_room_the_frame_has_no_composer(meet: Meet, site: Site, room: str) -> None:
    ada = meet("Ada", service_workers="block").enters(room)
    page = ada.context.new_page()
    held: list[Route] = []
    page.route("**/bundle/app.js", lambda route: held.append(route))
    page.goto(f"{site.url}/rooms/", wait_until="commit")
    expect(page.locator(".skeleton .sidebar .bone").first).to_be_visible()
    expect(page.locator(".skeleton .composer")).to_have_count(0)
    held[0].abort()


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_without_javascript_the_message_is_in_sight(
    browser: Browser, meet: Meet, site: Site, room: str, size: tuple[int, int]
) -> None:
    ada = meet("Ada").enters(room)
    context = browser.new_context(
        java_script_enabled=False,
        viewport={"width": size[0], "height": size[1]},
        storage_state={"cookies": ada.context.cookies()},
    )
    page = context.new_page()
    page.goto(site.address(room.lower()))
    heading = page.get_by_role("heading", name="This page needs JavaScript")
    expect(heading).to_be_in_viewport(ratio=1)
    on_top = page.locator(".no-script .card").bounding_box()
    assert on_top is not None
    assert on_top["y"] + on_top["height"] < size[1]
    page.screenshot(path=PICTURES / f"no-script-{size[0]}.png")
    context.close()


def test_a_chosen_theme_is_there_before_the_page_is_painted(meet: Meet, site: Site, room: str) -> None:
    ada = meet("Ada", color_scheme="light", service_workers="block").enters(room)
    ada.page.evaluate("localStorage.setItem('groupchat-theme', 'dark')")
    page = ada.context.new_page()
    held: list[Route] = []
    page.route("**/bundle/*", lambda route: held.append(route))  # neither the sheet nor the script comes
    page.goto(site.address(room.lower()), wait_until="commit")
    becomes_true(page, "document.documentElement.dataset.theme === 'dark'")
    assert page.evaluate("document.querySelector('meta[name=color-scheme]').content") == "dark"
    for route in held:
        route.abort()


# --- the modules --------------------------------------------------------------------------------------------------


@pytest.fixture
def site_of_modules(tmp_path: Path) -> Iterator[Site]:
    """A server that has no bundle: its pages name the client's modules."""
    data = tmp_path / "data"
    assert run("migrate", GROUPCHAT_DATA=str(data)).returncode == 0
    (version,) = (data / "static").iterdir()
    shutil.rmtree(version / "groupchat/bundle")
    served = Served(data, log=tmp_path / "output")
    yield Site(served)
    served.stop()


def test_without_a_bundle_the_modules_do_the_same(site_of_modules: Site, browser: Browser, room: str) -> None:
    ada = Someone(site_of_modules, browser, "Ada")
    load = Load(ada.page)
    ada.enters(room).says("one by one")
    ada.sees_sent("one by one")
    ada.page.reload()
    ada.sees_sent("one by one")
    assert sum(url.endswith("/components/composer.js") for url in load.urls) >= 1
    assert not any("/bundle/" in url for url in load.urls)
    assert ada.faults == []
    ada.context.close()
