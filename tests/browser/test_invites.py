"""Invite links: made in the dialog of a room, and gone through by somebody who was never here."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from tests.browser.conftest import Meet


def test_by_a_link_a_stranger_comes_into_a_private_room(meet: Meet, room: str) -> None:
    ada = meet("Ada Links").enters(room)
    ada.makes_it("Private")
    ada.says("come all")
    ada.opens_about().get_by_role("button", name="Invite by link…").click()
    dialog = ada.page.get_by_role("dialog", name="Invite by link")
    dialog.get_by_label("For how many people").select_option("5")
    dialog.get_by_role("button", name="Make a link").click()
    field = dialog.get_by_label("Whoever has this link comes in")
    expect(field).to_have_value(re.compile(r"^http.*/join/[\w-]{20,}/$"))
    expect(dialog.get_by_role("img", name="QR code of the link")).to_be_visible()
    expect(dialog.locator(".sanction-words")).to_contain_text("0 of 5 came")
    ada.photograph("invite-dialog")
    with ada.page.context.expect_page() as opened:
        dialog.get_by_role("button", name="Page to print").click()
    card = opened.value
    expect(card.locator(".invite-address")).to_have_text(field.input_value())
    expect(card.get_by_role("img", name="QR code of the link")).to_be_visible()
    card.close()

    grace = meet("Grace Linked")
    grace.page.goto(field.input_value())
    assert "/join/" in grace.page.url
    assert field.input_value() not in grace.page.url
    expect(grace.page.locator("h1")).to_contain_text(room)
    expect(grace.page.locator(".lead")).to_contain_text("Ada Links invites you. 1 person is in this room.")
    grace.photograph("invited")
    grace.page.get_by_label("Your name").fill("Grace Linked")
    grace.page.get_by_role("button", name="Walk in").click()
    expect(grace.page.locator("h1")).to_contain_text(room)
    grace.says("here I am")
    ada.sees("here I am")

    dialog.get_by_role("button", name="End it").click()
    expect(dialog.locator(".sanction-words")).to_have_count(0)
    eve = meet("Eve Late")
    eve.page.goto(field.input_value())
    expect(eve.page.locator("h1")).to_have_text("This link does not work any more")
    eve.faults.clear()  # the browser reports every answer of 4xx
