"""Several messages at once: deleted, and taken back; forwarded as links; copied as text."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Meet
from tests.browser.test_pictures import LIGHT, Look, check


@pytest.mark.parametrize("look", [LIGHT], ids=["light"])
def test_some_are_chosen_and_something_is_done_with_them(meet: Meet, room: str, look: Look) -> None:
    ada = meet("Ada", permissions=["clipboard-read", "clipboard-write"]).enters(f"{room} two")
    ada.enters(room)
    for text in ("first", "second", "third"):
        ada.says(text).sees_sent(text)
    ada.message("first").focus()
    ada.page.keyboard.press("x")
    bar = ada.page.get_by_role("toolbar", name="Selected messages")
    expect(bar).to_contain_text("1 selected")
    ada.message("third").get_by_role("checkbox").check()
    expect(bar).to_contain_text("2 selected")
    check(ada, "selecting", look)
    ada.page.set_viewport_size({"width": 1280, "height": 800})
    bar.get_by_role("button", name="Copy as text").click()
    expect(bar).to_have_count(0)
    copied = ada.page.evaluate("navigator.clipboard.readText()")
    assert [line for line in copied.split("\n") if line in ("first", "second", "third")] == ["first", "third"]
    for text in ("first", "third"):
        ada.message(text).focus()
        ada.page.keyboard.press("x")
    bar.get_by_role("button", name="Delete…").click()
    ada.page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(ada.message("third")).to_have_count(0)
    ada.page.locator(".toast").get_by_role("button", name="Undo").click()
    ada.sees("first")
    ada.message("third").focus()
    ada.page.keyboard.press("x")
    ada.page.keyboard.press("Escape")
    expect(bar).to_have_count(0)
    ada.message("second").focus()
    ada.page.keyboard.press("x")
    bar.get_by_role("button", name="Forward…").click()
    dialog = ada.page.get_by_role("dialog")
    dialog.get_by_label("Room").fill("two")
    dialog.get_by_role("button", name=f"{room} two").click()
    expect(ada.page.locator(".room-name")).to_have_text(f"{room} two")
    expect(ada.composer).to_have_value(ada.site.address(room, 2))
