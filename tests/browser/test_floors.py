"""What newcomers see of a room's past, where it shows them nothing older."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.browser.conftest import Meet
from tests.browser.play import Site, Someone, complaints

EVERYTHING = "everything"
WHAT_COMES = "only what is written after they came"
SINCE_THEN = "You see what was written since you joined."
FROM_BEFORE = "This was written before you came."


def show(owner: Someone, choice: str) -> None:
    """What an owner may choose."""
    owner.page.get_by_role("button", name="About this room").click()
    owner.page.get_by_role("group", name="New members see").get_by_label(choice).check()
    owner.page.get_by_role("button", name="Save").click()
    expect(owner.page.get_by_role("dialog")).to_have_count(0)


def test_a_newcomer_sees_where_the_room_begins_for_them(meet: Meet, site: Site, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.says("a secret of old")
    ada.sees_sent("a secret of old")
    show(ada, WHAT_COMES)
    grace = meet("Grace").enters(room)
    expect(grace.page.get_by_text(SINCE_THEN)).to_be_visible()
    ada.message("a secret of old").hover()
    ada.message("a secret of old").get_by_role("button", name="Reply").click()
    ada.says("welcome")
    grace.sees("welcome")
    assert grace.bodies() == ["welcome"]
    expect(grace.page.locator(".quote-text")).to_have_text(FROM_BEFORE)
    grace.page.goto(site.address(room, 1))
    grace.sees("welcome")
    expect(grace.page.get_by_text(SINCE_THEN)).to_be_visible()
    assert "a secret" not in grace.page.content()
    assert not complaints(grace.page)
    expect(ada.page.get_by_text(SINCE_THEN)).to_have_count(0)


def test_everything_comes_into_sight_when_the_room_shows_it_again(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.says("said of old")
    ada.sees_sent("said of old")
    show(ada, WHAT_COMES)
    grace = meet("Grace").enters(room)
    expect(grace.page.get_by_text(SINCE_THEN)).to_be_visible()
    show(ada, EVERYTHING)
    grace.sees("said of old")
    expect(grace.page.get_by_text(SINCE_THEN)).to_have_count(0)


def test_the_copy_on_the_device_loses_what_is_not_for_one_any_more(meet: Meet, site: Site, room: str) -> None:
    """Out and in again by another device while the page was closed."""
    ada = meet("Ada").enters(room)
    grace = meet("Grace").enters(room)
    ada.says("said of old")
    grace.sees("said of old")
    show(ada, WHAT_COMES)
    grace.keeps("said of old")
    grace.page.goto("about:blank")
    site.shell(
        "from groupchat.actions import rooms\n"
        f"room = Room.objects.get(name={room!r})\n"
        "grace = Person.objects.get(memberships__room=room, name='Grace')\n"
        "rooms.leave(person=grace, room_id=room.pk)\n"
        "rooms.join(person=grace, room_id=room.pk)\n"
    )
    grace.page.goto(site.address(room))
    expect(grace.page.get_by_text(SINCE_THEN)).to_be_visible()
    assert "said of old" not in grace.page.content()
    grace.keeps("said of old", wanted=False)
