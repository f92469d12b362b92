"""Read is what was visible in a window that somebody looked at; all devices of a person agree."""

from __future__ import annotations

from playwright.sync_api import Browser, expect
from tests.browser.conftest import Meet
from tests.browser.play import Site


def test_two_devices_share_read_marks(meet: Meet, site: Site, room: str) -> None:
    desk = meet("Ada").enters(room)
    desk.enters(f"{room} two")
    phone = meet("Ada", storage_state=desk.context.storage_state())
    phone.page.goto(site.address(f"{room} two"))
    expect(phone.page.locator(".me-name").first).to_have_text("Ada")
    grace = meet("Grace").enters(room)
    for index in range(3):
        grace.says(f"news {index}")
    expect(desk.unread(room)).to_have_text("3")
    expect(phone.unread(room)).to_have_text("3")
    phone.page.locator(".room-link").filter(has_text=room).first.click()
    phone.sees("news 2")
    expect(phone.unread(room)).to_have_count(0)
    expect(desk.unread(room)).to_have_count(0)


def test_a_window_nobody_looks_at_reads_nothing(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.looks_away()
    grace = meet("Grace").enters(room)
    grace.says("are you there?")
    ada.sees("are you there?")
    expect(ada.unread(room)).to_have_text("1")
    # It stays unread as long as nobody looks, whatever else arrives.
    grace.says("hello?")
    expect(ada.unread(room)).to_have_text("2")
    ada.looks_back()
    expect(ada.unread(room)).to_have_count(0)
    expect(ada.page.locator(".new-line")).to_be_visible()


def test_what_came_while_away_is_not_skipped(meet: Meet, site: Site, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.says("I am off")
    ada.sees_sent("I am off")
    ada.looks_away()
    site.fill(room, 60)
    expect(ada.unread(room)).to_have_text("60")
    expect(ada.page.locator('[data-number="2"]')).to_be_in_viewport()
    ada.looks_back()
    # The last of them was never on screen, so it is still unread.
    expect(ada.page.locator(".jump-pill")).to_contain_text("new")
    assert int(ada.unread(room).inner_text()) > 20


def test_opening_alone_marks_nothing(meet: Meet, site: Site, room: str, browser: Browser) -> None:
    ada = meet("Ada").enters(room)
    ada.says("start")
    ada.sees_sent("start")
    ada.page.goto("about:blank")
    site.fill(room, 80)
    ada.context.add_init_script("document.hasFocus = () => false")
    ada.page.goto(site.address(room))
    expect(ada.page.locator('[data-number="2"]')).to_be_in_viewport()
    expect(ada.unread(room)).to_have_text("80")
