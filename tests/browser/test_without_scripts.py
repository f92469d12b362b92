"""With JavaScript switched off the pages around the chat work, and the chat itself says what it needs."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.browser.conftest import Meet
from tests.browser.play import Someone


def was_answered_with(someone: Someone, status: int) -> None:
    """The browser counts that as a fault; nothing else may have been one."""
    assert [f"status of {status} " in fault for fault in someone.faults] == [True]
    someone.faults.clear()


def test_one_enters_and_is_told(meet: Meet, room: str) -> None:
    ada = meet("Ada", java_script_enabled=False)
    ada.page.goto(ada.site.url)
    ada.page.get_by_label("Which room?").fill("a/b")
    ada.page.get_by_label("Your name").fill("Ada")
    ada.page.get_by_role("button", name="Walk in").click()
    expect(ada.page.get_by_role("alert")).to_contain_text("That can't be a room's name.")
    ada.page.get_by_label("Which room?").fill(room)
    ada.page.get_by_role("button", name="Walk in").click()
    expect(ada.page).to_have_url(ada.site.address(room) + "#made")
    expect(ada.page.get_by_role("heading", name="This page needs JavaScript")).to_be_in_viewport()
    was_answered_with(ada, 422)


def test_an_account_is_seen_to(meet: Meet) -> None:
    ada = meet("Ada", java_script_enabled=False)
    ada.page.goto(f"{ada.site.url}/accounts/signup/")
    ada.page.get_by_label("Username").fill("ada.without.scripts")
    ada.page.get_by_label("Password").fill("a difference engine")
    ada.page.get_by_role("button", name="Sign up").click()
    ada.page.goto(f"{ada.site.url}/accounts/email/")
    ada.page.get_by_label("Mail address").fill("ada@example.org")
    ada.page.get_by_role("button", name="Add this address").click()
    expect(ada.page.get_by_role("radio", name="ada@example.org")).to_be_checked()
    ada.page.get_by_role("link", name="Password").click()
    ada.page.get_by_label("Password until now").fill("a difference engine")
    ada.page.get_by_label("New password").fill("an analytical engine")
    ada.page.get_by_label("Once more").fill("an analytical engine")
    ada.page.get_by_role("button", name="Change the password").click()
    expect(ada.page.get_by_role("status")).to_have_text("Your password is changed.")
    ada.page.goto(f"{ada.site.url}/accounts/logout/")
    ada.page.get_by_role("main").get_by_role("button", name="Sign out").click()
    expect(ada.page.get_by_label("Which room?")).to_be_visible()
    ada.page.goto(f"{ada.site.url}/nothing/")
    ada.page.get_by_role("link", name="To the rooms").click()
    expect(ada.page).to_have_url(f"{ada.site.url}/")
    was_answered_with(ada, 404)
