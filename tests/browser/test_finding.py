"""Rooms of every kind and people are found, begun and told apart; by keys alone, too."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect
from tests.browser.conftest import Meet
from tests.browser.play import Site, Someone


def section(someone: Someone, name: str) -> Locator:
    """The rooms of a section of the sidebar."""
    heading = someone.page.get_by_role("heading", name=name, exact=True)
    return someone.page.locator(".sidebar section").filter(has=heading).locator(".room-link")


def makes(someone: Someone, name: str, kind: str, topic: str = "") -> None:
    """By the switcher, which leads to the dialog."""
    someone.looks_for(name)
    someone.page.get_by_role("option", name="Start a private room").click()
    dialog = someone.page.get_by_role("dialog", name="New room")
    expect(dialog.get_by_label("Name")).to_have_value(name)
    dialog.get_by_role("radio", name=kind).check()
    dialog.get_by_label("Topic").fill(topic)
    dialog.get_by_role("button", name="Start the room").click()
    expect(someone.page.locator(".room-name")).to_have_text(name)


def test_a_room_of_each_kind_is_made_and_looks_like_it(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    makes(ada, f"{room} board", "Private", "Among us")
    expect(ada.page.locator(".room-topic")).to_have_text("Among us")
    expect(ada.page.locator(".toast")).to_contain_text("you just made it")
    makes(ada, f"{room} news", "Announcements")
    makes(ada, f"{room} open", "Public")
    rooms = section(ada, "Rooms")
    for name, icon in {"board": "lock", "news": "megaphone", "open": "hash"}.items():
        expect(rooms.filter(has_text=f"{room} {name}").locator(f".{icon}-icon")).to_have_count(1)
    expect(ada.page.get_by_role("link", name=f"{room} board private", exact=True)).to_have_count(1)


MEMBERS = """
from groupchat.actions import members
from groupchat.models import Person, Room
board = Room.objects.get(name={board!r})
ada, grace = (Person.objects.get(memberships__room__slug={room!r}, name=name) for name in ("Ada", "Grace"))
"""


def test_a_private_room_comes_and_goes_with_who_is_brought_in_and_sent_out(meet: Meet, site: Site, room: str) -> None:
    grace = meet("Grace").enters(room)
    ada = meet("Ada").enters(room)
    board = f"{room} board"[-60:]
    makes(ada, board, "Private")
    people = MEMBERS.format(board=board, room=room)
    # Nobody finds it who is not in it.
    directory = opens_all_rooms(grace)
    expect(directory.locator(".directory-room").filter(has_text=room).first).to_be_visible()
    expect(directory.locator(".directory-room").filter(has_text=board)).to_have_count(0)
    grace.page.keyboard.press("Escape")
    site.shell(f"{people}members.invite(person=ada, room_id=board.pk, people=[grace.pk])")
    link = section(grace, "Rooms").filter(has_text=board)
    expect(link.locator(".lock-icon")).to_have_count(1)
    ada.says("welcome")
    unread = section(grace, "Unread").filter(has_text=board)
    expect(unread.locator(".lock-icon")).to_have_count(1)
    unread.click()
    grace.sees("welcome")
    site.shell(f"{people}members.remove(person=ada, room_id=board.pk, target_id=grace.pk)")
    expect(grace.page.locator(".room-link").filter(has_text=board)).to_have_count(0)


def test_a_name_that_is_taken_is_told_where_it_was_written(meet: Meet, room: str) -> None:
    meet("Grace").enters(room)
    ada = meet("Ada").enters(f"{room} too")
    ada.looks_for(room)
    ada.page.get_by_role("option", name="Start a private room").click()
    dialog = ada.page.get_by_role("dialog", name="New room")
    dialog.get_by_role("radio", name="Announcements").check()
    dialog.get_by_role("button", name="Start the room").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Another room has or had this name")
    expect(dialog.get_by_label("Name")).to_be_focused()
    # Private it may be called so, for nobody finds it by its name.
    dialog.get_by_role("radio", name="Private").check()
    dialog.get_by_label("Name").press("Enter")
    expect(ada.page.locator(".room-name")).to_have_text(room)
    expect(ada.page.locator(".room-link[aria-current] .lock-icon")).to_have_count(1)


def test_the_switcher_finds_open_rooms_of_the_server_as_one_types(meet: Meet, site: Site, room: str) -> None:
    # Among the lively ones that the switcher begins with it is not, nor does it have the letters that one types.
    meet("Grace").enters(f"Straße {room}")
    names = [f"livelier {number}" for number in range(20)]
    site.shell(
        f"""
from uuid import uuid4
from groupchat.actions.people import Guest, person_of_guest
from groupchat.actions.rooms import enter
author = person_of_guest(guest=Guest(uuid4(), "Founder"))
for name in {names}:
    enter(person=author, name=name)
"""
    )
    ada = meet("Ada").enters(room)
    ada.looks_for(f"strasse {room}")
    found = ada.page.locator("[role=option]").filter(has=ada.page.locator(".tag"))
    expect(found).to_have_count(1)
    expect(found).to_contain_text("public")
    found.click()
    expect(ada.page.locator(".room-name")).to_have_text(f"Straße {room}")
    expect(ada.page.locator(".room-note")).to_contain_text("Join")


def test_a_conversation_begins_in_the_switcher(meet: Meet, room: str) -> None:
    grace = meet("Grace Finder").enters(room)
    grace.says("here")
    grace.sees_sent("here")
    ada = meet("Ada Finder").enters(room)
    ada.says("here, too")
    grace.sees("here, too")
    # Keys alone.
    ada.page.keyboard.press("Control+k")
    ada.page.keyboard.type("@grace")
    expect(ada.page.get_by_role("option", selected=True)).to_contain_text("Grace Finder")
    expect(ada.page.get_by_role("option", name="Start")).to_have_count(0)
    ada.page.keyboard.press("Enter")
    expect(ada.page.locator(".room-name")).to_have_text("Grace Finder")
    expect(section(ada, "Direct")).to_have_count(1)
    expect(section(ada, "Direct").locator(".avatar")).to_have_text("GF")
    expect(ada.composer).to_be_focused()
    ada.says("just you and me")
    ada.sees_sent("just you and me")
    # It lies with what is unread until it was read, and is found by the name of the other.
    expect(section(grace, "Unread").filter(has_text="Ada Finder")).to_have_count(1)
    grace.looks_for("ada find")
    expect(grace.page.get_by_role("option", name="Ada Finder")).to_have_count(1)
    grace.page.keyboard.press("Enter")
    grace.sees("just you and me")
    grace.page.get_by_role("link", name=room).click()
    expect(section(grace, "Direct").filter(has_text="Ada Finder")).to_have_count(1)


def test_a_card_tells_who_somebody_is_and_leads_to_them(meet: Meet, room: str) -> None:
    grace = meet("Grace Hopper").enters(room)
    grace.says("look me up")
    grace.sees_sent("look me up")
    ada = meet("Ada Card").enters(room)
    ada.says("@grace it is")  # with nothing to choose from
    ada.sees_sent("@grace it is")
    said = ada.sees("look me up")
    said.locator(".author").click()
    card = ada.page.get_by_role("complementary", name="Grace Hopper")
    expect(card).to_contain_text("@grace")
    expect(card).to_contain_text("guest")
    expect(card.get_by_role("heading", name="Grace Hopper")).to_be_focused()
    # Esc leads back to where one was; the picture and a key open it, too.
    ada.page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    expect(said.locator(".author")).to_be_focused()
    said.locator(".avatar").click()
    expect(card).to_be_visible()
    ada.page.go_back()
    expect(card).to_have_count(0)
    said.focus()
    ada.page.keyboard.press("a")
    expect(card).to_be_visible()
    # A reload shows the same.
    ada.page.reload()
    expect(card).to_contain_text("@grace")
    expect(card.get_by_role("link", name=room)).to_be_visible()
    card.get_by_role("button", name="Message").click()
    expect(ada.page.locator(".room-name")).to_have_text("Grace Hopper")
    expect(section(ada, "Direct").locator(".room-link-name")).to_have_text("Grace Hopper")


def test_from_the_members_to_a_card_and_back(meet: Meet, room: str) -> None:
    grace = meet("Grace Member").enters(room)
    grace.says("hello")
    grace.sees_sent("hello")
    ada = meet("Ada Member").enters(room)
    ada.says("hello, too")
    ada.sees_sent("hello, too")
    ada.page.get_by_role("button", name="Members", exact=True).click()
    members = ada.page.get_by_role("complementary", name="2 members")
    members.get_by_role("button", name="Grace Member", exact=True).click()
    card = ada.page.get_by_role("complementary", name="Grace Member")
    expect(card.get_by_role("heading", name="Grace Member")).to_be_focused()
    ada.page.keyboard.press("Escape")
    expect(members).to_be_visible()
    # One card takes the place of another, and closing it leads where the first would have led.
    members.get_by_role("button", name="Grace Member", exact=True).click()
    ada.page.locator(".author").get_by_text("Ada Member").click()
    own = ada.page.get_by_role("complementary", name="Ada Member")
    expect(own).to_contain_text("you")
    expect(own.get_by_role("button", name="Message")).to_have_count(0)
    ada.page.go_back()
    expect(members).to_be_visible()
    ada.page.keyboard.press("Escape")
    expect(ada.page.get_by_role("complementary")).to_have_count(0)


def test_the_name_in_a_quote_leads_to_its_author(meet: Meet, room: str) -> None:
    grace = meet("Grace Quoted").enters(room)
    grace.says("a question")
    grace.sees_sent("a question")
    ada = meet("Ada Quoting").enters(room)
    ada.sees("a question").hover()
    ada.sees("a question").get_by_role("button", name="Reply").click()
    ada.says("an answer")
    ada.sees_sent("an answer")
    ada.message("an answer").locator(".quote bdi").click()
    expect(ada.page.get_by_role("complementary", name="Grace Quoted")).to_be_visible()
    expect(ada.page).to_have_url(ada.site.address(room))


# --- the directory ------------------------------------------------------------------------------------------------


def opens_all_rooms(someone: Someone) -> Locator:
    someone.page.locator(".sidebar").get_by_role("button", name="All rooms").click()
    return someone.page.get_by_role("dialog", name="All rooms")


def test_all_rooms_are_listed_searched_and_looked_into(meet: Meet, site: Site, room: str) -> None:
    site.fill(f"{room} lively", 1)
    ada = meet("Ada").enters(f"{room} mine")
    directory = opens_all_rooms(ada)
    entries = directory.locator(".directory-room")
    expect(entries.filter(has_text=f"{room} lively")).to_have_text(re.compile("1 member · last message: .?today"))
    expect(entries.filter(has_text=f"{room} mine")).to_contain_text("no message yet")
    expect(entries.filter(has_text=f"{room} mine")).to_contain_text("you are in it")
    field = directory.get_by_role("searchbox")
    field.fill("no room is called like this")
    expect(directory).to_contain_text("No room has “\u2068no room is called like this\u2069” in its name.")
    field.fill(f"{room} liv")
    expect(entries).to_have_count(1)
    # By keys from the field into the list; looking inside is not joining.
    ada.page.keyboard.press("ArrowDown")
    ada.page.keyboard.press("Enter")
    expect(ada.page.locator(".room-name")).to_have_text(f"{room} lively")
    expect(ada.page.locator(".room-note")).to_contain_text("Join")
    expect(section(ada, "Looking in")).to_have_count(1)


def test_further_rooms_come_at_the_end_of_the_list(meet: Meet, site: Site, room: str) -> None:
    site.shell(
        """
from uuid import uuid4
from groupchat.actions.people import Guest, person_of_guest
from groupchat.actions.rooms import enter
author = person_of_guest(guest=Guest(uuid4(), "Founder"))
for number in range(60):
    enter(person=author, name=f"paged {number}")
"""
    )
    ada = meet("Ada").enters(room)
    directory = opens_all_rooms(ada)
    directory.get_by_role("searchbox").fill("paged")
    entries = directory.locator(".directory-room")
    expect(entries.first).to_contain_text("paged")
    expect(entries).to_have_count(50)
    entries.last.scroll_into_view_if_needed()
    expect(entries).to_have_count(60)


def test_without_a_connection_the_rooms_come_when_it_is_back(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.goes_offline()
    directory = opens_all_rooms(ada)
    expect(directory).to_contain_text("There is no connection.")
    ada.comes_online()
    expect(directory.locator(".directory-room").filter(has_text=room)).to_have_count(1)


def test_a_room_begins_in_the_directory_too(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(f"{room} one")
    directory = opens_all_rooms(ada)
    directory.get_by_role("searchbox").fill(f"{room} two")
    directory.get_by_role("button", name="New room…").click()
    dialog = ada.page.get_by_role("dialog", name="New room")
    expect(dialog.get_by_label("Name")).to_have_value(f"{room} two")
    expect(dialog.get_by_role("radio", name="Public")).to_be_checked()
    dialog.get_by_role("button", name="Cancel").click()
    expect(ada.page.get_by_role("dialog")).to_have_count(0)
    expect(ada.page.locator(".room-name")).to_have_text(f"{room} one")
