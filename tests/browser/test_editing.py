"""An open edit is a draft: nothing that happens around it takes a typed word away."""

from __future__ import annotations

from playwright.sync_api import Locator, expect
from tests.browser.conftest import Meet
from tests.browser.play import Site, Someone

IN_SIGHT = """editor => {
    const { top, bottom } = editor.getBoundingClientRect();
    const frame = document.querySelector(".timeline").getBoundingClientRect();
    return top >= frame.top && bottom <= frame.bottom;
}"""


def editor_of(someone: Someone) -> Locator:
    return someone.page.locator(".editor textarea")


def begins_an_edit(someone: Someone, message: str, text: str) -> Locator:
    row = someone.message(message)
    row.hover()
    row.get_by_role("button", name="Edit", exact=True).click()
    editor = editor_of(someone)
    expect(editor).to_be_focused()
    editor.fill(text)
    return editor


def test_many_messages_neither_take_an_edit_away_nor_out_of_sight(meet: Meet, site: Site, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.says("mine")
    ada.sees_sent("mine")
    editor = begins_an_edit(ada, "mine", "half of it")
    # Group by group, as they come in a lively room.
    for count in (45, 150, 150):
        site.fill(room, count, author="Grace")
        expect(ada.page.locator(".jump-count")).to_be_visible()
        expect(editor).to_have_value("half of it")
        expect(editor).to_be_focused()
        assert editor.evaluate(IN_SIGHT)
    ada.page.keyboard.type(" and the rest")
    ada.page.keyboard.press("Enter")
    expect(ada.message("half of it and the rest").locator(".edited")).to_have_count(1)


def test_scrolling_far_away_and_back(meet: Meet, site: Site, room: str) -> None:
    site.fill(f"{room}", 1, author="Grace")
    ada = meet("Ada").enters(room)
    ada.says("mine")
    ada.sees_sent("mine")
    site.fill(room, 600, author="Grace")
    ada.page.reload()
    ada.page.locator(".composer").wait_for()
    ada.page.goto(ada.page.url.rstrip("/") + "/2/")
    begins_an_edit(ada, "mine", "half of it")
    ada.page.get_by_role("button", name="Jump to latest").click()
    expect(ada.page.locator('[data-number="602"]')).to_be_visible()
    expect(editor_of(ada)).to_have_count(0)
    bar = ada.page.locator(".edit-elsewhere")
    expect(bar).to_contain_text("You are editing a message")
    ada.photograph("edit-elsewhere")
    bar.get_by_role("button", name="Show it").click()
    expect(editor_of(ada)).to_have_value("half of it")
    expect(editor_of(ada)).to_be_focused()
    expect(bar).to_have_count(0)


def test_who_writes_goes_on_writing_when_the_messages_are_fetched_anew(meet: Meet, site: Site, room: str) -> None:
    """So many changes come after a while offline that what was on screen is dropped, and with it the editor's row."""
    ada = meet("Ada").enters(room)
    ada.says("mine")
    ada.sees_sent("mine")
    site.fill(room, 30, author="Grace")
    ada.page.goto(ada.page.url.rstrip("/") + "/1/")
    editor = begins_an_edit(ada, "mine", "half of it")
    editor.press("Home")
    ada.goes_offline()
    site.fill(room, 1_100, author="Grace")
    element = editor.element_handle()
    ada.comes_online()
    ada.page.wait_for_function("element => !element.isConnected", arg=element)
    expect(editor_of(ada)).to_have_value("half of it")
    expect(editor_of(ada)).to_be_focused()
    ada.page.keyboard.type("a ")
    ada.page.keyboard.press("Enter")
    expect(ada.message("a half of it").locator(".edited")).to_have_count(1)


def test_other_rooms_reloads_and_going_back(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(f"{room} one")
    ada.says("mine")
    ada.sees_sent("mine")
    begins_an_edit(ada, "mine", "half of it")
    ada.enters(f"{room} two")
    expect(ada.page.locator(".room-link").filter(has_text=f"{room} one")).to_contain_text("draft")
    ada.page.go_back()
    expect(editor_of(ada)).to_have_value("half of it")
    ada.page.go_forward()
    expect(editor_of(ada)).to_have_count(0)
    ada.page.go_back()
    ada.page.reload()
    expect(editor_of(ada)).to_have_value("half of it")
    # Esc leaves it as it was, and then nothing of it is kept.
    editor_of(ada).press("Escape")
    expect(editor_of(ada)).to_have_count(0)
    ada.keeps("half of it", wanted=False)
    ada.page.reload()
    ada.sees_sent("mine")
    expect(editor_of(ada)).to_have_count(0)


def other_tab(someone: Someone) -> Someone:
    """The same person at a second tab of the same browser."""
    tab = object.__new__(Someone)
    tab.site, tab.name, tab.context, tab.faults = someone.site, someone.name, someone.context, someone.faults
    tab.page = someone.context.new_page()
    tab.page.on("pageerror", lambda error: tab.faults.append(str(error)))
    tab.page.goto(someone.page.url)
    return tab


def test_what_another_tab_saved_is_not_overwritten_without_a_word(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.says("first")
    ada.sees_sent("first")
    there = other_tab(ada)
    there.sees_sent("first")
    begins_an_edit(there, "first", "from the other tab")
    editor = begins_an_edit(ada, "first", "from this tab")
    editor_of(there).press("Enter")
    expect(there.message("from the other tab")).to_have_count(1)
    notice = ada.page.locator(".editor-other")
    expect(notice).to_contain_text("changed meanwhile")
    expect(notice.locator("blockquote")).to_have_text("from the other tab")
    ada.photograph("editor-changed")
    editor.press("Enter")  # which decides nothing
    expect(there.message("from the other tab")).to_have_count(1)
    expect(editor).to_have_value("from this tab")
    ada.page.get_by_role("button", name="Keep mine").click()
    expect(notice).to_have_text("")
    editor.press("Enter")
    expect(there.message("from this tab")).to_have_count(1)

    begins_an_edit(ada, "from this tab", "never sent")
    begins_an_edit(there, "from this tab", "theirs").press("Enter")
    ada.page.get_by_role("button", name="Take this").click()
    expect(editor_of(ada)).to_have_value("theirs")


def test_a_message_that_is_deleted_under_its_edit_leaves_the_text(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.says("first")
    ada.sees_sent("first")
    there = other_tab(ada)
    begins_an_edit(ada, "first", "a long answer")
    there.message("first").hover()
    there.message("first").get_by_role("button", name="Delete").click()
    there.page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(ada.page.locator(".editor-other")).to_contain_text("deleted meanwhile")
    ada.page.get_by_role("button", name="Move to the composer").click()
    expect(ada.composer).to_have_value("a long answer")
    expect(ada.composer).to_be_focused()
    expect(editor_of(ada)).to_have_count(0)


def test_arrow_up_brings_the_last_message_into_sight_before_it_edits(meet: Meet, site: Site, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.says("mine")
    ada.sees_sent("mine")
    site.fill(room, 40, author="Grace")
    ada.sees("message 40")
    expect(ada.page.locator('[data-number="41"]')).to_be_in_viewport()
    ada.composer.press("ArrowUp")
    expect(editor_of(ada)).to_be_focused()
    assert editor_of(ada).evaluate(IN_SIGHT)


def test_a_draft_that_was_sent_in_another_tab_is_none_any_more(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.composer.fill("one and the same")
    ada.keeps("one and the same")
    there = other_tab(ada)
    expect(there.composer).to_have_value("one and the same")
    there.composer.press("Enter")
    there.sees_sent("one and the same")
    expect(ada.composer).to_have_value("")
    ada.composer.press("Enter")
    # Where it was written on meanwhile it is another one, and stays.
    ada.composer.fill("again")
    ada.keeps("again")
    there.page.reload()
    expect(there.composer).to_have_value("again")
    ada.composer.fill("again, but more")
    there.composer.press("Enter")
    ada.sees_sent("again")
    expect(ada.composer).to_have_value("again, but more")
    expect(ada.messages).to_have_count(2)


CONFIRMS = """field => field.dispatchEvent(new KeyboardEvent("keydown",
    {key: "Enter", code: "Enter", keyCode: 229, isComposing: false, bubbles: true, cancelable: true}))"""


def test_the_enter_that_confirms_a_conversion_sends_nothing(meet: Meet, room: str) -> None:
    """As Safari tells it: after `compositionend`, not composing, with the code 229."""
    ada = meet("Ada").enters(room)
    ada.composer.fill("にほん")
    assert ada.composer.evaluate(CONFIRMS) is False, "nothing that the browser would do by itself, either"
    expect(ada.composer).to_have_value("にほん")
    ada.composer.press("Enter")
    ada.sees_sent("にほん")
    editor = begins_an_edit(ada, "にほん", "日本")
    editor.evaluate(CONFIRMS)
    expect(editor).to_be_visible()
    expect(editor).to_have_value("日本")
    editor.press("Enter")
    ada.sees_sent("日本")
    ada.page.keyboard.press("Control+k")
    field = ada.page.get_by_role("combobox")
    field.fill("へや")
    field.evaluate(CONFIRMS)
    expect(field).to_be_visible()
    expect(ada.page.locator(".room-name")).to_have_text(room)
    field.press("Escape")


# Element by element: no string becomes HTML on this page (Trusted Types).
TOAST = """words => {
  const toast = Object.assign(document.createElement("p"), { className: "toast", textContent: words });
  document.querySelector(".toast-place").replaceChildren(toast);
}"""


def test_a_toast_never_covers_what_one_writes(meet: Meet, room: str) -> None:
    for width, height in ((320, 640), (1280, 640), (320, 300)):  # the last: a phone with its keyboard
        ada = meet("Ada", viewport={"width": width, "height": height}).enters(room)
        ada.composer.fill("\n".join("line" for _ in range(8)))
        ada.page.evaluate(TOAST, "Somebody else has just made this room, and you are in it now.")
        toast = ada.page.locator(".toast").bounding_box()
        composer = ada.page.locator(".composer").bounding_box()
        assert toast is not None
        assert composer is not None
        assert toast["y"] + toast["height"] < composer["y"]


def test_a_deletion_can_be_taken_back(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    grace = meet("Grace").enters(room)
    ada.says("said too soon").sees_sent("said too soon")
    grace.sees("said too soon")
    ada.deletes("said too soon")
    ada.page.locator(".toast").get_by_role("button", name="Undo").click()
    ada.sees("said too soon")
    expect(grace.message("said too soon")).to_have_count(1)
    ada.deletes("said too soon")
    expect(grace.message("said too soon")).to_have_count(0)
