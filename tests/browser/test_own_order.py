"""One's own order of the pinned rooms."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.browser.conftest import Meet


def test_pinned_rooms_are_put_in_order_by_keys_and_by_dragging(meet: Meet, room: str) -> None:
    ada = meet("Ada Orders")
    for name in ("one", "two", "three"):
        ada.enters(f"{room} {name}")
        ada.page.get_by_role("button", name="About this room").click()
        ada.page.get_by_label("Pin it to the top of my list").check()
        ada.page.keyboard.press("Escape")
    ada.enters("elsewhere")
    pinned = ada.page.get_by_role("region", name="Pinned").locator(".room-link")
    expect(pinned).to_contain_text([f"{room} one", f"{room} three", f"{room} two"])
    pinned.nth(2).focus()
    ada.page.keyboard.press("Alt+Shift+ArrowUp")
    expect(pinned).to_contain_text([f"{room} one", f"{room} two", f"{room} three"])
    expect(pinned.nth(1)).to_be_focused()
    pinned.nth(2).drag_to(pinned.nth(0))
    expect(pinned).to_contain_text([f"{room} three", f"{room} one", f"{room} two"])
    ada.page.reload()
    expect(pinned).to_contain_text([f"{room} three", f"{room} one", f"{room} two"])
