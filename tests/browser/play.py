"""People with browsers: `ada.says("hi"); grace.sees("hi")`."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from tests.server.served import Served, run

from groupchat.text import address_of

PICTURES = Path(__file__).parent.parent.parent / "screenshots"
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
# Everything in all databases of the page, as one text.
KEPT = """async () => {
  const found = [];
  for (const { name, version } of await indexedDB.databases()) {
    const database = await new Promise((done, fail) => {
      const asked = indexedDB.open(name, version);
      asked.onsuccess = () => done(asked.result);
      asked.onerror = () => fail(asked.error);
    });
    for (const store of database.objectStoreNames) {
      const all = database.transaction(store).objectStore(store).getAll();
      await new Promise((done) => (all.onsuccess = done));
      found.push(...all.result);
    }
    database.close();
  }
  return JSON.stringify(found);
}"""


class Site:
    """A running server, and what is done to it from outside of a browser."""

    def __init__(self, served: Served) -> None:
        self.served = served
        self.url = f"http://127.0.0.1:{served.port}"

    def address(self, room: str, number: int | None = None) -> str:
        return f"{self.url}/rooms/{quote(address_of(room), safe='')}/" + (f"{number}/" if number else "")

    def shell(self, code: str) -> str:
        """What the code prints, run in a process of its own with the server's settings."""
        done = run("shell", "-c", code, GROUPCHAT_DATA=str(self.served.data))
        assert done.returncode == 0, done.stderr
        return done.stdout

    def fill(self, room: str, count: int, *, author: str = "Historian", lines: int = 1) -> None:
        """Post so many messages into a room, as somebody who has no browser."""
        self.shell(
            f"""
from uuid import uuid4
from groupchat.actions.messages import Post, post
from groupchat.actions.people import Guest, person_of_guest
from groupchat.actions.rooms import enter
author = person_of_guest(guest=Guest(uuid4(), {author!r}))
room = enter(person=author, name={room!r}).room
start = room.last_number
for low in range(0, {count}, 100):
    numbers = range(start + low + 1, start + min(low + 100, {count}) + 1)
    posts = []
    for number in numbers:
        body = chr(10).join([f"message {{number}}"] + ["and a further line"] * (number % {lines}))
        posts.append(Post(room.pk, author, body, uuid4().hex))
    post(posts)
"""
        )


class Someone:
    """A person at one browser."""

    def __init__(self, site: Site, browser: Browser, name: str, **options: Any) -> None:
        self.site = site
        self.name = name
        settings: dict[str, Any] = {
            "locale": "en-GB",
            "timezone_id": "Europe/Berlin",
            "viewport": {"width": 1280, "height": 800},
        }
        self.context: BrowserContext = browser.new_context(**settings | options)
        self.context.set_default_timeout(30_000)
        self.page: Page = self.context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("console", self._heard)

    def _heard(self, message: Any) -> None:
        # A policy that blocks something says so here, and nowhere else.
        offline = "ERR_INTERNET_DISCONNECTED" in message.text or "WebSocket connection to" in message.text
        if message.type == "error" and not offline:
            self.faults.append(message.text)

    # --- doing

    def enters(self, room: str) -> Someone:
        """Through the home page the first time, through the field above the rooms later."""
        if self.page.url == "about:blank":
            self.page.goto(self.site.url)
            return self.enters_by_the_home_page(room)
        self.looks_for(room)
        there = self.page.locator("[role=option]").filter(has_text=room)
        there.filter(has=self.page.locator(".switcher-name").get_by_text(room, exact=True)).or_(
            self.page.get_by_role("option", name="Start “")
        ).first.click()
        self._is_in(room)
        join = self.page.locator(".room-note").get_by_role("button", name="Join")
        if join.is_visible():
            join.click()
            expect(join).to_have_count(0)
        return self

    def looks_for(self, room: str) -> Locator:
        """Types into the field for finding and starting rooms, and is there; gives the field."""
        if self.composer.is_visible() and not self.page.locator(".sidebar").is_visible():
            self.page.get_by_role("button", name="All rooms").click()
        self.page.get_by_role("button", name="Find or start a room").click()
        field = self.page.get_by_role("combobox", name="Find or start a room")
        field.fill(room)
        return field

    def enters_by_the_home_page(self, room: str) -> Someone:
        self.page.get_by_label("Which room?").fill(room)
        self.page.get_by_label("Your name").fill(self.name)
        self.page.get_by_role("button", name="Walk in").click()
        return self._is_in(room)

    def _is_in(self, room: str) -> Someone:
        expect(self.page.locator(".room-name")).to_have_text(room)
        expect(self.page.locator("[data-kind], .beginning").first).to_be_visible()
        return self

    def says(self, text: str) -> Someone:
        composer = self.composer
        composer.fill(text)
        composer.press("Enter")
        return self

    def deletes(self, text: str) -> None:
        message = self.message(text)
        message.hover()
        message.get_by_role("button", name="Delete").click()
        self.page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
        expect(message).to_have_count(0)

    def opens_about(self) -> Locator:
        """The dialog about the open room; gives it."""
        self.page.get_by_role("button", name=re.compile("^About this (room|conversation)$")).click()
        dialog = self.page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        return dialog

    def makes_it(self, kind: str) -> None:
        """The open room is of this kind from now on: Public, Announcements or Private."""
        dialog = self.opens_about()
        dialog.get_by_label("Kind").select_option(kind)
        dialog.get_by_role("button", name="Save").click()
        expect(self.page.get_by_role("dialog")).to_have_count(0)

    def opens_members(self) -> Locator:
        """The pane beside the timeline; gives it."""
        pane = self.page.get_by_role("complementary")
        if not pane.is_visible():
            self.page.get_by_role("button", name="Members", exact=True).click()
        expect(pane.locator(".member").first).to_be_visible()
        return pane

    def member(self, name: str) -> Locator:
        """The line of somebody in the pane of members."""
        return self.opens_members().locator(".member").filter(has=self.page.get_by_text(name, exact=True))

    def does_with(self, name: str, what: str) -> None:
        """Chooses this in the menu of a member."""
        self.member(name).get_by_role("button", name="Options for").click()
        self.page.get_by_role("menuitem", name=what, exact=True).click()

    def adds(self, *names: str) -> None:
        """Brings these people into the open room."""
        self.opens_members().get_by_role("button", name="Add people…").click()
        dialog = self.page.get_by_role("dialog")
        for name in names:
            dialog.get_by_role("combobox", name="Who?").fill(name)
            dialog.get_by_role("option", name=name).first.click()
        dialog.get_by_role("button", name="Add", exact=True).click()
        expect(self.page.get_by_role("dialog")).to_have_count(0)

    def goes_offline(self) -> None:
        self.context.set_offline(True)
        expect(self.page.locator(".banner")).to_be_visible()

    def comes_online(self) -> None:
        self.context.set_offline(False)

    def looks_away(self) -> None:
        """The window loses the focus, which an automated browser never does by itself."""
        self.page.evaluate("document.hasFocus = () => false; window.dispatchEvent(new Event('blur'))")

    def looks_back(self) -> None:
        self.page.evaluate("document.hasFocus = () => true; window.dispatchEvent(new Event('focus'))")

    # --- seeing

    @property
    def composer(self) -> Locator:
        return self.page.locator("#composer")

    @property
    def messages(self) -> Locator:
        return self.page.locator(".message")

    def message(self, text: str) -> Locator:
        return self.messages.filter(has=self.page.locator(".body", has_text=text))

    def sees(self, text: str) -> Locator:
        found = self.message(text)
        expect(found).to_have_count(1)
        return found

    def sees_sent(self, text: str) -> None:
        """On screen, and confirmed by the server."""
        expect(self.message(text).and_(self.page.locator("[data-number]"))).to_have_count(1)

    def keeps(self, text: str, wanted: bool = True) -> None:
        """Wait until it is, or is not any more, in a database of the page."""
        deadline = time.monotonic() + 30
        while (text in self.page.evaluate(KEPT)) != wanted:
            assert time.monotonic() < deadline, f"{text!r} is {'not ' * wanted}kept"
            self.page.wait_for_timeout(50)

    def bodies(self) -> list[str]:
        return self.page.locator(".message .body").all_inner_texts()

    def unread(self, room: str) -> Locator:
        link = self.page.locator(".room-link").filter(has_text=room)
        return link.locator(".badge [aria-hidden]")

    def photograph(self, name: str) -> None:
        PICTURES.mkdir(exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")


def becomes_true(page: Page, condition: str) -> None:
    """By the clock, for nothing is painted while a sheet is on its way; and by no `eval`, which the page forbids."""
    page.evaluate(f"async () => {{ while (!({condition})) await new Promise((done) => setTimeout(done, 20)); }}")


def complaints(page: Page) -> list[str]:
    """What axe finds serious or critical on the page as it is."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']} ({violation['impact']}): {json.dumps([node['target'] for node in violation['nodes']])}"
        for violation in found["violations"]
        if violation["impact"] in ("serious", "critical")
    ]
