"""A guest who signs up or in: what they wrote stays theirs, in all tabs."""

from __future__ import annotations

from uuid import uuid4

from playwright.sync_api import expect
from tests.browser.conftest import Meet
from tests.browser.play import Someone, complaints

PASSWORD = "correct horse battery"
NAME = "Augusta Byron"  # nobody else's in these tests: it is an account's in the end, and no guest bears it then


def signs_up(someone: Someone, name: str) -> None:
    someone.page.goto(f"{someone.site.url}/accounts/signup/")
    someone.page.get_by_label("Username").fill(name)
    someone.page.get_by_label("Password").fill(PASSWORD)
    someone.page.locator("main").get_by_role("button", name="Sign up").click()
    someone.page.wait_for_url("**/rooms/**")


def username() -> str:
    return f"ada{uuid4().hex[:8]}"


def test_who_signs_up_keeps_everything_and_other_tabs_go_on(meet: Meet, room: str) -> None:
    bob = meet("Bob").enters(room)
    ada = meet(NAME).enters(room)
    ada.says("as a guest")
    bob.sees("as a guest")
    ada.sees_sent("as a guest")
    first, address = ada.page, ada.page.url
    ada.page = ada.context.new_page()
    signs_up(ada, username())
    expect(ada.page.locator(".room-link").filter(has_text=room)).to_have_count(1)
    ada.page.goto(address)
    mine = ada.sees("as a guest")
    mine.hover()
    expect(mine.get_by_role("button", name="Edit")).to_be_visible()
    ada.page = first  # it was open all the time
    ada.says("from the other tab")
    ada.sees_sent("from the other tab")
    expect(bob.sees("from the other tab")).to_be_visible()
    expect(bob.page.locator(".message .author")).to_have_text([NAME])
    assert ada.bodies() == ["as a guest", "from the other tab"]


def test_who_signs_in_makes_it_theirs(meet: Meet, room: str) -> None:
    name = username()
    signs_up(meet("Countess"), name)
    bob = meet("Bob").enters(room)
    ada = meet("Lady Lovelace").enters(room)
    ada.says("as a guest")
    bob.sees("as a guest")
    ada.sees_sent("as a guest")
    ada.page.goto(f"{ada.site.url}/accounts/login/")
    ada.page.get_by_label("Username or mail address").fill(name)
    ada.page.get_by_label("Password").fill(PASSWORD)
    ada.page.locator("main").get_by_role("button", name="Sign in").click()
    expect(ada.page.get_by_role("heading")).to_contain_text("You wrote as Lady Lovelace before you signed in")
    assert complaints(ada.page) == []
    ada.photograph("guest")
    ada.page.get_by_role("button", name="Make it mine").click()
    expect(bob.sees("as a guest").locator(".author")).to_have_text(name)
    ada.page.locator(".room-link").filter(has_text=room).click()
    ada.sees("as a guest")
    ada.says("signed in")
    bob.sees("signed in")
