"""People talk."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from playwright.sync_api import Browser, expect
from tests.browser.conftest import Meet
from tests.browser.play import Site, Someone, becomes_true


def test_two_people_talk(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    grace = meet("Grace").enters(room)
    ada.says("Good morning!")
    grace.sees("Good morning!")
    grace.says("Hello Ada,\nhow are you?")
    seen = ada.sees("Hello Ada,")
    assert seen.locator(".body").inner_text() == "Hello Ada,\nhow are you?"
    expect(seen.locator(".author")).to_have_text("Grace")
    ada.sees_sent("Good morning!")
    expect(ada.page.locator(".message.mine .check-icon")).to_be_visible()


def test_seen_by_everyone_in_the_same_room_and_by_nobody_in_another(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    grace = meet("Grace").enters(room)
    eve = meet("Eve").enters(f"{room} elsewhere")
    ada.says("for this room only")
    grace.sees("for this room only")
    # Eve's own message comes behind it on the same server: had she been told of Ada's, it would be here.
    eve.says("for the other room")
    eve.sees_sent("for the other room")
    assert eve.bodies() == ["for the other room"]
    assert ada.bodies() == ["for this room only"]


def test_markup_of_a_stranger_stays_text(meet: Meet, room: str) -> None:
    attack = "<script>document.title = 'owned'</script><img src=x onerror=\"document.title='owned'\">"
    ada = meet("Ada").enters(room)
    eve = meet("<b>Eve</b>").enters(room)
    eve.says(attack)
    seen = ada.sees("document.title")
    assert seen.locator(".body").inner_text() == attack
    assert seen.locator(".body").locator("script, img").count() == 0
    expect(seen.locator(".author")).to_have_text("<b>Eve</b>")
    assert ada.page.title() != "owned"


def test_only_addresses_of_the_web_become_links(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.says("see (https://example.org/a_(b)?c=d#e). javascript:alert(1) http://x.example, data:text/html,x")
    links = ada.sees("see").locator(".body a")
    expect(links).to_have_count(2)
    assert links.nth(0).get_attribute("href") == "https://example.org/a_(b)?c=d#e"
    assert links.nth(1).get_attribute("href") == "http://x.example/"
    assert "noopener" in (links.nth(0).get_attribute("rel") or "")


def test_edit_and_delete_reach_everyone(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    grace = meet("Grace").enters(room)
    ada.says("teh first").says("the second")
    grace.sees("teh first")
    ada.sees_sent("teh first")
    message = ada.message("teh first")
    message.hover()
    message.get_by_role("button", name="Edit", exact=True).click()
    editor = ada.page.locator(".editor textarea")
    editor.fill("the first")
    editor.press("Enter")
    expect(grace.sees("the first").locator(".edited")).to_have_text("edited")
    ada.message("the second").hover()
    ada.message("the second").get_by_role("button", name="Delete").click()
    ada.page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(grace.page.locator(".tombstone")).to_have_text("This message was deleted.")
    expect(grace.message("the second")).to_have_count(0)
    # The button is gone with the message's text: what stays of it has the focus.
    expect(ada.page.locator(".message:focus .tombstone")).to_have_count(1)
    # A stranger's message offers neither.
    grace.message("the first").hover()
    expect(grace.message("the first").get_by_role("button", name="Edit", exact=True)).to_have_count(0)
    expect(grace.message("the first").get_by_role("button", name="Delete")).to_have_count(0)


@pytest.mark.parametrize("name", ["C++", "C#", "what? why", "100 % & more", "🎉", "Größe"])
def test_any_name_is_an_address(meet: Meet, site: Site, name: str) -> None:
    ada = meet("Ada").enters(name)
    ada.says(f"in {name}")
    ada.sees_sent(f"in {name}")
    ada.page.reload()
    ada.sees(f"in {name}")
    grace = meet("Grace")
    grace.page.goto(site.address(name.casefold()))
    grace.page.get_by_label("Your name").fill("Grace")
    grace.page.get_by_role("button", name="Walk in").click()
    grace.sees(f"in {name}")


def test_a_message_from_a_shell_is_seen(meet: Meet, site: Site, room: str) -> None:
    ada = meet("Ada").enters(room)
    site.fill(room, 1, author="Console")
    expect(ada.sees("message 1").locator(".author")).to_have_text("Console")


def test_unread_is_in_the_list_and_the_title(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.enters(f"{room} two")
    grace = meet("Grace").enters(room)
    grace.says("one").says("two")
    expect(ada.unread(room)).to_have_text("2")
    expect(ada.page).to_have_title(re.compile(r"^\(2\) "))
    expect(ada.page.locator('link[rel="icon"]')).to_have_attribute("href", re.compile("favicon-lit.svg$"))
    ada.page.locator(".room-link").filter(has_text=room).first.click()
    ada.sees("one")
    expect(ada.page).to_have_title(f"\u2068{room}\u2069 · Group Chat")
    expect(ada.page.locator('link[rel="icon"]')).to_have_attribute("href", re.compile("favicon.svg$"))
    assert "#" not in ada.page.url


def test_who_made_a_room_renames_it_and_the_old_address_leads_here(meet: Meet, site: Site, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.page.get_by_role("button", name="About this room").click()
    dialog = ada.page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(f"{room} anew")
    dialog.get_by_label("Topic").fill("All of us")
    dialog.get_by_role("button", name="Save").click()
    expect(ada.page.locator(".room-name")).to_have_text(f"{room} anew")
    expect(ada.page.locator(".room-topic")).to_have_text("All of us")
    expect(ada.page.locator(".notice")).to_have_count(2)
    expect(ada.page).to_have_url(site.address(f"{room} anew"))
    becomes_true(ada.page, "history.state?.dialog == null")  # the step back of the dialog is done
    ada.page.goto(site.address(room))
    expect(ada.page).to_have_url(site.address(f"{room} anew"))
    bob = meet("Bob").enters(f"{room} anew")
    bob.page.get_by_role("button", name="About this room").click()
    expect(bob.page.get_by_role("dialog").get_by_text("All of us")).to_be_visible()
    expect(bob.page.get_by_role("dialog").get_by_label("Topic")).to_have_count(0)


def test_who_writes_too_fast_waits_and_loses_nothing(slow_site: Site, browser: Browser, room: str) -> None:
    ada = Someone(slow_site, browser, "Ada").enters(room)
    texts = [f"line {index:02}" for index in range(12)]
    ada.goes_offline()  # so that they leave together, however slowly they are typed
    for text in texts:
        ada.says(text)
    ada.comes_online()
    expect(ada.page.locator(".composer-count")).to_contain_text("A little slower")
    ada.photograph("held")
    ada.sees_sent(texts[-1])
    assert ada.bodies() == texts
    expect(ada.page.locator(".composer-count")).to_have_text("")
    ada.context.close()


def test_a_guest_who_signs_up_stands_in_the_same_room(meet: Meet, room: str) -> None:
    ada = meet("Lady Ada").enters(room)
    ada.says("as a guest")
    ada.sees_sent("as a guest")
    ada.page.locator(".me").click()
    ada.page.get_by_role("dialog").get_by_role("link", name="Sign up").click()
    ada.page.get_by_label("Username").fill("lady.ada")
    ada.page.get_by_label("Password").fill("a difference engine")
    ada.page.get_by_role("button", name="Sign up").click()
    expect(ada.page.locator(".room-name")).to_have_text(room)
    expect(ada.page.locator(".me-name")).to_have_text("Lady Ada")
    expect(ada.sees("as a guest").locator(".author")).to_have_text("Lady Ada")
    expect(ada.page.locator(".room-note")).to_have_count(0)
    ada.says("with an account")
    ada.sees_sent("with an account")
    assert ada.bodies() == ["as a guest", "with an account"]


def test_the_door_of_a_room_leads_back_to_it(meet: Meet, site: Site, room: str) -> None:
    site.fill(room, 1)
    ada = meet("Ada")
    ada.page.goto(site.address(room))
    links = ada.page.get_by_role("link", name=re.compile("Sign (in|up)"))
    expect(links).to_have_count(3)
    ways = [link.get_attribute("href") or "" for link in links.all()]
    assert [parse_qs(urlsplit(way).query)["next"] for way in ways] == [[unquote(urlsplit(site.address(room)).path)]] * 3
    ada.page.get_by_role("link", name="Sign up").click()
    ada.page.get_by_label("Username").fill("ada.at.the.door")
    ada.page.get_by_label("Password").fill("a difference engine")
    ada.page.get_by_role("button", name="Sign up").click()
    expect(ada.page.locator(".room-name")).to_have_text(room)
    ada.sees("message 1")


def test_who_is_typing_stands_below_the_composer_and_moves_nothing(meet: Meet, room: str) -> None:
    ada, grace = meet("Ada").enters(room), meet("Grace").enters(room)
    ada.says("hello")
    grace.says("hello, too")
    ada.sees("hello, too")
    before = ada.composer.bounding_box()
    # Slowly: what follows at once upon a message is not told, for the same was told a moment ago.
    grace.composer.press_sequentially("I think", delay=500)
    typing = ada.page.locator(".composer-typing")
    expect(typing).to_have_text("\u2068Grace\u2069 is typing…")
    assert ada.composer.bounding_box() == before
    expect(grace.page.locator(".composer-typing")).to_have_count(0)
    grace.composer.press("Enter")
    ada.sees("I think")
    expect(typing).to_have_count(0)
