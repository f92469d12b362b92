"""Completion while one writes: people, rooms, emoji and commands, by keys and by pointer."""

from __future__ import annotations

from playwright.sync_api import Locator, expect
from tests.browser.conftest import Meet
from tests.browser.play import Site, Someone
from tests.browser.test_pictures import Look, check

LOOKS = [Look("light", ("wide", "narrow")), Look("dark", ("narrow",)), Look("dark-contrast", ("medium",))]
BOX = """(element) => {
  const { top, bottom, left, right } = element.getBoundingClientRect();
  return [top, bottom, left, right];
}"""


def offered(someone: Someone, name: str) -> Locator:
    return someone.page.get_by_role("listbox", name=name).get_by_role("option")


def test_people_rooms_and_emoji_complete(meet: Meet, site: Site, room: str) -> None:
    meet("Grace Completed").enters(room).says("I am here")
    meet("Gregory Elsewhere").enters("completing elsewhere")
    ada = meet("Ada").enters("completing elsewhere").enters(room)
    ada.sees("I am here")
    field = ada.composer

    field.press_sequentially("hi @gr")
    expect(offered(ada, "People").first).to_contain_text("Grace Completed")
    expect(offered(ada, "People")).to_have_count(2)
    expect(offered(ada, "People").nth(1)).to_contain_text("not in this room")
    expect(offered(ada, "People").first).to_have_attribute("aria-selected", "true")
    active = field.get_attribute("aria-activedescendant")
    assert active is not None
    assert offered(ada, "People").first.get_attribute("id") == active
    expect(ada.page.locator("[role=status]", has_text="2 suggestions")).to_have_count(1)
    for look in LOOKS:
        ada.page.emulate_media(**look.options)  # type: ignore[arg-type]
        check(ada, "completing", look)
        listed = ada.page.get_by_role("listbox", name="People").evaluate(BOX)
        typed = field.evaluate(BOX)
        assert listed[1] <= typed[0], "it covers what is being typed"
        assert listed[0] >= 0
        assert listed[2] >= 0
    field.press("ArrowDown")
    expect(offered(ada, "People").nth(1)).to_have_attribute("aria-selected", "true")
    field.press("ArrowDown")
    field.press("Enter")
    expect(field).to_have_value("hi @grace-completed ")
    expect(ada.page.get_by_role("listbox")).to_have_count(0)
    assert field.get_attribute("aria-activedescendant") is None

    field.press_sequentially("in #elsew")
    offered(ada, "Rooms").filter(has_text="completing elsewhere").click()
    link = f"[#completing elsewhere]({site.url}/rooms/completing_elsewhere/)"
    expect(field).to_have_value(f"hi @grace-completed in {link} ")
    expect(field).to_be_focused()
    field.press_sequentially(":tada")
    expect(offered(ada, "Emoji").first).to_contain_text("party popper")
    field.press("Tab")
    expect(field).to_have_value(f"hi @grace-completed in {link} 🎉")
    field.press("ControlOrMeta+z")
    expect(field).to_have_value(f"hi @grace-completed in {link} :tada")
    field.press("Escape")
    expect(ada.page.get_by_role("listbox")).to_have_count(0)
    field.press_sequentially("s")
    expect(ada.page.get_by_role("listbox")).to_have_count(0)
    field.press("Enter")
    sent = ada.sees("#completing elsewhere")
    sent.get_by_role("link", name="#completing elsewhere").click()
    expect(ada.page.locator(".room-name")).to_have_text("completing elsewhere")


def test_what_is_whole_is_sent_by_enter_and_an_edit_completes_too(meet: Meet, room: str) -> None:
    meet("Grace Whole").enters(room).says("hello")
    ada = meet("Ada").enters(room)
    ada.sees("hello")
    ada.composer.press_sequentially("thanks @grace-whole")
    expect(offered(ada, "People").first).to_be_visible()
    ada.composer.press("Enter")
    ada.sees_sent("thanks @grace-whole")
    ada.composer.press("ArrowUp")
    editor = ada.page.get_by_role("textbox", name="Edit", exact=True)
    expect(editor).to_be_focused()
    editor.press_sequentially(" and @gra")
    expect(offered(ada, "People").first).to_contain_text("Grace Whole")
    editor.press("Tab")
    expect(editor).to_have_value("thanks @grace-whole and @grace-whole ")
    editor.press("Enter")
    ada.sees_sent("and @grace-whole")
