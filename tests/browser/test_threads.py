"""All answers to a message are read and written beside the timeline; what is read there is read, and nothing else."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Locator, expect
from tests.browser.conftest import Meet
from tests.browser.play import Site, Someone
from tests.browser.test_pictures import SHORT_FORM, Look, check

ANSWERS = """
from groupchat.actions.messages import Post, post
from groupchat.models import Message, Room
room = Room.objects.get(name={room!r})
first = Message.objects.get(room=room, number=1)
said = [("between", None) if n % 4 else ("answer", {{"reply_to": 1}}) for n in range(2, 82)]
posts = [Post(room.pk, first.author, word, f"t{{n}}", parts=parts) for n, (word, parts) in enumerate(said)]
print([one.number for one in post(posts)][-1])
"""

AHEAD = """
from groupchat.models import Membership
print("ahead", Membership.objects.get(room__name={room!r}, person__name__startswith="Grace").read_ahead)
"""


def pane(someone: Someone) -> Locator:
    return someone.page.get_by_role("complementary", name="Thread")


def test_a_thread_is_opened_read_answered_and_left(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    grace = meet("Grace").enters(room)
    ada.says("Who brings the cake?").sees_sent("Who brings the cake?")
    grace.sees("Who brings the cake?")
    grace.message("Who brings the cake?").focus()
    grace.page.keyboard.press("t")
    expect(pane(grace)).to_contain_text("No replies yet")
    expect(pane(grace)).to_contain_text("Who brings the cake?")
    field = pane(grace).get_by_label("Reply in the thread")
    field.fill("I do")
    field.press("Enter")
    expect(pane(grace).locator("[data-number]")).to_have_count(2)
    expect(pane(grace)).to_contain_text("1 reply")
    expect(pane(grace).get_by_role("button", name="Following")).to_have_attribute("aria-pressed", "true")
    # Nothing is hidden from the timeline, and the root tells of it.
    summary = ada.sees("Who brings the cake?").locator(".thread-summary")
    expect(summary).to_contain_text("1 reply")
    expect(ada.sees("I do").locator("a.quote")).to_contain_text("Who brings the cake?")
    summary.click()
    expect(pane(ada)).to_contain_text("I do")
    expect(pane(ada).locator(".quote")).to_have_count(0)
    pane(ada).get_by_label("Reply in the thread").fill("Lovely")
    pane(ada).get_by_label("Reply in the thread").press("Enter")
    expect(pane(grace)).to_contain_text("Lovely")
    expect(pane(grace)).to_contain_text("2 replies")
    pane(grace).get_by_role("button", name="Following").click()
    expect(pane(grace).get_by_role("button", name="Follow")).to_have_attribute("aria-pressed", "false")
    grace.page.reload()
    expect(pane(grace).get_by_role("button", name="Follow")).to_have_attribute("aria-pressed", "false")
    grace.page.go_back()
    expect(pane(grace)).to_have_count(0)


def test_what_is_read_in_a_thread_is_read_and_nothing_else(meet: Meet, site: Site, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.says("the question").sees_sent("the question")
    grace = meet("Grace").enters(room)
    grace.says("here")
    grace.sees_sent("here")
    other = f"{room} other"
    grace.enters(other)
    site.shell(ANSWERS.format(room=room))
    expect(grace.unread(room)).to_have_text("80")
    grace.enters(room)
    grace.page.locator('.timeline [data-number="1"] .thread-summary').click()
    expect(pane(grace)).to_contain_text("20 replies")
    expect(pane(grace).locator(".new-line")).to_have_count(1)

    def ahead() -> list[list[int]]:
        found = site.shell(AHEAD.format(room=room)).strip().rpartition("ahead ")[2]
        return [[int(number) for number in part.split("-")] for part in found.split(",") if part]

    deadline = time.monotonic() + 30
    while not ahead() and time.monotonic() < deadline:
        grace.page.wait_for_timeout(200)
    ranges = ahead()
    assert ranges
    answers = set(range(5, 83, 4))
    assert all(low == high and low in answers for low, high in ranges), ranges
    # And what was read is unread again from where one says.
    grace.page.locator('.timeline [data-number="3"]').focus()
    grace.page.keyboard.press("u")
    expect(grace.page.get_by_text("Unread from here")).to_be_visible()
    expect(grace.unread(room)).to_have_text("80")
    grace.enters(other)
    expect(grace.unread(room)).to_have_text("80")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_how_a_thread_looks(meet: Meet, room: str, scheme: str) -> None:
    look = Look(scheme, SHORT_FORM[scheme])
    ada = meet("Ada", **look.options).enters(room)
    grace = meet("Grace").enters(room)
    ada.says("Who brings the cake on Saturday?").sees_sent("Who brings the cake on Saturday?")
    for someone, text in ((grace, "I do. And you the tea?"), (ada, "Gladly. Green or black?"), (grace, "Both!")):
        someone.page.locator('.timeline [data-number="1"]').focus()
        someone.page.keyboard.press("t")
        field = pane(someone).get_by_label("Reply in the thread")
        field.fill(text)
        field.press("Enter")
        expect(pane(someone)).to_contain_text(text)
    expect(pane(ada)).to_contain_text("Both!")
    expect(ada.page.locator(".timeline .thread-summary")).to_contain_text("3 replies")
    check(ada, "thread", look)
