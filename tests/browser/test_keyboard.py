"""Everything works without a mouse."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.browser.conftest import Meet
from tests.browser.play import Site


def test_the_switcher_goes_to_rooms_and_makes_them(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters("library").enters(room)
    ada.page.keyboard.press("Control+k")
    expect(ada.page.get_by_role("combobox")).to_be_focused()
    # Where one is already is no place to go to, until one asks for it.
    expect(ada.page.get_by_role("option", name="library")).to_have_count(1)
    expect(ada.page.get_by_role("option", name=room)).to_have_count(0)
    ada.page.keyboard.type("libr")
    expect(ada.page.get_by_role("option", selected=True)).to_contain_text("library")
    ada.page.keyboard.press("Enter")
    expect(ada.page.locator(".room-name")).to_have_text("library")
    ada.page.keyboard.press("Control+k")
    ada.page.keyboard.type("quite another room")
    ada.page.keyboard.press("Enter")
    expect(ada.page.locator(".room-name")).to_have_text("quite another room")
    expect(ada.page.locator(".toast")).to_contain_text("you just made it")
    # What can't be a name is said where it was written.
    ada.page.keyboard.press("Control+k")
    ada.page.keyboard.type("a/b")
    ada.page.keyboard.press("Enter")
    expect(ada.page.get_by_role("alert")).to_contain_text("neither / nor \\.")
    expect(ada.page.get_by_role("combobox")).to_be_focused()


def test_who_comes_into_a_room_can_write_at_once(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(f"{room} a")
    expect(ada.composer).to_be_focused()
    ada.enters(f"{room} b")
    expect(ada.composer).to_be_focused()
    ada.page.locator(".room-link").filter(has_text=f"{room} a").click()
    expect(ada.page.locator(".room-name")).to_have_text(f"{room} a")
    expect(ada.composer).to_be_focused()


def test_who_has_no_room_hears_that_the_one_made_beside_the_rooms_is_new(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(f"{room} a")
    ada.page.get_by_role("button", name="About this room").click()
    ada.page.get_by_role("button", name="Leave the room").click()
    expect(ada.page.locator(".sidebar-empty")).to_be_visible()
    field = ada.page.get_by_label("Join or make a room", exact=True)
    field.fill(f"{room} b")
    field.press("Enter")
    expect(ada.page.locator(".toast")).to_contain_text("you just made it")
    expect(ada.composer).to_be_focused()


def test_dialogs_trap_and_return_the_focus(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    button = ada.page.get_by_role("button", name="About this room")
    button.focus()
    ada.page.keyboard.press("Enter")
    expect(ada.page.get_by_role("dialog")).to_be_visible()
    for _ in range(12):
        ada.page.keyboard.press("Tab")
        inside = "!document.activeElement || document.activeElement === document.body"
        inside += " || document.activeElement.closest('dialog') !== null"
        assert ada.page.evaluate(inside)
    ada.page.keyboard.press("Escape")
    expect(ada.page.get_by_role("dialog")).to_have_count(0)
    expect(button).to_be_focused()


def test_question_mark_lists_the_keys_but_is_a_letter_in_a_field(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.composer.focus()
    ada.page.keyboard.type("?")
    expect(ada.composer).to_have_value("?")
    ada.page.get_by_role("button", name="Members").focus()
    ada.page.keyboard.press("?")
    expect(ada.page.get_by_role("dialog")).to_contain_text("Next unread room")


def test_walking_through_the_timeline(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    for text in ("one", "two", "three"):
        ada.says(text)
        ada.sees_sent(text)
    ada.page.keyboard.press("Shift+Tab")
    expect(ada.message("three")).to_be_focused()
    ada.page.keyboard.press("ArrowUp")
    expect(ada.message("two")).to_be_focused()
    ada.page.keyboard.press("e")
    editor = ada.page.locator(".editor textarea")
    expect(editor).to_be_focused()
    editor.fill("second")
    ada.page.keyboard.press("Enter")
    expect(ada.message("second")).to_be_focused()
    ada.page.keyboard.press("Delete")
    expect(ada.page.get_by_role("dialog")).to_contain_text("second")
    ada.page.keyboard.press("Enter")
    expect(ada.page.locator(".tombstone")).to_have_count(1)
    # It may be gone before the dialog has heard so, which Escape would only close.
    expect(ada.page.get_by_role("dialog")).to_have_count(0)
    ada.page.keyboard.press("Escape")
    expect(ada.composer).to_be_focused()


def test_arrow_up_in_an_empty_composer_edits_the_last(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.says("mine")
    ada.sees_sent("mine")
    meet("Grace").enters(room).says("not mine")
    ada.sees("not mine")
    ada.composer.press("ArrowUp")
    expect(ada.page.locator(".editor textarea")).to_have_value("mine")
    ada.page.keyboard.press("Escape")
    expect(ada.page.locator(".editor")).to_have_count(0)
    # From the composer, and back to it. Enter sends, Shift+Enter breaks.
    expect(ada.composer).to_be_focused()
    ada.page.keyboard.type("first")
    ada.page.keyboard.press("Shift+Enter")
    ada.page.keyboard.type("second")
    ada.page.keyboard.press("Enter")
    assert ada.sees("first").locator(".body").inner_text() == "first\nsecond"


def test_alt_arrows_go_to_the_next_unread_room(meet: Meet, site: Site, room: str) -> None:
    ada = meet("Ada").enters(f"{room} a").enters(f"{room} b").enters(f"{room} c")
    site.fill(f"{room} a", 1)
    expect(ada.unread(f"{room} a")).to_have_text("1")
    ada.page.keyboard.press("Alt+ArrowDown")
    expect(ada.page.locator(".room-name")).to_have_text(f"{room} a")
    ada.sees("message 1")
    ada.page.go_back()
    expect(ada.page.locator(".room-name")).to_have_text(f"{room} c")


def test_a_list_of_rooms_longer_than_the_screen(meet: Meet, site: Site, room: str) -> None:
    ada = meet("Ada", viewport={"width": 1280, "height": 300})
    for number in range(8):
        ada.enters(f"{room} {number}")
    here = ada.page.locator(".room-link[aria-current]")
    expect(here).to_be_in_viewport(ratio=1)
    ada.page.keyboard.press("Alt+ArrowUp")  # round, to the one where nobody talked for the longest time
    expect(here).to_contain_text(f"{room} 0")
    expect(here).to_be_in_viewport(ratio=1)
    # What is unread further up is said, and one comes there.
    more = ada.page.locator(".unread-hint button")
    expect(more).to_have_count(0)
    site.fill(f"{room} 3", 1)
    expect(more).to_have_text("1 more unread room")
    more.click()
    expect(ada.unread(f"{room} 3")).to_be_in_viewport(ratio=1)
    expect(more).to_have_count(0)
    ada.page.keyboard.press("Alt+ArrowUp")
    expect(here).to_contain_text(f"{room} 3")
    expect(here).to_be_in_viewport(ratio=1)


def test_each_new_message_is_announced_once(meet: Meet, site: Site, room: str) -> None:
    site.fill(room, 120)
    ada = meet("Ada").enters(room)
    log = ada.page.get_by_role("log")
    expect(ada.page.locator('[data-number="120"]')).to_be_in_viewport()
    grace = meet("Grace").enters(room)
    grace.says("hear, hear")
    expect(log.locator("p")).to_have_text(["\u2068Grace\u2069: \u2068hear, hear\u2069"])
    # History that is loaded, and an edit, are not read out.
    ada.page.evaluate("document.querySelector('.timeline').scrollTop = 0")
    expect(ada.page.locator('[data-number="40"]')).to_have_count(1)
    grace.says("again")
    expect(log.locator("p")).to_have_text(
        ["\u2068Grace\u2069: \u2068hear, hear\u2069", "\u2068Grace\u2069: \u2068again\u2069"]
    )
