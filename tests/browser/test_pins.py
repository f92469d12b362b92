"""A room keeps messages in sight: pinned by the menu or a key, seen by all, listed beside the timeline."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Meet
from tests.browser.test_pictures import LIGHT, Look, check


@pytest.mark.parametrize("look", [LIGHT], ids=["light"])
def test_pinned_seen_by_all_and_unpinned(meet: Meet, room: str, look: Look) -> None:
    ada = meet("Ada").enters(room)
    grace = meet("Grace").enters(room)
    ada.says("Lunch is at noon").sees_sent("Lunch is at noon")
    ada.says("Doors open at nine").sees_sent("Doors open at nine")
    message = grace.sees("Lunch is at noon")
    message.hover()
    message.get_by_role("button", name="More", exact=True).click()
    grace.page.get_by_role("menuitem", name="Pin for all").click()
    for someone in (ada, grace):
        expect(someone.message("Lunch is at noon").locator(".message-sign")).to_have_text("Pinned by \u2068Grace\u2069")
        expect(someone.page.locator(".notice").last).to_contain_text("\u2068Grace\u2069 pinned a message")
        expect(someone.page.get_by_role("button", name="Pinned messages")).to_contain_text("1")
    # By key; the pane follows while it is open.
    ada.page.get_by_role("button", name="Pinned messages").click()
    pane = ada.page.get_by_role("complementary", name="Pinned messages")
    expect(pane.locator(".message-card")).to_have_count(1)
    grace.message("Doors open at nine").focus()
    grace.page.keyboard.press("p")
    expect(pane.locator(".message-card-text")).to_have_text(["Doors open at nine", "Lunch is at noon"])
    check(ada, "pins", look)
    ada.page.set_viewport_size({"width": 1280, "height": 800})
    pane.get_by_role("link").filter(has_text="Lunch is at noon").click()
    expect(ada.message("Lunch is at noon")).to_be_focused()
    pane.get_by_role("button", name="Unpin").first.click()
    expect(pane.locator(".message-card-text")).to_have_text(["Lunch is at noon"])
    ada.deletes("Lunch is at noon")
    expect(pane).to_contain_text("Nothing is pinned here")
    expect(grace.page.get_by_role("button", name="Pinned messages")).to_have_count(0)
    ada.page.keyboard.press("Escape")
    expect(pane).to_have_count(0)
