"""What one sets aside: saved messages, reminders, messages that are sent later; on every page of one's own."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Meet
from tests.browser.play import Site
from tests.browser.test_pictures import LIGHT, Look, check

# The clock is the server's: it is told that the time has come.
IT_IS_TIME = """
from datetime import timedelta
from django.utils import timezone
from groupchat.models import SavedMessage, ScheduledMessage
past = timezone.now() - timedelta(seconds=1)
SavedMessage.objects.filter(remind_at__isnull=False).update(remind_at=past)
ScheduledMessage.objects.filter(try_at__isnull=False).update(try_at=past)
"""


@pytest.mark.parametrize("look", [LIGHT], ids=["light"])
def test_saved_and_reminded_on_all_pages(meet: Meet, room: str, site: Site, look: Look) -> None:
    ada = meet("Ada").enters(room)
    ada.says("Book the train").sees_sent("Book the train")
    ada.message("Book the train").focus()
    ada.page.keyboard.press("s")
    sign = ada.message("Book the train").locator(".message-sign")
    expect(sign).to_have_text("Saved")
    other = ada.context.new_page()
    other.goto(ada.page.url)
    expect(other.locator(".message-sign")).to_have_text("Saved")
    message = ada.message("Book the train")
    message.hover()
    message.get_by_role("button", name="More", exact=True).click()
    ada.page.get_by_role("menuitem", name="Remind me…").click()
    ada.page.get_by_role("dialog").get_by_role("button", name="In an hour").click()
    expect(sign).to_contain_text("Saved, reminder")
    site.shell(IT_IS_TIME)
    for page in (ada.page, other):
        expect(page.locator(".toast")).to_contain_text("Reminder: a message in")
        expect(page.locator(".message-sign")).to_have_text("Reminder")
    other.close()
    ada.page.get_by_role("button", name="1 reminder").click()
    dialog = ada.page.get_by_role("dialog", name="Saved messages")
    expect(dialog.locator(".message-card-text")).to_have_text("Book the train")
    check(ada, "saved", look)
    ada.page.set_viewport_size({"width": 1280, "height": 800})
    dialog.get_by_role("button", name="Remind me…").click()
    check(ada, "when", look)
    ada.page.set_viewport_size({"width": 1280, "height": 800})
    ada.page.get_by_role("dialog").get_by_role("button", name="Tomorrow at 9:00").click()
    expect(sign).to_contain_text("Saved, reminder")
    ada.page.get_by_role("button", name="Saved messages").click()
    dialog.get_by_role("button", name="Take it out").click()
    expect(dialog).to_contain_text("You have saved nothing.")
    ada.page.keyboard.press("Escape")
    expect(sign).to_have_count(0)


@pytest.mark.parametrize("look", [LIGHT], ids=["light"])
def test_sent_later_or_not_at_all(meet: Meet, room: str, site: Site, look: Look) -> None:
    ada = meet("Ada").enters(room)
    ada.says("Hello").sees_sent("Hello")
    for text in ("Good morning", "Never mind", "At once"):
        ada.composer.fill(text)
        ada.page.get_by_role("button", name="Send later").click()
        ada.page.get_by_role("menuitem", name="Tomorrow at 9:00").click()
        expect(ada.composer).to_have_value("")
    ada.page.get_by_role("button", name="3 messages to be sent").click()
    dialog = ada.page.get_by_role("dialog", name="To be sent")
    expect(dialog.locator(".message-card-text")).to_have_text(["Good morning", "Never mind", "At once"])
    check(ada, "scheduled", look)
    ada.page.set_viewport_size({"width": 1280, "height": 800})
    cards = dialog.locator(".message-card")
    cards.nth(0).get_by_role("button", name="Edit").click()
    cards.nth(0).get_by_label("Message").fill("Good morning, all")
    cards.nth(0).get_by_role("button", name="Save").click()
    expect(cards.nth(0).locator(".message-card-text")).to_have_text("Good morning, all")
    cards.nth(1).get_by_role("button", name="Don't send").click()
    expect(cards).to_have_count(2)
    cards.nth(1).get_by_role("button", name="Send now").click()
    expect(cards).to_have_count(1)
    ada.page.keyboard.press("Escape")
    ada.sees("At once")
    site.shell(IT_IS_TIME)
    ada.sees("Good morning, all")
    expect(ada.message("Never mind")).to_have_count(0)
    expect(ada.page.get_by_role("button", name="to be sent")).to_have_count(0)
