"""What one writes behind a stroke."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.browser.conftest import Meet
from tests.browser.test_pictures import Look, check

LOOKS = [Look("light", ("wide", "narrow")), Look("dark", ("narrow",))]


def test_commands_do_what_they_say_and_what_is_none_stays(meet: Meet, room: str) -> None:
    grace = meet("Grace Slash").enters(room)
    ada = meet("Ada").enters(room)
    field = ada.composer
    aside = ada.page.locator(".aside")

    field.press_sequentially("/sh")
    commands = ada.page.get_by_role("listbox", name="Commands").get_by_role("option")
    expect(commands.first).to_contain_text("/shrug")
    field.press("Tab")
    field.press_sequentially("who knows")
    field.press("Enter")
    grace.sees("who knows ¯\\_(ツ)_/¯")

    ada.says("/me waves at **all**")
    expect(grace.sees("waves at all").locator(".action")).to_have_text("Ada waves at all")
    ada.says("//shrug is a command")
    expect(grace.sees("/shrug is a command").locator(".body")).to_have_text("/shrug is a command")

    ada.says("/frobnicate now")
    expect(aside).to_contain_text("frobnicate")
    expect(field).to_have_value("/frobnicate now")
    for look in LOOKS:
        ada.page.emulate_media(**look.options)  # type: ignore[arg-type]
        check(ada, "unknown-command", look)
    field.press("Escape")
    expect(aside).to_have_count(0)
    ada.page.set_viewport_size({"width": 1280, "height": 800})

    ada.says("/help")
    expect(aside).to_contain_text("/topic")
    check(ada, "commands", LOOKS[0])
    ada.page.set_viewport_size({"width": 1280, "height": 800})
    ada.says("/nick Ada King")
    expect(aside).to_contain_text("You are called")
    expect(grace.page.locator(".author", has_text="Ada King").first).to_be_visible()
    ada.says("/topic The harbour")
    expect(ada.page.locator(".toast")).to_contain_text("higher role")
    expect(field).to_have_value("/topic The harbour")
    grace.says("/topic The harbour")
    expect(grace.page.locator(".notice")).to_contain_text("The harbour")

    ada.says("/invite @nobody-of-that-name")
    expect(aside).to_contain_text("Nobody here has this handle")
    ada.says("/msg @grace-slash between us")
    ada.sees_sent("between us")
    expect(ada.page.locator(".room-name")).to_have_text("Grace Slash")
    ada.says(f"/join {room} annex")
    expect(ada.page.locator(".room-name")).to_have_text(f"{room} annex")
    ada.says("/leave")
    expect(ada.page.locator(".toast")).to_contain_text("You left")
