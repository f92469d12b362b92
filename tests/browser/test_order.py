"""Keeping order by the page: slow, locked, shut; reported, looked at, deleted."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect
from tests.browser.play import Someone

Meet = Callable[..., Someone]


def test_a_room_is_slow_locked_and_shut_and_says_so(meet: Meet, room: str) -> None:
    ada = meet("Ada Calm").enters(room)
    bob = meet("Bob Hasty").enters(room)
    bob.says("first")
    ada.sees("first")
    about = ada.opens_about()
    about.get_by_label("Members write").select_option("every 10 seconds")
    foot = bob.page.locator("#composer-count")
    expect(foot).to_contain_text("Slow:")
    bob.says("second")
    bob.says("third")
    expect(foot).to_contain_text("the next message goes out in")
    bob.photograph("slow")
    ada.sees("third")
    about.get_by_label("Members write").select_option("as often as they like")
    expect(foot).not_to_contain_text("Slow")
    about.get_by_label("Locked").check()
    expect(bob.page.locator(".no-writing")).to_contain_text("locked for now")
    about.get_by_role("button", name="Let nobody new in for an hour").click()
    ada.photograph("order")
    ada.page.keyboard.press("Escape")
    carl = meet("Carl Curious").enters(f"{room} too")
    carl.page.goto(ada.site.address(room))
    expect(carl.page.locator(".no-writing")).to_contain_text("locked for now")
    ada.page.get_by_role("button", name="Unlock it").click()
    expect(bob.composer).to_be_visible()
    expect(carl.page.locator(".no-writing")).to_contain_text("Nobody new comes in until")
    expect(bob.page.locator(".room-note")).to_contain_text("Nobody new comes in until")
    bob.photograph("raid")
    ada.page.get_by_role("button", name="Let people in again").click()
    expect(carl.composer).to_be_visible()


def test_what_is_reported_is_looked_at_and_what_somebody_wrote_is_deleted(meet: Meet, room: str) -> None:
    ada = meet("Ada Keeps").enters(room)
    bob = meet("Bob Spams").enters(room)
    carl = meet("Carl Reports").enters(room)
    bob.says("Buy now")
    carl.says("please not here")
    carl.sees("Buy now")
    carl.message("Buy now").hover()
    carl.message("Buy now").get_by_role("button", name="Report").click()
    dialog = carl.page.get_by_role("dialog")
    dialog.get_by_label("Why").select_option("Advertising or spam")
    dialog.get_by_label("What else").fill("The third time")
    carl.photograph("report")
    dialog.get_by_role("button", name="Report", exact=True).click()
    expect(carl.page.locator(".toast")).to_contain_text("Reported")
    ada.page.get_by_role("button", name="1 report").click()
    queue = ada.page.get_by_role("dialog")
    expect(queue.locator(".report")).to_contain_text("Buy now")
    expect(queue.locator(".report-words")).to_contain_text("The third time")
    queue.get_by_role("button", name="I look at it").click()
    expect(queue.locator(".report-words")).to_contain_text("Ada Keeps\u2069 looks at it")
    ada.photograph("reports")
    queue.get_by_role("button", name="Delete").click()
    expect(bob.page.locator(".tombstone")).to_have_count(1)
    queue.get_by_role("button", name="Done", exact=True).click()
    expect(queue).to_contain_text("Nothing waits to be looked at.")
    expect(carl.page.locator(".toast")).to_contain_text("Somebody looked at what you reported")
    ada.page.keyboard.press("Escape")
    expect(ada.page.get_by_role("button", name="1 report")).to_have_count(0)
    bob.says("Buy this")
    bob.says("Buy that")
    ada.sees("Buy that")
    ada.does_with("Bob Spams", "Delete their messages…")
    queue.get_by_role("button", name="Delete").click()
    expect(carl.page.locator(".tombstone")).to_have_count(3)
    expect(ada.page.locator(".toast")).to_contain_text("2 messages were deleted.")
