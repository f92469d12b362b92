"""People react to messages: by mouse, by keys, by finger; what is refused is undone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect
from tests.browser.conftest import Meet
from tests.browser.play import Site, Someone
from tests.browser.test_pictures import SHORT_FORM, Look, check

PARTY = "🎉"

CROWD = """
from groupchat.actions.reactions import Reacting, react_all
from groupchat.models import Membership, Person, Room
room = Room.objects.get(name={room!r})
fans = [Person(handle=f"fan{{i}}-{{room.pk}}", name=f"Fan {{i}}", kind="guest") for i in range(60)]
crowd = Person.objects.bulk_create(fans)
Membership.objects.bulk_create([Membership(room=room, person=one) for one in crowd])
react_all([Reacting(person=one, room_id=room.pk, number=1, emoji={emoji!r}, on=True) for one in crowd])
"""


def chips(someone: Someone, text: str) -> Locator:
    return someone.message(text).locator(".reaction:not(.more)")


def told(people: str, emoji: str) -> str:
    """No name can turn the words round."""
    return f"\u2068{people}\u2069 reacted with \u2068{emoji}\u2069"


def at_bottom(someone: Someone) -> bool:
    return bool(
        someone.page.evaluate(
            "(() => { const t = document.querySelector('.timeline');"
            " return t.scrollHeight - t.scrollTop - t.clientHeight <= 24; })()"
        )
    )


def test_two_react_and_take_it_back(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    grace = meet("Grace").enters(room)
    for index in range(30):
        ada.says(f"line {index}")
    ada.says("We did it").sees_sent("We did it")
    message = grace.sees("We did it")
    message.hover()
    message.get_by_role("button", name="React", exact=True).click()
    dialog = grace.page.get_by_role("dialog")
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    dialog.get_by_role("searchbox").fill("party pop")
    dialog.get_by_role("searchbox").press("Enter")
    expect(dialog).to_have_count(0)
    expect(message).to_be_focused()
    for someone in (ada, grace):
        expect(chips(someone, "We did it")).to_contain_text([f"{PARTY}1"])
        assert at_bottom(someone)
    mine = chips(grace, "We did it")
    expect(mine).to_have_attribute("aria-pressed", "true")
    expect(mine).to_have_attribute("title", told("You", "party popper"))
    theirs = chips(ada, "We did it")
    expect(theirs).to_have_attribute("title", told("Grace", PARTY))
    theirs.click()
    expect(theirs).to_contain_text(f"{PARTY}2")
    expect(mine).to_have_attribute("title", told("You and Ada", "party popper"))
    mine.click()
    expect(mine).to_have_attribute("aria-pressed", "false")
    theirs.click()
    for someone in (ada, grace):
        expect(chips(someone, "We did it")).to_have_count(0)


def test_by_keys_alone(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.says("By keys").sees_sent("By keys")
    ada.message("By keys").focus()
    ada.page.keyboard.press("+")
    dialog = ada.page.get_by_role("dialog")
    expect(dialog.locator(".emoji-grid button").first).to_be_visible()
    dialog.get_by_role("combobox", name="Skin tone").select_option("3")
    dialog.get_by_role("searchbox").focus()
    ada.page.keyboard.type("waving")
    expect(dialog.locator(".emoji-grid button").first).to_have_text("👋🏽")
    dialog.get_by_role("searchbox").fill("")
    ada.page.keyboard.press("ArrowDown")
    first = dialog.locator(".emoji-grid button").first
    expect(first).to_be_focused()
    ada.page.keyboard.press("ArrowDown")
    ada.page.keyboard.press("ArrowRight")
    ada.page.keyboard.press("ArrowUp")
    expect(dialog.locator(".emoji-grid button").nth(1)).to_be_focused()
    ada.page.keyboard.press("Enter")
    expect(chips(ada, "By keys")).to_contain_text(["😃1"])
    ada.page.keyboard.press("w")
    who = ada.page.get_by_role("dialog")
    expect(who.locator(".reacted-people li")).to_contain_text(["Ada"])
    ada.page.keyboard.press("Escape")
    # What was used last stands first.
    ada.page.keyboard.press("+")
    expect(ada.page.locator(".emoji-quick button").first).to_have_text("😃")
    ada.page.locator(".emoji-quick button").first.click()
    expect(chips(ada, "By keys")).to_have_count(0)


def test_of_many_one_knows_ones_own_and_lists_all(meet: Meet, site: Site, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.says("Fame").sees_sent("Fame")
    site.shell(CROWD.format(room=room, emoji=PARTY))
    chip = chips(ada, "Fame")
    expect(chip).to_contain_text(f"{PARTY}60")
    chip.click()
    expect(chip).to_contain_text(f"{PARTY}61")
    expect(chip).to_have_attribute("aria-pressed", "true")
    ada.page.reload()
    expect(chip).to_contain_text(f"{PARTY}61")
    expect(chip).to_have_attribute("aria-pressed", "true")
    ada.message("Fame").focus()
    ada.page.keyboard.press("w")
    expect(ada.page.locator(".reacted-people li")).to_have_count(61)
    ada.page.keyboard.press("Escape")


def test_what_is_refused_is_undone(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.says("Slow down").sees_sent("Slow down")
    ada.message("Slow down").focus()
    ada.page.keyboard.press("+")
    expect(ada.page.locator(".emoji-grid button").first).to_be_visible()
    ada.goes_offline()
    ada.page.locator(".emoji-quick button").first.click()
    expect(ada.page.locator(".toast")).to_be_visible()
    expect(chips(ada, "Slow down")).to_have_count(0)
    ada.comes_online()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_how_it_looks(meet: Meet, site: Site, room: str, scheme: str) -> None:
    look = Look(scheme, SHORT_FORM[scheme])
    room = f"{room} {scheme}"
    ada = meet("Ada", **look.options).enters(room)
    grace = meet("Grace").enters(room)
    ada.says("The boat is afloat!").sees_sent("The boat is afloat!")
    site.shell(CROWD.format(room=room, emoji="❤️"))
    grace.sees("The boat is afloat!").focus()
    grace.page.keyboard.press("+")
    grace.page.locator(".emoji-quick button").first.click()
    expect(chips(ada, "The boat is afloat!")).to_have_count(2)
    chips(ada, "The boat is afloat!").last.click()
    expect(chips(ada, "The boat is afloat!").last).to_have_attribute("aria-pressed", "true")
    check(ada, "reactions", look)
    ada.message("The boat is afloat!").focus()
    ada.page.keyboard.press("+")
    expect(ada.page.locator(".emoji-grid button").first).to_be_visible()
    check(ada, "reacting", look)
    ada.page.get_by_role("searchbox").fill("boat")
    check(ada, "reacting-found", look)
    ada.page.get_by_role("searchbox").fill("")
    ada.page.keyboard.press("Escape")
    expect(ada.page.get_by_role("dialog")).to_have_count(0)
    ada.page.keyboard.press("w")
    expect(ada.page.locator(".reacted-people li").first).to_be_visible()
    check(ada, "reacted", look)
