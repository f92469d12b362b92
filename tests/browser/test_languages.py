"""The page speaks its reader's language from the first moment, without a network too, and English where it can't."""

from __future__ import annotations

from playwright.sync_api import Route, expect
from tests.browser.conftest import Meet
from tests.browser.play import Someone
from tests.browser.test_offline import kept_for_offline

CATALOGUE = "**/i18n/*.json"


def enters_in_german(ada: Someone, room: str) -> None:
    ada.page.goto(ada.site.url)
    ada.page.get_by_label("Welcher Raum?").fill(room)
    ada.page.get_by_label("Dein Name").fill("Ada")
    ada.page.get_by_role("button", name="Hereinkommen").click()
    expect(ada.page.locator(".room-name")).to_have_text(room)


def test_nothing_is_drawn_before_its_texts_are_there(meet: Meet, room: str) -> None:
    ada = meet("Ada", locale="de-DE", service_workers="block")
    enters_in_german(ada, room)
    held: list[Route] = []
    asked: list[str] = []
    ada.page.route(CATALOGUE, lambda route: held.append(route))
    ada.page.on("request", lambda request: asked.append(request.url))
    with ada.page.expect_response("**/bundle/app.js"):
        ada.page.reload(wait_until="commit")
    ada.page.wait_for_timeout(500)  # too short a time hides a fault, and makes none
    assert held
    expect(ada.page.locator("#app > .panes")).to_have_class("panes skeleton")
    expect(ada.page.locator("#app button")).to_have_count(0)
    for route in held:
        route.continue_()
    expect(ada.page.get_by_role("button", name="Raum finden oder eröffnen")).to_be_visible()
    expect(ada.page.locator("#app")).to_have_attribute("lang", "de")
    catalogues = [url for url in asked if "/i18n/" in url]
    assert len(catalogues) == 1, "what was preloaded is what the page takes"


def test_german_without_a_network(meet: Meet, room: str) -> None:
    ada = meet("Ada", locale="de-DE")
    enters_in_german(ada, room)
    kept_for_offline(ada)
    ada.goes_offline()
    ada.page.reload()
    expect(ada.page.locator(".banner")).to_contain_text("Keine Verbindung.")
    expect(ada.page.get_by_role("button", name="Raum finden oder eröffnen")).to_be_visible()


def test_texts_that_cannot_be_had_are_english(meet: Meet, room: str) -> None:
    ada = meet("Ada", locale="de-DE", service_workers="block")
    ada.page.route(CATALOGUE, lambda route: route.abort())
    enters_in_german(ada, room)
    expect(ada.page.get_by_role("button", name="Find or start a room")).to_be_visible()
    expect(ada.page.locator("#app")).to_have_attribute("lang", "en")
    ada.says("still a chat")
    ada.sees_sent("still a chat")
    assert ada.faults
    assert all("ERR_FAILED" in fault for fault in ada.faults)
    ada.faults.clear()


def test_english_loads_no_texts(meet: Meet, room: str) -> None:
    ada = meet("Ada", service_workers="block")
    asked: list[str] = []
    ada.page.on("request", lambda request: asked.append(request.url))
    ada.enters(room)
    expect(ada.page.get_by_role("button", name="Find or start a room")).to_be_visible()
    assert any(url.endswith("/bundle/app.js") for url in asked)
    assert not [url for url in asked if "/i18n/" in url]


def test_what_opens_comes_when_it_is_used_and_says_where_it_cannot(meet: Meet, room: str) -> None:
    ada = meet("Ada", locale="de-DE", service_workers="block")
    enters_in_german(ada, room)
    asked: list[str] = []
    ada.page.on("request", lambda request: asked.append(request.url))
    ada.page.route("**/bundle/lazy-*.js", lambda route: route.abort())
    about = ada.page.get_by_role("button", name="Über diesen Raum")
    about.click()
    expect(ada.page.locator(".toast")).to_contain_text("Lade sie neu")
    expect(ada.page.get_by_role("dialog")).to_have_count(0)
    ada.page.unroute("**/bundle/lazy-*.js")
    ada.page.reload()
    about.click()
    expect(ada.page.get_by_role("dialog").get_by_role("button", name="Raum archivieren")).to_be_visible()
    assert any(url.endswith("/i18n/lazy/de.json") for url in asked)
    assert ada.faults
    ada.faults.clear()


def test_what_is_typed_before_a_dialog_is_here_goes_into_it(meet: Meet, room: str) -> None:
    ada = meet("Ada", service_workers="block").enters(room)
    held: list[Route] = []
    ada.page.route("**/bundle/lazy-*.js", lambda route: held.append(route))
    ada.page.reload()
    expect(ada.page.locator(".room-name")).to_have_text(room)
    ada.page.keyboard.press("Control+k")
    ada.page.keyboard.type("a room of keys")
    ada.page.wait_for_timeout(200)  # too short a time hides a fault, and makes none
    assert held
    expect(ada.composer).to_have_value("")
    held[0].continue_()
    expect(ada.page.get_by_role("combobox")).to_have_value("a room of keys")
    ada.page.keyboard.press("Enter")
    expect(ada.page.locator(".room-name")).to_have_text("a room of keys")
