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


def test_what_was_written_offline_reads_nothing_that_came_meanwhile(meet: Meet, site: Site, room: str) -> None:
    ada = meet("Ada").enters(f"{room} two")
    ada.enters(room)
    ada.says("before")
    ada.sees_sent("before")
    ada.goes_offline()
    ada.says("written offline")
    ada.page.locator(".room-link").filter(has_text=f"{room} two").click()
    expect(ada.page.locator(".room-name")).to_have_text(f"{room} two")
    site.fill(room, 30)
    ada.comes_online()
    expect(ada.unread(room)).to_have_text("30")
    expect(ada.page.locator(".banner")).to_have_count(0)
    ada.page.locator(".room-link").filter(has_text=room).filter(has_not_text="two").click()
    expect(ada.page.locator(".new-line")).to_be_visible()
    expect(ada.page.locator('[data-kind="new"] + [data-number="2"]')).to_have_count(1)
    ada.sees_sent("written offline")


def test_what_was_deleted_unseen_is_new_to_nobody(meet: Meet, room: str) -> None:
    desk = meet("Ada").enters(room)
    desk.enters(f"{room} two")
    phone = meet("Ada", storage_state=desk.context.storage_state())
    phone.page.goto(desk.page.url)
    grace = meet("Grace").enters(room)
    for text in ("first", "second"):
        grace.says(text)
        grace.sees_sent(text)
    for device in (desk, phone):
        expect(device.unread(room)).to_have_text("2")
        expect(device.page).to_have_title(f"(2) \u2068{room} two\u2069 · Group Chat")
    grace.deletes("first")
    for device in (desk, phone):
        expect(device.unread(room)).to_have_text("1")
        expect(device.page).to_have_title(f"(1) \u2068{room} two\u2069 · Group Chat")
    grace.deletes("second")
    for device in (desk, phone):
        expect(device.unread(room)).to_have_count(0)
    phone.page.reload()
    expect(phone.page.locator(".room-name")).to_have_text(f"{room} two")
    expect(phone.page.locator(".connection")).to_have_text("Connected")
    expect(phone.unread(room)).to_have_count(0)
