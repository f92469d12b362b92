"""One's own page: picture, pronouns, look, devices; and what of it others see. And whom one blocks."""

from __future__ import annotations

from io import BytesIO

from PIL import Image
from playwright.sync_api import Page, expect
from tests.browser.conftest import Meet
from tests.browser.play import Someone, complaints

PASSWORD = "a difference engine"


def a_file(name: str, colour: tuple[int, int, int]) -> dict[str, object]:
    content = BytesIO()
    Image.new("RGB", (400, 300), colour).save(content, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": content.getvalue()}


def signs_up(someone: Someone, username: str) -> None:
    page = someone.page
    page.goto(f"{someone.site.url}/accounts/signup/")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    expect(page).not_to_have_url(f"{someone.site.url}/accounts/signup/")


def saves(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Saved.")


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_ones_own_page_and_what_others_see_of_it(meet: Meet, room: str) -> None:
    ada, bob = meet("Augusta", timezone_id="Europe/Berlin"), meet("Bob")
    signs_up(ada, "augusta.settings")
    ada.enters(room).says("here I am")
    bob.enters(room)
    message = bob.sees("here I am")
    expect(message.locator(".avatar img")).to_have_count(0)
    ada.page.locator(".me").click()
    ada.page.get_by_role("link", name="All settings").click()
    page = ada.page
    expect(page.get_by_role("heading", name="Settings", exact=True)).to_be_visible()
    page.get_by_label("Choose a picture").set_input_files(a_file("me.png", (30, 90, 200)))  # type: ignore[arg-type]
    saves(page, "Save the picture")
    page.get_by_label("Your pronouns").fill("she/her")
    page.get_by_role("button", name="Use the time zone of this browser: Europe/Berlin").click()
    saves(page, "Save this")
    page.get_by_role("textbox", name="Your handle").fill("lovelace.settings")
    saves(page, "Save the handle")
    page.get_by_label("Dark").check()
    saves(page, "Save the appearance")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_text("this one")).to_be_visible()
    assert complaints(page) == []
    for width in (320, 700, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert fits(page)
        ada.photograph(f"settings-{width}")
    picture = message.locator(".avatar img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 64
    message.locator(".author").click()
    card = bob.page.locator(".person-card")
    expect(card).to_contain_text("@lovelace.settings")
    expect(card).to_contain_text("she/her")
    expect(card).to_contain_text("It is ")
    assert complaints(bob.page) == []
    bob.photograph("card-with-picture")
    page.goto(ada.site.address(room))
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    ada.opens_about().get_by_label("Picture of the room").set_input_files(a_file("room.png", (200, 60, 60)))  # type: ignore[arg-type]
    expect(bob.page.locator(".sidebar .room-picture img").first).to_be_visible()
    assert complaints(page) == []
    ada.photograph("room-picture")


def test_who_is_blocked_is_folded_away_on_all_devices(meet: Meet, room: str) -> None:
    ada, bob = meet("Ada").enters(room), meet("Bob").enters(room)
    bob.says("buy my things")
    ada.sees("buy my things").locator(".author").click()
    card = ada.page.locator(".person-card")
    card.get_by_role("button", name="Block").click()
    expect(card.get_by_role("button", name="Don’t block any more")).to_be_visible()
    expect(ada.page.get_by_text("A message of somebody you blocked.")).to_be_visible()
    expect(ada.page.locator(".message", has_text="buy my things")).to_have_count(0)
    assert complaints(ada.page) == []
    ada.photograph("blocked")
    bob.says("and these")
    expect(ada.page.get_by_text("A message of somebody you blocked.")).to_have_count(2)
    expect(ada.page.get_by_text("and these")).to_have_count(0)  # nor is it read out
    ada.page.reload()
    ada.page.get_by_role("button", name="Show it").first.click()
    expect(ada.page.get_by_role("main").get_by_text("buy my things").first).to_be_visible()
    ada.page.goto(f"{ada.site.url}/settings/")
    ada.page.get_by_role("button", name="Don’t block any more").click()
    expect(ada.page.get_by_role("status")).to_have_text("Saved.")
    ada.page.goto(ada.site.address(room))
    ada.sees("buy my things")
