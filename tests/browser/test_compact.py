"""Density by choice: it is there before the first paint, on this device."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.browser.conftest import Meet
from tests.browser.play import complaints


def test_compact_shows_no_pictures_and_stays(meet: Meet, room: str) -> None:
    grace = meet("Grace Hopper").enters(room)
    grace.says("Good morning, all of you.").says("Who opens today?")
    ada = meet("Ada", viewport={"width": 1280, "height": 800}).enters(room)
    ada.says("I do.")
    ada.sees_sent("I do.")
    before = ada.page.locator(".rows").bounding_box()
    ada.page.locator(".me").click()
    ada.page.get_by_label("Compact: no pictures, names in the line").check()
    ada.page.get_by_role("dialog").get_by_role("button", name="Close").click()
    expect(ada.page.locator(".message .avatar:visible")).to_have_count(0)
    after = ada.page.locator(".rows").bounding_box()
    assert before is not None
    assert after is not None
    assert after["height"] < before["height"]
    assert complaints(ada.page) == []
    ada.photograph("compact")
    ada.page.set_viewport_size({"width": 390, "height": 800})
    ada.page.reload()
    expect(ada.sees("I do.")).to_be_visible()
    expect(ada.page.locator(".message .avatar:visible")).to_have_count(0)
    assert complaints(ada.page) == []
    ada.photograph("compact-phone")
