"""The client inside a site of its own: in a browser, at the root of the site and under a path."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.play import PICTURES
from tests.chromium import chromium
from tests.projects.club import PASSWORD, Club

TIMEOUT = 30_000  # milliseconds


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


def reader(browser: Browser, club: Club, email: str, faults: list[str]) -> Page:
    """Somebody who signed in on the site."""
    page = browser.new_context(locale="en-GB").new_page()
    page.set_default_timeout(TIMEOUT)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("response", lambda answer: faults.append(answer.url) if answer.status >= 400 else None)
    page.goto(f"http://{club.netloc}/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    return page


@pytest.mark.parametrize("prefix", ["", "talk/"])
def test_readers_talk_in_their_browsers(browser: Browser, folder: Path, prefix: str) -> None:
    faults: list[str] = []
    room = f"Room {prefix or 'root'}".replace("/", "")
    with Club(folder, prefix=prefix) as club:
        ada, grace = (reader(browser, club, email, faults) for email in ("ada.l@example.org", "grace.h@example.org"))
        for page in (ada, grace):
            page.get_by_role("link", name="Chat", exact=True).click()
            page.get_by_role("button", name="Find or start a room").click()
            field = page.get_by_role("combobox", name="Find or start a room")
            field.fill(room)
            field.press("Enter")
            expect(page.locator(".room-name")).to_have_text(room, timeout=TIMEOUT)
        # The site's header stands above the rooms, and the whole of the chat fits below it.
        header, composer = (ada.locator(name).bounding_box() for name in (".club-back", ".composer"))
        assert header is not None
        assert composer is not None
        assert header["y"] == 0
        assert header["height"] > 20
        assert ada.viewport_size is not None
        assert composer["y"] + composer["height"] <= ada.viewport_size["height"]
        PICTURES.mkdir(exist_ok=True)
        ada.screenshot(path=PICTURES / "embedded.png")
        ada.locator("#composer").fill("Chapter one?")
        ada.locator("#composer").press("Enter")
        body = grace.locator(".message .body", has_text="Chapter one?")
        expect(body).to_have_count(1, timeout=TIMEOUT)
        expect(grace.locator(".message .author")).to_have_text("Ada Lovelace")
        assert grace.url == f"http://{club.netloc}/{prefix}rooms/{room.lower().replace(' ', '_')}/"
        grace.reload()
        expect(body).to_have_count(1, timeout=TIMEOUT)
        for page in (ada, grace):
            page.context.close()
    assert faults == []
