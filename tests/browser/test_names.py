"""Names that turn the text around them: refused where they are given, harmless where they are from before."""

from __future__ import annotations

import re
from uuid import uuid4

from playwright.sync_api import expect
from tests.browser.conftest import Meet
from tests.browser.play import Site, Someone, complaints

TURNED = "\u202e"  # what stands behind it is drawn from right to left


def test_a_new_name_stands_everywhere_at_once(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    bob = meet("Bob").enters(room)
    ada.says("before")
    bob.sees("before")
    ada.page.locator(".me").click()
    dialog = ada.page.get_by_role("dialog")
    dialog.get_by_label("Your name").fill("\u2066")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("status")).to_contain_text("That can't be a name.")
    dialog.get_by_label("Your name").fill(" Ada  King ")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("status")).to_have_text("Everybody sees it now.")
    expect(dialog.get_by_label("Your name")).to_have_value("Ada King")
    expect(dialog.locator(".me-name")).to_have_text("Ada King")
    assert complaints(ada.page) == []
    ada.photograph("me")
    expect(bob.sees("before").locator(".author")).to_have_text("Ada King")
    ada.page.reload()
    expect(ada.page.locator(".me-name")).to_have_text("Ada King")


def test_two_of_one_name_are_told_apart_by_their_handles(meet: Meet, room: str) -> None:
    name = f"Anna{uuid4().hex[:4]}"
    first = meet(name).enters(room)
    first.says("the first")
    message = first.sees("the first")
    expect(message.locator(".author")).to_have_text(name)
    expect(message.locator(".author-handle")).to_have_count(0)
    second = meet(f"\u0410{name[1:]}").enters(room)  # with a Cyrillic A
    second.says("the second")
    for someone in (first, second):
        expect(someone.sees("the first").locator(".author-handle")).to_have_text(f"@{name.lower()}")
        expect(someone.sees("the second").locator(".author-handle")).to_have_text(f"@\u0430{name[1:]}2")
    assert complaints(first.page) == []
    first.photograph("twins")


def test_a_name_of_somebody_with_an_account_is_refused(meet: Meet, room: str) -> None:
    taken = _makes(meet("Ada"), room)
    grace = meet("Grace").enters(room)
    grace.page.locator(".me").click()
    dialog = grace.page.get_by_role("dialog")
    dialog.get_by_label("Your name").fill(taken.upper())
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_role("status")).to_contain_text("Choose another name, or sign in if it is you.")


def _isolated(name: str) -> str:
    return f"\u2068{name}\u2069"


def _makes(ada: Someone, room: str) -> str:
    """With an account: its room is its own to describe, a guest's is not. What she is called."""
    name = f"ada{uuid4().hex[:8]}"
    ada.page.goto(f"{ada.site.url}/accounts/signup/")
    ada.page.get_by_label("Username").fill(name)
    ada.page.get_by_label("Password").fill("correct horse battery")
    ada.page.locator("main").get_by_role("button", name="Sign up").click()
    ada.looks_for(room).press("Enter")
    expect(ada.page.locator(".room-name")).to_have_text(room)
    return name


def test_a_name_stands_isolated_in_every_sentence(meet: Meet, room: str) -> None:
    name = f"{room} \u05e9\u05dc\u05d5\u05dd"
    ada = meet("Ada")
    username = _makes(ada, room)
    ada.enters(name)
    expect(ada.page.locator(".toast")).to_have_text(f"{_isolated(name)} is new: you just made it.")
    expect(ada.page).to_have_title(f"{_isolated(name)} · Group Chat")
    expect(ada.composer).to_have_attribute("aria-label", re.compile(re.escape(_isolated(name))))
    ada.page.get_by_role("button", name="About this room").click()
    topic = "all about \u05d2"
    ada.page.get_by_label("Topic").fill(topic)
    ada.page.get_by_role("button", name="Save").click()
    notice = ada.page.locator(".notice")
    expect(notice).to_have_text(f"{_isolated(username)} set the topic: {_isolated(topic)}")
    assert notice.locator("[dir]").count() == 0, "a sentence has the direction of its language"


def test_what_turns_text_around_is_refused_with_a_word(meet: Meet, room: str) -> None:
    ada = meet("Ada")
    _makes(ada, room)
    ada.looks_for(f"{room} {TURNED}cba").press("Enter")
    expect(ada.page.get_by_role("alert")).to_contain_text("nothing invisible")
    ada.page.keyboard.press("Escape")
    ada.page.get_by_role("button", name="About this room").click()
    ada.page.get_by_label("Topic").fill(f"a{TURNED}b")
    ada.page.get_by_role("button", name="Save").click()
    expect(ada.page.get_by_role("dialog").get_by_role("alert")).to_have_text(
        "A topic can't hold characters that can't be seen."
    )
    grace = meet(f"Gr{TURNED}ace")
    grace.page.goto(ada.page.url)
    grace.page.get_by_label("Your name").fill(grace.name)
    grace.page.get_by_role("button", name="Walk in").click()
    expect(grace.page.get_by_role("alert")).to_contain_text("nothing invisible")
    assert all("422" in fault for fault in grace.faults), "the browser notes the answer's status"
    grace.faults.clear()


def test_a_room_from_before_is_entered_and_looks_like_no_other(meet: Meet, site: Site, room: str) -> None:
    old = f"{room}{TURNED}cba"
    site.shell(
        f"""
from groupchat.models import Room, RoomName
old = Room.objects.create(name={old!r}, slug={old!r}, topic="about {TURNED}cba")
RoomName.objects.create(key={old!r}, room=old)
"""
    )
    ada = meet("Ada").enters(room)
    ada.looks_for(old).press("Enter")
    shown = f"{room}\ufffdcba"
    expect(ada.page.locator(".room-name")).to_have_text(shown)
    expect(ada.page.locator(".room-topic")).to_have_text("about \ufffdcba")
    expect(ada.page).to_have_title(f"{_isolated(shown)} · Group Chat")
    ada.says("inside")
    ada.sees_sent("inside")
    grace = meet("Grace")
    grace.page.goto(site.address(old))
    expect(grace.page.get_by_role("heading", level=1)).to_have_text(f"Enter {shown}")
    grace.page.get_by_label("Your name").fill("Grace")
    grace.page.get_by_role("button", name="Walk in").click()
    grace.sees("inside")
