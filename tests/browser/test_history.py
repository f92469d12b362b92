"""Going back and forth: whatever opens is a step, and the address is what is on screen."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from tests.browser.conftest import Meet
from tests.browser.play import Site, Someone


def address_of(room: str, number: int | None = None) -> re.Pattern[str]:
    end = f"{number}/" if number else ""
    return re.compile(f"/rooms/{re.escape(room.replace(' ', '_'))}/{end}$")


def dialogs(someone: Someone) -> int:
    return someone.page.get_by_role("dialog").count()


def test_going_back_closes_a_dialog_and_nothing_else(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(f"{room} one").enters(f"{room} two")
    here = ada.page.locator(".room-name")
    ada.page.get_by_role("button", name="About this room").click()
    expect(ada.page.get_by_role("dialog")).to_be_visible()
    ada.page.go_back()
    expect(ada.page.get_by_role("dialog")).to_have_count(0)
    expect(here).to_have_text(f"{room} two")
    # Closed in any other way it leaves no step behind.
    for close in ("Escape", "Close"):
        ada.page.get_by_role("button", name="About this room").click()
        expect(ada.page.get_by_role("dialog")).to_be_visible()
        if close == "Escape":
            ada.page.keyboard.press("Escape")
        else:
            ada.page.get_by_role("button", name=close, exact=True).click()
        expect(ada.page.get_by_role("dialog")).to_have_count(0)
    ada.page.go_back()
    expect(here).to_have_text(f"{room} one")
    ada.page.go_forward()
    expect(here).to_have_text(f"{room} two")


def test_a_dialog_opened_from_another_takes_its_step(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(f"{room} one").enters(f"{room} two")
    ada.page.locator(".me").click()
    ada.page.get_by_role("button", name="Keyboard").click()
    expect(ada.page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    ada.page.go_back()
    expect(ada.page.get_by_role("dialog")).to_have_count(0)
    expect(ada.page.locator(".room-name")).to_have_text(f"{room} two")
    # And who goes to a room by one comes back to where they were.
    ada.looks_for(f"{room} one").press("Enter")
    expect(ada.page.locator(".room-name")).to_have_text(f"{room} one")
    ada.page.go_back()
    expect(ada.page.locator(".room-name")).to_have_text(f"{room} two")
    assert dialogs(ada) == 0


def test_a_reload_closes_what_lay_over_the_page(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(f"{room} one").enters(f"{room} two")
    ada.page.get_by_role("button", name="About this room").click()
    expect(ada.page.get_by_role("dialog")).to_be_visible()
    ada.page.evaluate("localStorage.setItem('groupchat-last-room', 'another')")  # by another tab
    ada.page.reload()
    expect(ada.page.locator(".room-name")).to_have_text(f"{room} two")
    assert dialogs(ada) == 0
    ada.page.go_back()
    expect(ada.page.locator(".room-name")).to_have_text(f"{room} one")


def test_a_room_that_is_renamed_under_its_dialog_keeps_its_step(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.page.get_by_role("button", name="About this room").click()
    ada.page.get_by_label("Name", exact=True).fill(f"{room} anew")
    ada.page.get_by_role("button", name="Save").click()
    expect(ada.page.get_by_role("dialog")).to_have_count(0)
    expect(ada.page.locator(".room-name")).to_have_text(f"{room} anew")
    expect(ada.page).to_have_url(address_of(f"{room} anew"))


def test_the_pane_is_a_step_at_every_width(meet: Meet, room: str) -> None:
    for width in (1440, 1024, 390):
        ada = meet("Ada", viewport={"width": width, "height": 800}).enters(f"{room} {width}")
        pane = ada.page.locator(".side")
        ada.page.get_by_role("button", name="Members", exact=True).click()
        expect(ada.page.locator(".member")).to_have_count(1)
        ada.page.go_back()
        expect(pane).to_have_count(0)
        ada.page.go_forward()
        expect(pane).to_be_visible()
        ada.page.reload()
        expect(pane).to_be_visible()
        ada.page.get_by_role("button", name="Close the members").click()
        expect(pane).to_have_count(0)
        expect(ada.page.get_by_role("button", name="Members", exact=True)).to_be_focused()
        expect(ada.composer).to_be_visible()


def test_beside_three_panes_it_stays_and_over_two_it_keeps_the_focus(meet: Meet, room: str) -> None:
    ada = meet("Ada", viewport={"width": 1440, "height": 800}).enters(f"{room} one").enters(f"{room} two")
    ada.page.get_by_role("button", name="Members", exact=True).click()
    pane = ada.page.locator(".side")
    ada.page.locator(".room-link").filter(has_text=f"{room} one").click()
    expect(ada.page.locator(".room-name")).to_have_text(f"{room} one")
    expect(pane).to_be_visible()
    ada.says("there is room for three")
    ada.sees_sent("there is room for three")
    ada.page.set_viewport_size({"width": 1024, "height": 800})
    # Under the veil nothing can be reached, neither by a click nor by a key.
    assert ada.page.evaluate("document.querySelector('.room').inert && document.querySelector('.sidebar').inert")
    for _ in range(6):
        ada.page.keyboard.press("Tab")
        assert ada.page.evaluate("!document.activeElement.closest('.room, .sidebar')")
    ada.page.mouse.click(500, 400)
    expect(pane).to_have_count(0)
    expect(ada.page.get_by_role("button", name="Send")).to_be_visible()
    assert not ada.page.evaluate("document.querySelector('.room').inert")


def test_the_address_follows_what_is_on_screen(meet: Meet, site: Site, room: str) -> None:
    site.fill(room, 200)
    ada = meet("Ada").enters(room)
    ada.page.goto(site.address(room, 20))
    expect(ada.page.locator('[data-number="20"]')).to_be_in_viewport()
    ada.page.get_by_role("button", name="Jump to latest").click()
    expect(ada.page.locator('[data-number="200"]')).to_be_in_viewport()
    expect(ada.page).to_have_url(address_of(room))
    ada.page.reload()
    expect(ada.page.locator('[data-number="200"]')).to_be_in_viewport()
    ada.page.goto(site.address(room, 20))
    expect(ada.page.locator('[data-number="20"]')).to_be_in_viewport()
    ada.says("an answer to all of it")
    ada.sees_sent("an answer to all of it")
    expect(ada.page).to_have_url(address_of(room))


def test_back_on_a_phone_goes_to_the_list_wherever_one_came_from(meet: Meet, room: str) -> None:
    ada = meet("Ada", viewport={"width": 390, "height": 780}).enters(f"{room} one")
    ada.page.keyboard.press("Control+k")
    ada.page.get_by_role("combobox").fill(f"{room} two")
    ada.page.keyboard.press("Enter")
    expect(ada.page.locator(".room-name")).to_have_text(f"{room} two")
    ada.page.get_by_role("button", name="All rooms").click()
    expect(ada.page.locator(".sidebar")).to_be_visible()
    ada.page.locator(".room-link").filter(has_text=f"{room} one").click()
    expect(ada.page.locator(".room-name")).to_have_text(f"{room} one")
    ada.page.get_by_role("button", name="All rooms").click()
    expect(ada.page.locator(".sidebar")).to_be_visible()


def test_leaving_a_room_can_be_undone(meet: Meet, room: str) -> None:
    grace = meet("Grace").enters(room)
    ada = meet("Ada").enters(f"{room} beside").enters(room)
    grace.page.get_by_role("button", name="Members", exact=True).click()
    expect(grace.page.locator(".member")).to_have_count(2)
    ada.page.get_by_role("button", name="About this room").click()
    ada.page.get_by_role("button", name="Leave the room").click()
    expect(ada.page.locator(".room-name")).to_have_text(f"{room} beside")
    expect(ada.page.locator(".room-link")).to_have_count(1)
    ada.page.get_by_role("button", name="Undo").click()
    expect(ada.page.locator(".room-name")).to_have_text(room)
    expect(ada.page.locator(".room-link")).to_have_count(2)
    expect(grace.page.locator(".member")).to_have_count(2)
    # Who goes away with the page does not wait: it is done.
    ada.page.get_by_role("button", name="About this room").click()
    ada.page.get_by_role("button", name="Leave the room").click()
    ada.page.close()
    expect(grace.page.locator(".member")).to_have_count(1)


def test_a_room_is_pinned_to_the_top_of_ones_own_list(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(f"{room} one").enters(f"{room} two")
    ada.page.get_by_role("button", name="About this room").click()
    ada.page.get_by_label("Pin it to the top of my list").check()
    ada.page.keyboard.press("Escape")
    pinned = ada.page.get_by_role("region", name="Pinned").locator(".room-link")
    ada.page.locator(".room-link").filter(has_text=f"{room} one").click()
    expect(pinned).to_contain_text([f"{room} two"])
    ada.page.reload()
    expect(pinned).to_contain_text([f"{room} two"])


def test_going_back_after_leaving_leads_to_no_room_that_one_left(meet: Meet, room: str) -> None:
    ada = meet("Ada", viewport={"width": 390, "height": 780}).enters(f"{room} one")
    ada.page.get_by_role("button", name="All rooms").click()
    ada.enters(f"{room} two")
    ada.page.get_by_role("button", name="About this room").click()
    ada.page.get_by_role("button", name="Leave the room").click()
    expect(ada.page.locator(".sidebar")).to_be_visible()
    ada.page.go_back()
    expect(ada.page.locator(".room-link")).to_have_count(1)
    expect(ada.page.locator(".room-link")).to_contain_text(f"{room} one")


def test_arrow_up_edits_what_one_sees(meet: Meet, site: Site, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.says("the one to mend")
    ada.sees_sent("the one to mend")
    site.fill(room, 30)
    expect(ada.page.locator('[data-number="31"]')).to_be_in_viewport()
    expect(ada.page.locator('[data-number="1"]')).not_to_be_in_viewport()
    ada.composer.press("ArrowUp")
    editor = ada.page.locator(".editor textarea")
    expect(editor).to_be_focused()
    expect(editor).to_be_in_viewport(ratio=1)
    expect(editor).to_have_value("the one to mend")


def test_the_list_of_rooms_is_one_stop_of_the_tab_key(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(f"{room} one").enters(f"{room} two").enters(f"{room} three")
    ada.page.get_by_role("button", name="Find or start a room").focus()
    ada.page.keyboard.press("Tab")
    link = ada.page.locator(".room-link:focus")
    expect(link).to_contain_text(f"{room} three")
    ada.page.keyboard.press("ArrowDown")
    expect(link).to_contain_text(f"{room} two")
    ada.page.keyboard.press("End")
    expect(link).to_contain_text(f"{room} one")
    ada.page.keyboard.press("Home")
    ada.page.keyboard.press("Tab")
    expect(ada.page.locator(".sidebar").get_by_role("button", name="All rooms")).to_be_focused()
    ada.page.keyboard.press("Tab")
    expect(ada.page.locator(".me")).to_be_focused()
    ada.page.keyboard.press("Shift+Tab")
    ada.page.keyboard.press("Shift+Tab")
    ada.page.keyboard.press("ArrowDown")
    ada.page.keyboard.press("Enter")
    expect(ada.page.locator(".room-name")).to_have_text(f"{room} two")


def test_what_is_unread_leads_and_stays_while_one_reads_it(meet: Meet, site: Site, room: str) -> None:
    ada = meet("Ada").enters(f"{room} one").enters(f"{room} two").enters(f"{room} three")
    site.fill(f"{room} one", 1)
    unread = ada.page.get_by_role("region", name="Unread").locator(".room-link")
    expect(unread).to_contain_text([f"{room} one"])
    unread.click()
    ada.sees("message 1")
    expect(ada.unread(f"{room} one")).to_have_count(0)
    expect(unread).to_contain_text([f"{room} one"])
    ada.page.locator(".room-link").filter(has_text=f"{room} two").click()
    expect(unread).to_have_count(0)


def test_the_dot_says_that_something_is_stuck(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.says("the line is whole")
    ada.sees_sent("the line is whole")
    dot = ada.page.locator(".connection")
    expect(dot).to_have_text("Connected")
    # Nothing comes back, and nothing says that the line is gone.
    ada.page.evaluate("WebSocket.prototype.send = () => {}")
    ada.says("is anybody there?")
    expect(dot).to_have_text("Reconnecting…", timeout=5_000)


def test_a_long_message_is_folded_until_one_wants_it(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.says("\n".join(f"line {number}" for number in range(1, 61)))
    ada.sees_sent("line 60")
    message = ada.message("line 60")
    folded = message.bounding_box()
    message.get_by_role("button", name="Show all").click()
    expect(message.get_by_role("button", name="Show less")).to_be_visible()
    unfolded = message.bounding_box()
    assert folded is not None
    assert unfolded is not None
    assert folded["height"] < 650 < 1300 < unfolded["height"]
