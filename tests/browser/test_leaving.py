"""The page for a second factor, one's data as a file, and deleting one's account: what others see, and what stays."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.browser.conftest import Meet
from tests.browser.play import complaints
from tests.browser.test_settings import PASSWORD, fits, signs_up


def test_two_factor_and_goodbye(meet: Meet, room: str) -> None:
    ada, bob = meet("Augusta"), meet("Bob")
    signs_up(ada, "augusta.leaves")
    ada.enters(room).says("farewell")
    bob.enters(room).sees("farewell")
    page = ada.page
    page.goto(f"{ada.site.url}/settings/")
    page.get_by_role("link", name="Two-factor sign-in").click()
    page.get_by_role("link", name="Switch it on").click()
    if page.get_by_label("Password", exact=True).count():
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("img", name="QR code of the secret below")).to_be_visible()
    assert fits(page)
    assert complaints(page) == []
    page.goto(f"{ada.site.url}/settings/")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Save the file").click()
    assert "farewell" in taken.value.path().read_text()
    page.get_by_label("They are erased for everybody").check()
    assert complaints(page) == []
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Delete my account").click()
    expect(page.get_by_role("heading", name="Goodbye")).to_be_visible()
    assert fits(page)
    assert complaints(page) == []
    kept = "indexedDB.databases().then((all) => all.map((one) => one.name))"
    page.wait_for_function(f"{kept}.then((names) => !names.includes('groupchat'))")
    expect(bob.page.get_by_text("farewell", exact=True)).to_have_count(0)
    assert complaints(bob.page) == []
