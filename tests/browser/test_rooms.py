"""Rooms of every kind: who is in them and what, who may write, how they end and come back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Meet
from tests.browser.play import Site, Someone


def met(meet: Meet, *names: str) -> tuple[Someone, ...]:
    """People who know each other from a room."""
    people = tuple(meet(name).enters("the place where they met") for name in names)
    for someone in people:
        someone.says(f"{someone.name} is here")
    for someone in people:
        for other in people:
            someone.sees(f"{other.name} is here").first.wait_for()
    return people


def test_into_a_private_room_one_is_brought(meet: Meet, room: str) -> None:
    ada, bob = met(meet, "Ada Private", "Bob Private")
    ada.enters(room)
    ada.makes_it("Private")
    expect(ada.page.locator(".room-kind")).to_contain_text("Private")
    expect(ada.page.locator(".beginning")).to_contain_text("Only who is in this room reads what is written here.")
    ada.says("between us")
    ada.adds("Bob Private")
    expect(ada.page.locator(".toast")).to_have_text("1 person was added.")
    expect(ada.member("Bob Private")).to_have_count(1)
    bob.page.locator(".room-link").filter(has_text=room).click()
    bob.sees("between us")
    bob.says("thank you")
    ada.sees("thank you")
    # A member of a private room brings nobody.
    expect(bob.opens_members().get_by_role("button", name="Add people…")).to_have_count(0)
    eve = meet("Eve").enters("elsewhere")
    eve.page.goto(ada.page.url)
    expect(eve.page.locator("h1")).to_contain_text("There is no")
    expect(eve.message("between us")).to_have_count(0)
    eve.faults.clear()  # the browser reports every answer of 4xx


def test_who_is_sent_out_reads_no_more(meet: Meet, room: str) -> None:
    ada, bob = met(meet, "Ada Sends", "Bob Sent")
    ada.enters(room)
    ada.makes_it("Private")
    ada.says("a secret")
    ada.adds("Bob Sent")
    bob.page.locator(".room-link").filter(has_text=room).click()
    bob.sees("a secret")
    ada.does_with("Bob Sent", "Send out of the room")
    dialog = ada.page.get_by_role("dialog", name="Send \u2068Bob Sent\u2069 out of the room?")
    expect(dialog).to_contain_text("only when somebody brings them back")
    dialog.get_by_role("button", name="Send out").click()
    expect(ada.member("Bob Sent")).to_have_count(0)
    expect(ada.page.locator(".side-body")).to_be_focused()
    expect(bob.page.locator(".room-state h1")).to_have_text(f"You were removed from \u2068{room}\u2069.")
    expect(bob.message("a secret")).to_have_count(0)
    expect(bob.page.locator(".room-link").filter(has_text=room)).to_have_count(0)


def test_who_is_silenced_or_banned_knows_why_and_it_is_taken_back(meet: Meet, room: str) -> None:
    ada = meet("Ada Order").enters(room)
    bob = meet("Bob Loud").enters(room)
    bob.says("LOUD")
    ada.sees("LOUD")
    ada.does_with("Bob Loud", "Silence…")
    dialog = ada.page.get_by_role("dialog")
    dialog.get_by_label("Why").fill("Not so loud, please")
    dialog.get_by_role("button", name="Silence", exact=True).click()
    expect(dialog).to_have_count(0)
    note = bob.page.locator(".no-writing")
    expect(note).to_contain_text("You can't write here until")
    expect(note).to_contain_text("Not so loud, please")
    bob.photograph("silenced")
    ada.opens_about().get_by_role("button", name="Silenced and banned…").click()
    expect(dialog.get_by_text("silenced until")).to_be_visible()
    ada.photograph("sanctions")
    dialog.get_by_role("button", name="Let write again").click()
    expect(dialog.get_by_text("Nobody is silenced or banned here.")).to_be_visible()
    ada.page.keyboard.press("Escape")
    expect(note).to_have_count(0)
    bob.says("quietly")
    ada.sees("quietly")
    ada.does_with("Bob Loud", "Ban from the room…")
    dialog.get_by_label("How long").select_option("for good")
    dialog.get_by_role("button", name="Ban", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(bob.page.locator(".room-state h1")).to_be_visible()
    ada.opens_about().get_by_role("button", name="Silenced and banned…").click()
    expect(dialog.get_by_text("banned for good")).to_be_visible()
    dialog.get_by_role("button", name="Let in again").click()
    expect(dialog.get_by_text("Nobody is silenced or banned here.")).to_be_visible()


def test_roles_are_given_and_told(meet: Meet, room: str) -> None:
    ada, bob = meet("Ada").enters(room), meet("Bob").enters(room)
    bob.says("hello")
    ada.sees("hello")
    ada.does_with("Bob", "Make reader")
    expect(ada.page.locator(".toast")).to_contain_text("is a reader now")
    expect(ada.member("Bob").locator(".tag", has_text="reader")).to_be_visible()
    expect(bob.page.locator(".no-writing")).to_have_text("You can read here, not write.")
    expect(bob.composer).to_have_count(0)
    bob.message("hello").hover()
    expect(bob.message("hello").get_by_role("button", name="Reply")).to_have_count(0)
    expect(bob.opens_members().get_by_role("button", name="Add people…")).to_have_count(0)
    ada.does_with("Bob", "Make moderator")
    expect(ada.member("Bob").locator(".tag", has_text="moderator")).to_be_visible()
    ada.says("to be moderated")
    bob.sees("to be moderated")
    bob.deletes("to be moderated")
    # The last owner stays one, and is told what to do.
    ada.does_with("Ada", "Make member")
    expect(ada.page.locator(".toast")).to_have_text("A room needs an owner. Make somebody else one first.")
    ada.does_with("Bob", "Make owner")
    expect(ada.member("Bob").locator(".tag", has_text="owner")).to_be_visible()
    ada.does_with("Ada", "Make member")
    expect(ada.member("Ada").locator(".tag", has_text="owner")).to_have_count(0)


def test_announcements_are_written_by_who_keeps_the_room(meet: Meet, room: str) -> None:
    ada, bob = meet("Ada").enters(room), meet("Bob").enters(room)
    bob.composer.fill("half a thought")
    bob.keeps("half a thought")
    ada.makes_it("Announcements")
    expect(bob.page.locator(".no-writing")).to_have_text("Only its owners and moderators write here.")
    # Who was about to write is told so, at the place where they were.
    expect(bob.page.locator(".no-writing")).to_be_focused()
    expect(bob.page.locator(".room-kind")).to_contain_text("Announcements")
    ada.says("The library is open.")
    bob.sees("The library is open.")
    ada.makes_it("Public")
    expect(bob.composer).to_have_value("half a thought")


def test_who_looks_into_announcements_joins_without_writing(meet: Meet, site: Site, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.makes_it("Announcements")
    bob = meet("Bob").enters("elsewhere")
    bob.page.goto(site.address(room))
    note = bob.page.locator(".no-writing")
    expect(note).to_contain_text("Only its owners and moderators write here.")
    note.get_by_role("button", name="Join").click()
    expect(note.get_by_role("button")).to_have_count(0)
    expect(bob.page.locator(".room-link").filter(has_text=room)).to_have_count(1)


def test_an_archived_room_is_read_and_opened_again(meet: Meet, room: str) -> None:
    ada, bob = meet("Ada").enters(room), meet("Bob").enters(room)
    ada.composer.fill("for later")
    ada.keeps("for later")
    ada.opens_about().get_by_role("button", name="Archive the room").click()
    expect(ada.page.get_by_role("dialog").get_by_role("button", name="Open it again")).to_be_visible()
    ada.page.keyboard.press("Escape")
    expect(bob.page.locator(".no-writing")).to_have_text("This room is archived.")
    expect(bob.page.locator(".room-header .tag")).to_have_text("archived")
    ada.page.locator(".no-writing").get_by_role("button", name="Open it again").click()
    expect(ada.composer).to_have_value("for later")
    expect(ada.composer).to_be_focused()
    bob.says("open again")
    ada.sees("open again")


def test_what_was_written_for_a_room_that_closed_meanwhile_says_why_it_stays_here(meet: Meet, room: str) -> None:
    ada, bob = meet("Ada").enters(room), meet("Bob").enters(room)
    bob.goes_offline()
    bob.says("too late")
    ada.opens_about().get_by_role("button", name="Archive the room").click()
    expect(ada.page.get_by_role("dialog").get_by_role("button", name="Open it again")).to_be_visible()
    ada.page.keyboard.press("Escape")
    bob.comes_online()
    failed = bob.page.get_by_role("alert").filter(has_text="Not sent")
    expect(failed).to_contain_text("This room is archived. Its owner can open it again.")
    ada.page.locator(".no-writing").get_by_role("button", name="Open it again").click()
    expect(bob.composer).to_be_visible()
    failed.get_by_role("button", name="Retry").click()
    ada.sees("too late")


def test_a_deleted_room_goes_and_comes_back(meet: Meet, room: str) -> None:
    ada, bob = meet("Ada").enters(room), meet("Bob").enters(room)
    ada.says("still there")
    bob.sees("still there")
    ada.opens_about().get_by_role("button", name="Delete the room…").click()
    dialog = ada.page.get_by_role("dialog", name=f"Delete \u2068{room}\u2069?")
    expect(dialog).to_contain_text("can bring it back")
    dialog.get_by_role("button", name="Delete the room").click()
    expect(ada.page.locator(".room-link").filter(has_text=room)).to_have_count(0)
    expect(bob.page.locator(".room-state h1")).to_have_text(f"\u2068{room}\u2069 is not open to you any more.")
    expect(bob.page.locator(".room-link").filter(has_text=room)).to_have_count(0)
    ada.page.locator(".toast").get_by_role("button", name="Undo").click()
    ada.sees("still there")
    bob.sees("still there")
    bob.says("and so am I")
    ada.sees("and so am I")


def test_the_owners_other_window_brings_a_deleted_room_back(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.says("still there")
    ada.sees_sent("still there")
    other = ada.context.new_page()
    other.goto(ada.page.url)
    expect(other.locator(".message .body")).to_have_text("still there")
    ada.opens_about().get_by_role("button", name="Delete the room…").click()
    ada.page.get_by_role("dialog").get_by_role("button", name="Delete the room", exact=True).click()
    expect(other.locator(".room-state h1")).to_have_text(f"\u2068{room}\u2069 is not open to you any more.")
    other.get_by_role("button", name="Bring it back").click()
    expect(other.locator(".message .body")).to_have_text("still there")


def test_leaving_asks_only_where_one_could_not_come_back(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.makes_it("Private")
    ada.opens_about().get_by_role("button", name="Leave the room").click()
    dialog = ada.page.get_by_role("dialog", name=f"Leave \u2068{room}\u2069?")
    expect(dialog).to_contain_text("only when somebody brings you in")
    dialog.get_by_role("button", name="Cancel").click()
    ada.makes_it("Public")
    ada.opens_about().get_by_role("button", name="Leave the room").click()
    expect(ada.page.get_by_role("dialog")).to_have_count(0)
    ada.page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(ada.page.locator(".room-name")).to_have_text(room)


def test_a_conversation_begins_at_a_member_and_grows_into_a_group(meet: Meet, room: str) -> None:
    ada, bob, cleo = met(meet, "Ada Talks", "Bob Talks", "Cleo Talks")
    ada.does_with("Bob Talks", "Message")
    expect(ada.page.locator(".room-name")).to_have_text("Bob Talks")
    expect(ada.page.locator(".room-topic")).to_contain_text("@bob")
    expect(ada.page.locator(".beginning")).to_contain_text("beginning of your conversation with \u2068Bob Talks\u2069.")
    ada.says("just you and me")
    bob.page.locator(".room-link").filter(has_text="Ada Talks").click()
    bob.sees("just you and me")
    about = ada.opens_about()
    expect(about.locator(".room-people .member-name")).to_have_text(["Bob Talks", "Ada Talks"])
    expect(about.get_by_role("button", name=re.compile("Leave|Delete|Archive"))).to_have_count(0)
    about.get_by_role("button", name="Start a group with more people…").click()
    people = ada.page.get_by_role("dialog", name="Start a group")
    field = people.get_by_role("combobox", name="Who?")
    field.fill("Bob")
    expect(people.get_by_role("option", name="Bob Talks")).to_have_count(0)
    field.fill("Cleo T")
    field.press("Enter")
    expect(people.locator(".chip-name")).to_have_text("Cleo Talks")
    field.press("Enter")
    expect(ada.page.locator(".room-name")).to_have_text("Bob Talks, Cleo Talks")
    expect(ada.page.locator(".room-topic")).to_have_text("3 people")
    ada.says("all three")
    cleo.page.locator(".room-link").filter(has_text="Ada Talks, Bob Talks").click()
    cleo.sees("all three")
    # A group is left, and entered again.
    cleo.opens_about().get_by_role("button", name="Leave the conversation").click()
    expect(cleo.page.locator(".toast")).to_contain_text("You left")
    cleo.page.locator(".toast").get_by_role("button", name="Undo").click()
    cleo.sees("all three")


def test_members_by_the_keyboard_alone(meet: Meet, room: str) -> None:
    ada, _ = met(meet, "Ada Keys", "Bob Keys")
    ada.enters(room)
    keyboard = ada.page.keyboard
    ada.page.get_by_role("button", name="Members", exact=True).focus()
    keyboard.press("Enter")
    pane = ada.page.get_by_role("complementary")
    expect(pane.locator("h2")).to_be_focused()
    expect(pane.locator(".member")).to_have_count(1)
    adds = pane.get_by_role("button", name="Add people…")
    adds.focus()
    keyboard.press("Enter")
    field = ada.page.get_by_role("combobox", name="Who?")
    expect(field).to_be_focused()
    keyboard.type("bob k")
    expect(ada.page.get_by_role("option", selected=True)).to_contain_text("Bob Keys")
    keyboard.press("Enter")
    expect(ada.page.locator(".chip-name")).to_have_text("Bob Keys")
    keyboard.press("Backspace")
    expect(ada.page.locator(".chip-name")).to_have_count(0)
    keyboard.type("bob k")
    expect(ada.page.get_by_role("option", selected=True)).to_contain_text("Bob Keys")
    keyboard.press("Enter")
    keyboard.press("Enter")
    expect(pane.locator(".member")).to_have_count(2)
    expect(adds).to_be_focused()
    # One stop of the Tab key for all members; the arrows walk.
    keyboard.press("Tab")
    more = pane.get_by_role("button", name="Options for")
    expect(more.nth(0)).to_be_focused()
    keyboard.press("ArrowDown")
    expect(more.nth(1)).to_be_focused()
    keyboard.press("Enter")
    item = ada.page.get_by_role("menuitem")
    expect(item.nth(0)).to_be_focused()
    keyboard.press("End")
    expect(item.last).to_be_focused()
    keyboard.press("Escape")
    expect(item).to_have_count(0)
    expect(more.nth(1)).to_be_focused()
    keyboard.press("Enter")
    expect(item.nth(0)).to_be_focused()
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    expect(ada.page.get_by_role("menuitem", name="Make moderator")).to_be_focused()
    keyboard.press("Enter")
    expect(ada.member("Bob Keys").locator(".tag", has_text="moderator")).to_be_visible()
    expect(pane).to_be_visible()


@pytest.mark.parametrize("again", ["button", "outside"])
def test_a_press_closes_the_menu_of_a_member(meet: Meet, room: str, again: str) -> None:
    ada = meet("Ada").enters(room)
    more = ada.member("Ada").get_by_role("button", name="Options for")
    more.click()
    expect(ada.page.get_by_role("menu")).to_be_visible()
    (more if again == "button" else ada.page.locator(".side-head h2")).click()
    expect(ada.page.get_by_role("menu")).to_have_count(0)
    expect(more).to_have_attribute("aria-expanded", "false")
    more.click()
    expect(ada.page.get_by_role("menu")).to_be_visible()
