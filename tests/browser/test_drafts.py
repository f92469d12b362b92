"""A draft is on all devices of its writer."""

from __future__ import annotations

from playwright.sync_api import Browser, expect
from tests.browser.conftest import Meet
from tests.browser.play import Site


def test_what_is_written_here_stands_there_and_is_gone_when_it_is_sent(
    meet: Meet, site: Site, browser: Browser, room: str
) -> None:
    ada = meet("Ada").enters(f"{room} else").enters(room)
    phone = meet("Ada", storage_state={"cookies": ada.context.cookies()}, viewport={"width": 390, "height": 800})
    # The first word makes a person of who came without an account.
    ada.says("hello")
    phone.page.goto(f"{site.url}/rooms/")
    ada.composer.press_sequentially("not yet")
    mark = phone.page.get_by_role("link", name=room).filter(has_text="draft")
    expect(mark).to_have_count(1)
    phone.page.goto(site.address(room.lower()))
    expect(phone.composer).to_have_value("not yet")
    ada.composer.press("Enter")
    ada.sees_sent("not yet")
    expect(phone.composer).to_have_value("")
    phone.sees("not yet")
