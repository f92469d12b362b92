"""Every page and state, light and dark, narrow and wide: axe finds nothing, nothing overflows; with pictures."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Meet
from tests.browser.play import AXE, Site, Someone, complaints

WIDTHS = {"wide": 1440, "medium": 1024, "small": 700, "narrow": 320}
# Which widths each theme is looked at in; all of all in the long form.
SHORT_FORM = {
    "light": ("wide", "narrow"),
    "dark": ("medium", "narrow"),
    "contrast": ("small",),
    "dark-contrast": ("wide",),
}
LONG_FORM = [
    pytest.param((scheme, tuple(WIDTHS)), id=f"{scheme} at all widths", marks=pytest.mark.long) for scheme in SHORT_FORM
]

# How many pixels stand out of the page, or of a pane of it, which would cut them off.
OVERFLOW = """() => {
  const boxes = [document.documentElement, ...document.querySelectorAll(".panes > *, dialog")];
  return Math.max(...boxes.map((box) => box.scrollWidth - box.clientWidth));
}"""


# The rooms of somebody who has been around, made by the people who are in `room` already.
KINDS = """
from groupchat.actions.rooms import converse, create
from groupchat.models import Person
found = Person.objects.filter(memberships__room__slug={room!r})
ada, grace, kay = (found.get(name__startswith=name) for name in ("Ada", "Grace", "Kay"))
create(person=ada, name={room!r} + " board", kind="private", topic="Among us")
create(person=ada, name={room!r} + " news", kind="announcement", topic="What is new in the harbour")
converse(person=ada, people=[grace.pk])
converse(person=ada, people=[grace.pk, kay.pk])
"""


class Look(NamedTuple):
    """A theme, and the widths at which everything is looked at in it."""

    scheme: str
    widths: tuple[str, ...]

    @property
    def options(self) -> dict[str, str]:
        """What a browser is told of its reader's wishes."""
        return {
            "color_scheme": "dark" if self.scheme.startswith("dark") else "light",
            "contrast": "more" if self.scheme.endswith("contrast") else "no-preference",
        }


LIGHT = Look("light", SHORT_FORM["light"])


@pytest.fixture(params=[*(pytest.param(look, id=look[0]) for look in SHORT_FORM.items()), *LONG_FORM])
def look(request: pytest.FixtureRequest) -> Look:
    return Look(*request.param)


def check(someone: Someone, name: str, look: Look) -> None:
    for width in look.widths:
        someone.page.set_viewport_size({"width": WIDTHS[width], "height": 820})
        check_at_this_width(someone, f"{name}-{look.scheme}-{width}")


def check_at_this_width(someone: Someone, name: str) -> None:
    someone.photograph(name)
    assert complaints(someone.page) == [], name
    overflow = someone.page.evaluate(OVERFLOW)
    assert overflow <= 0, f"{name} is {overflow} px too wide"


def test_pages_without_the_app(meet: Meet, site: Site, look: Look) -> None:
    site.fill("lively place", 1)
    ada = meet("Ada", **look.options)
    for name, path in {
        "home": "/",
        "enter": "/rooms/lively%20place/",
        "sign-in": "/accounts/login/",
        "sign-up": "/accounts/signup/",
        "password-reset": "/accounts/password/reset/",
        "not-found": "/nothing-here/",
    }.items():
        ada.page.goto(site.url + path)
        expect(ada.page.locator("h1")).to_have_count(1)
        check(ada, name, look)
    ada.context.clear_cookies()
    ada.page.goto(site.url)
    ada.context.clear_cookies()
    ada.page.get_by_label("Which room?").fill("lively place")
    ada.page.get_by_label("Your name").fill("Ada")
    ada.page.get_by_role("button", name="Walk in").click()
    expect(ada.page.locator("h1")).to_have_text("Please send that again")
    check(ada, "form-too-old", look)
    ada.page.goto(site.url)
    ada.page.get_by_label("Which room?").fill("a/b")
    ada.page.get_by_label("Your name").fill("Ada")
    ada.page.get_by_role("button", name="Walk in").click()
    expect(ada.page.get_by_role("alert")).to_contain_text("can't be a room's name")
    check(ada, "home-refused", look)
    ada.enters_by_the_home_page("lively place")
    ada.page.goto(f"{site.url}/rooms/no%20such%20room/")
    expect(ada.page.locator("h1")).to_have_text("There is no such room")
    check(ada, "no-such-room", look)
    ada.faults.clear()  # the browser reports every answer of 4xx


def talk(meet: Meet, room: str, look: Look) -> Someone:
    """A room in which something happened, seen by Ada."""
    # Who makes a room is told so for a while: that is not what is to be seen here.
    grace = meet("Grace Hopper").enters("lunch").enters("reading club").enters(room)
    ada = meet("Ada Lovelace", **look.options).enters("reading club").enters("lunch").enters(room)
    ada.says("Good morning! Has anybody tried the new build?")
    grace.sees("Good morning!")
    grace.says("Yes, since yesterday. It found a moth: https://example.org/log/1947")
    grace.says("Look at the second page.\nThe handwriting is lovely.")
    ada.sees("handwriting")
    ada.says("Taped in, I hope?")
    grace.sees("Taped in")
    grace.says("Of course 🎉")
    ada.sees("Of course")
    grace.enters("reading club").says("Chapter four tonight")
    expect(ada.unread("reading club")).to_have_text("1")
    ada.page.mouse.move(0, 0)
    expect(ada.page.locator(".toast")).to_have_count(0)
    return ada


def test_the_room(meet: Meet, site: Site, look: Look) -> None:
    site.fill("where she is not", 1)
    ada = talk(meet, f"analytical engine {look.scheme}", look)
    check(ada, "chat", look)
    ada.page.set_viewport_size({"width": 1440, "height": 820})
    for state, button in {"members": "Members", "room-dialog": "About this room"}.items():
        ada.page.get_by_role("button", name=button, exact=True).click()
        if state == "members":
            expect(ada.page.locator(".member-name")).to_have_count(2)
        check(ada, state, look)
        ada.page.set_viewport_size({"width": 1440, "height": 820})
        ada.page.keyboard.press("Escape")
    ada.page.keyboard.press("Control+k")
    expect(ada.page.get_by_role("option", name="public").first).to_be_visible()
    check(ada, "switcher", look)
    ada.page.keyboard.press("Escape")
    ada.page.locator(".room-header button").first.focus()
    ada.page.set_viewport_size({"width": 1440, "height": 820})
    ada.page.get_by_role("button", name="Members", exact=True).focus()
    ada.page.keyboard.press("?")
    check(ada, "keys", look)
    ada.page.keyboard.press("Escape")
    ada.page.set_viewport_size({"width": 1440, "height": 820})
    ada.page.locator(".me").click()
    check(ada, "me", look)
    ada.page.keyboard.press("Escape")
    ada.page.set_viewport_size({"width": 1440, "height": 820})
    ada.composer.press("ArrowUp")
    expect(ada.page.locator(".editor")).to_be_visible()
    check(ada, "editing", look)
    ada.page.keyboard.press("Escape")
    ada.message("Taped in").get_by_role("button", name="Delete").focus()
    ada.page.keyboard.press("Enter")
    check(ada, "delete", look)
    ada.page.keyboard.press("Escape")
    ada.composer.fill("word " * 1599)
    expect(ada.page.locator(".composer-count")).to_contain_text("left")
    ada.composer.fill("word " * 1620)
    expect(ada.page.locator(".composer-count")).to_contain_text("too long")
    check(ada, "too-long", look)


def test_an_empty_room_and_the_list(meet: Meet, look: Look) -> None:
    ada = meet("Ada Lovelace", **look.options).enters(f"an empty room {look.scheme}")
    check(ada, "empty", look)
    ada.page.set_viewport_size({"width": WIDTHS["narrow"], "height": 820})
    ada.page.get_by_role("button", name="All rooms").click()
    expect(ada.page.locator(".sidebar")).to_be_visible()
    check_at_this_width(ada, f"rooms-{look.scheme}-narrow")
    ada.page.set_viewport_size({"width": 1440, "height": 820})
    ada.page.get_by_role("button", name="About this room").click()
    ada.page.get_by_role("button", name="Leave the room").click()
    expect(ada.page.locator(".welcome")).to_be_visible()
    expect(ada.page.locator(".welcome-rooms li").first).to_be_visible()
    check(ada, "welcome", look)


def test_rooms_of_every_kind_and_people(meet: Meet, site: Site, look: Look) -> None:
    room = f"harbour {look.scheme}"
    site.fill(f"{room} open to all", 1)
    grace = meet("Grace Hopper").enters(room)
    kay = meet("Kay McNulty").enters(room)
    for someone in (grace, kay):
        someone.says(f"{someone.name} is here")
        someone.sees_sent(f"{someone.name} is here")
    ada = meet("Ada Lovelace", **look.options).enters(room)
    ada.says("Here I am")
    ada.sees_sent("Here I am")
    site.shell(KINDS.format(room=room))
    direct = ada.page.locator("section").filter(has=ada.page.get_by_role("heading", name="Direct"))
    expect(direct.locator(".room-link")).to_have_count(2)
    expect(ada.page.locator(".sidebar .lock-icon")).to_have_count(1)
    ada.page.mouse.move(0, 0)
    check(ada, "kinds", look)
    ada.page.set_viewport_size({"width": WIDTHS["narrow"], "height": 820})
    ada.page.get_by_role("button", name="All rooms").click()
    check_at_this_width(ada, f"kinds-list-{look.scheme}-narrow")
    ada.page.locator(".sidebar").get_by_role("button", name="All rooms").click()
    expect(ada.page.locator(".directory-room").filter(has_text="open to all").first).to_be_visible()
    check(ada, "directory", look)
    ada.page.get_by_role("searchbox").fill("no room is called like this")
    expect(ada.page.locator(".directory-state")).to_be_visible()
    check(ada, "directory-nothing", look)
    ada.page.get_by_role("button", name="New room…").click()
    check(ada, "new-room", look)
    ada.page.keyboard.press("Escape")
    ada.page.set_viewport_size({"width": 1440, "height": 820})
    ada.looks_for("harbour")
    expect(ada.page.get_by_role("option", name="open to all").first).to_be_visible()
    check(ada, "switcher-found", look)
    ada.page.get_by_role("combobox").fill("@gra")
    expect(ada.page.get_by_role("option", name="@grace").first).to_be_visible()
    check(ada, "switcher-people", look)
    ada.page.keyboard.press("Escape")
    ada.page.set_viewport_size({"width": 1440, "height": 820})
    ada.page.get_by_role("link", name=f"{room} board").click()
    ada.page.get_by_role("link", name=room, exact=True).click()
    ada.message("Grace Hopper is here").locator(".author").click()
    expect(ada.page.locator(".person-card-rooms a").first).to_be_visible()
    check(ada, "person", look)


def test_what_one_does_with_rooms(meet: Meet, look: Look) -> None:
    room = f"ledger {look.scheme}"
    bob = meet("Bob Babbage").enters(f"foyer {look.scheme}").says("I am Bob").enters(room)
    ada = meet("Ada Lovelace", **look.options).enters(f"foyer {look.scheme}")
    bob_is_known(ada)
    ada.enters(f"private {look.scheme}")
    ada.makes_it("Private")
    check(ada, "private", look)
    ada.page.set_viewport_size({"width": 1440, "height": 820})
    ada.opens_about().get_by_label("Kind").select_option("Public")
    expect(ada.page.get_by_role("dialog").locator(".warning")).to_be_visible()
    check(ada, "keeping", look)
    ada.page.keyboard.press("Escape")
    ada.page.set_viewport_size({"width": 1440, "height": 820})
    ada.opens_members().get_by_role("button", name="Add people…").click()
    people = ada.page.get_by_role("dialog")
    people.get_by_role("combobox").fill("bob")
    people.get_by_role("option", name="Bob Babbage").first.click()
    people.get_by_role("combobox").fill("b")
    check(ada, "add-people", look)
    ada.page.set_viewport_size({"width": 1440, "height": 820})
    people.get_by_role("button", name="Add", exact=True).click()
    ada.member("Bob Babbage").get_by_role("button", name="Options for").click()
    for width in look.widths:
        # The menu stands where it was opened, and closes when the window gets another size.
        ada.page.keyboard.press("Escape")
        ada.page.set_viewport_size({"width": WIDTHS[width], "height": 820})
        ada.member("Bob Babbage").get_by_role("button", name="Options for").click()
        check_at_this_width(ada, f"member-menu-{look.scheme}-{width}")
    ada.page.get_by_role("menuitem", name="Send out of the room").click()
    check(ada, "send-out", look)
    ada.page.keyboard.press("Escape")
    ada.page.set_viewport_size({"width": 1440, "height": 820})
    ada.does_with("Bob Babbage", "Message")
    expect(ada.page.locator(".room-name")).to_have_text("Bob Babbage")
    ada.page.keyboard.press("Escape")
    check(ada, "conversation", look)
    ada.page.set_viewport_size({"width": 1440, "height": 820})
    ada.opens_about()
    check(ada, "conversation-dialog", look)
    ada.page.keyboard.press("Escape")
    ada.page.set_viewport_size({"width": 1440, "height": 820})
    ada.enters(room)
    ada.says("Is everything in it?")
    bob.sees("Is everything in it?")
    bob.makes_it("Announcements")
    expect(ada.page.locator(".no-writing")).to_be_visible()
    check(ada, "announcements", look)
    bob.opens_about().get_by_role("button", name="Archive the room").click()
    expect(ada.page.locator(".no-writing")).to_have_text("This room is archived.")
    check(ada, "archived", look)
    bob.page.keyboard.press("Escape")
    bob.opens_about().get_by_role("button", name="Delete the room…").click()
    bob.page.get_by_role("dialog").get_by_role("button", name="Delete the room", exact=True).click()
    expect(bob.page.locator(".toast")).to_contain_text("Deleted.")
    bob.photograph(f"deleted-{look.scheme}")
    expect(ada.page.locator(".room-state h1")).to_contain_text("is not open to you any more")
    check(ada, "gone", look)


def bob_is_known(ada: Someone) -> None:
    """By what he wrote where she is."""
    ada.sees("I am Bob")


def test_names_longer_than_their_pane(meet: Meet, site: Site) -> None:
    name = "W" * 79
    site.shell(
        f"""
from django.contrib.auth import get_user_model
from groupchat.actions.people import person_of_user
from groupchat.actions.rooms import enter, leave, set_topic
owner = person_of_user(user=get_user_model().objects.create_user("owner of long names"))
room = enter(person=owner, name={name!r}).room
set_topic(person=owner, room_id=room.pk, topic="T" * 250)
leave(person=owner, room_id=room.pk)
"""
    )
    ada = meet("M" * 50).enters(name)
    ada.says("w" * 300)
    ada.sees_sent("w" * 300)
    expect(ada.page.locator(".room-topic")).to_have_text("T" * 250)
    ada.page.get_by_role("button", name="Members", exact=True).click()
    expect(ada.page.locator(".member-name")).to_have_count(1)
    check(ada, "long-names-members", LIGHT)
    ada.page.keyboard.press("Escape")
    check(ada, "long-names", LIGHT)
    ada.page.get_by_role("button", name="All rooms").click()
    expect(ada.page.locator(".sidebar")).to_be_visible()
    check_at_this_width(ada, "long-names-list")


def test_a_phone_shows_one_pane_at_a_time(meet: Meet, room: str) -> None:
    ada = meet("Ada Lovelace", viewport={"width": 390, "height": 780}, has_touch=True, is_mobile=True)
    ada.enters("lunch")
    expect(ada.page.locator(".sidebar")).to_be_hidden()
    ada.page.get_by_role("button", name="All rooms").click()
    expect(ada.page.locator(".room")).to_be_hidden()
    ada.enters(room)
    ada.page.get_by_role("button", name="Members").click()
    expect(ada.page.locator(".member")).to_have_count(1)
    expect(ada.composer).to_be_hidden()
    # The system's own way back goes the same steps.
    ada.page.go_back()
    expect(ada.composer).to_be_visible()
    ada.page.go_back()
    expect(ada.page.locator(".sidebar")).to_be_visible()
    expect(ada.composer).to_be_hidden()
    ada.page.go_forward()
    expect(ada.page.locator(".room-name")).to_have_text(room)
    ada.says("from a phone")
    ada.sees_sent("from a phone")
    ada.photograph("phone")


def test_german_and_from_right_to_left(meet: Meet, site: Site, room: str) -> None:
    ada = meet("Ada", locale="de-DE")
    ada.page.goto(site.url)
    ada.page.get_by_label("Welcher Raum?").fill(room)
    ada.page.get_by_label("Dein Name").fill("Ada")
    ada.photograph("home-german")
    ada.page.get_by_role("button", name="Hereinkommen").click()
    ada.says("Guten Morgen")
    ada.sees_sent("Guten Morgen")
    expect(ada.page.locator(".day")).to_have_text("Heute")
    assert ada.page.evaluate("document.documentElement.lang") == "de"
    expect(ada.page.get_by_role("button", name="Raum finden oder eröffnen")).to_contain_text("Strg+K")
    for width in (1280, 320):
        ada.page.set_viewport_size({"width": width, "height": 800})
        ada.page.get_by_role("button", name="Über diesen Raum").click()
        check_at_this_width(ada, f"keeping-german-{width}")
        ada.page.keyboard.press("Escape")
        ada.page.get_by_role("button", name="Mitglieder", exact=True).click()
        ada.page.get_by_role("button", name="Möglichkeiten für").click()
        check_at_this_width(ada, f"member-menu-german-{width}")
        ada.page.keyboard.press("Escape")
        ada.page.keyboard.press("Escape")
        expect(ada.page.get_by_role("complementary")).to_have_count(0)
    ada.page.set_viewport_size({"width": 1280, "height": 800})
    ada.says("שלום, מה שלומך?")
    ada.sees_sent("שלום")
    ada.page.evaluate("document.documentElement.dir = 'rtl'")
    ada.photograph("right-to-left")
    box = ada.page.locator(".sidebar").bounding_box()
    assert box is not None
    assert box["x"] > 640


@pytest.mark.parametrize("scheme", ["light-contrast", "dark-contrast"])
def test_high_contrast_is_seven_to_one(meet: Meet, room: str, scheme: str) -> None:
    ada = meet("Ada", **Look(scheme, ()).options).enters(room)
    ada.says("Can you read that? https://example.org")
    ada.sees_sent("Can you read that?")
    ada.page.get_by_role("button", name="Members", exact=True).click()
    expect(ada.page.locator(".member-name")).to_have_count(1)
    ada.page.evaluate(AXE)
    rule = "{runOnly: {type: 'rule', values: ['color-contrast-enhanced']}}"
    found = ada.page.evaluate(f"axe.run(document, {rule})")
    assert found["passes"]
    assert found["violations"] == []


def test_the_chosen_theme_stays(meet: Meet, room: str) -> None:
    ada = meet("Ada", color_scheme="light").enters(room)
    ada.page.locator(".me").click()
    ada.page.get_by_role("radio", name="Dark").check()
    ada.page.keyboard.press("Escape")
    ada.page.reload()
    expect(ada.page.locator(".room-name")).to_have_text(room)
    lightness = "parseFloat(getComputedStyle(document.documentElement).backgroundColor.match(/[\\d.]+/)[0])"
    assert ada.page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert ada.page.evaluate(lightness) < 64, "the first of red, green and blue"
