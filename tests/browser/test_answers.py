"""People answer each other's messages, and look at what one said before it was edited."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect
from tests.browser.conftest import Meet
from tests.browser.play import Site, Someone
from tests.browser.test_pictures import SHORT_FORM, Look, check


def answers(someone: Someone, text: str) -> Locator:
    """Asks to answer this message by the button beside it; the bar above the composer."""
    message = someone.sees(text)
    someone.sees_sent(text)
    message.hover()
    message.get_by_role("button", name="Reply").click()
    expect(someone.composer).to_be_focused()
    return someone.page.locator(".answering")


def test_an_answer_shows_what_it_answers_and_leads_there(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    grace = meet("Grace").enters(room)
    ada.says("Who brings the cake?\nAnd the plates?")
    bar = answers(grace, "Who brings the cake?")
    # Her name cannot turn the words round.
    expect(bar.locator(".quote-author bdi")).to_have_text("Reply to \u2068Ada\u2069")
    expect(bar).to_contain_text("Who brings the cake?")
    grace.says("I do")
    expect(bar).to_have_count(0)
    grace.says("and tea")
    quote = ada.sees("I do").locator("a.quote")
    expect(quote).to_contain_text("Ada")
    expect(quote).to_contain_text("Who brings the cake?")
    expect(ada.sees("and tea").locator(".quote")).to_have_count(0)
    quote.click()
    expect(ada.message("Who brings the cake?")).to_have_class("message first mine flashed")


def test_it_follows_the_message_that_it_answers(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    grace = meet("Grace").enters(room)
    ada.says("half past tne")
    answers(grace, "half past tne")
    grace.says("fine")
    quote = grace.sees("fine").locator(".quote")
    ada.composer.press("ArrowUp")
    ada.page.locator(".editor textarea").fill("half past ten")
    ada.page.locator(".editor textarea").press("Enter")
    expect(quote).to_contain_text("half past ten")
    ada.deletes("half past ten")
    expect(quote).to_contain_text("This message was deleted.")


def test_by_keys_alone_and_given_up_again(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.says("first")
    ada.sees_sent("first")
    ada.message("first").focus()
    ada.page.keyboard.press("r")
    expect(ada.composer).to_be_focused()
    bar = ada.page.locator(".answering")
    expect(bar).to_contain_text("first")
    ada.page.keyboard.press("Escape")
    expect(bar).to_have_count(0)
    expect(ada.composer).to_be_focused()
    ada.says("no answer")
    ada.sees_sent("no answer")
    expect(ada.message("no answer").locator(".quote")).to_have_count(0)
    ada.message("first").focus()
    ada.page.keyboard.press("r")
    ada.page.get_by_role("button", name="Don't reply").click()
    expect(bar).to_have_count(0)
    ada.message("first").focus()
    ada.page.keyboard.press("?")
    expect(ada.page.locator(".keys")).to_contain_text("Reply to the message")


def test_what_one_answers_outlives_a_reload_and_a_line_that_is_gone(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.says("first")
    answers(ada, "first")
    ada.composer.fill("half an answer")
    ada.keeps("half an answer")
    ada.page.reload()
    expect(ada.page.locator(".answering")).to_contain_text("first")
    expect(ada.composer).to_have_value("half an answer")
    ada.goes_offline()
    ada.says("a whole answer")
    expect(ada.sees("a whole answer").locator(".quote")).to_contain_text("first")
    ada.comes_online()
    ada.sees_sent("a whole answer")
    expect(ada.sees("a whole answer").locator(".quote")).to_contain_text("first")
    expect(ada.page.locator(".answering")).to_have_count(0)


def test_an_answer_to_what_is_far_above_moves_nothing(meet: Meet, site: Site, room: str) -> None:
    """The message that is answered is not loaded: the quote has its place before its words are there."""
    ada = meet("Ada").enters(room)
    ada.says("long ago")
    ada.sees_sent("long ago")
    site.fill(room, 150)
    ada.sees("150")
    site.shell(
        "from groupchat.actions.messages import Post, post\n"
        "from groupchat.models import Message, Room\n"
        f"room = Room.objects.get(name={room!r})\n"
        "first = Message.objects.get(room=room, number=1)\n"
        "print(post([Post(room.pk, first.author, 'the answer', 'far', parts={'reply_to': 1})]))\n"
    )
    ada.sees("the answer")
    grace = meet("Grace").enters(room)
    quote = grace.sees("the answer").locator("a.quote")
    height = quote.bounding_box()
    expect(quote).to_contain_text("long ago")
    after = quote.bounding_box()
    assert height is not None
    assert after is not None
    assert after["height"] == height["height"]
    quote.click()
    expect(grace.message("long ago")).to_be_in_viewport()


def test_who_may_sees_what_a_message_said_before(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    grace = meet("Grace").enters(room)
    ada.says("teh first").sees_sent("teh first")
    for text in ("the frist", "the first"):
        ada.composer.press("ArrowUp")
        ada.page.locator(".editor textarea").fill(text)
        ada.page.locator(".editor textarea").press("Enter")
        expect(ada.sees(text).locator(".edited")).to_have_text("edited")
    expect(grace.sees("the first").locator("span.edited")).to_have_text("edited")
    expect(grace.page.get_by_role("button", name="edited: show earlier versions")).to_have_count(0)
    ada.page.get_by_role("button", name="edited: show earlier versions").click()
    versions = ada.page.get_by_role("dialog").locator(".versions .body")
    expect(versions).to_have_text(["the first", "the frist", "teh first"])
    ada.page.keyboard.press("Escape")
    ada.deletes("the first")
    expect(ada.page.locator(".edited")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_how_it_looks(meet: Meet, room: str, scheme: str) -> None:
    look = Look(scheme, SHORT_FORM[scheme])
    ada = meet("Ada", **look.options).enters(room)
    grace = meet("Grace").enters(room)
    ada.says("Who brings the cake on Saturday? We are " + "many, " * 30 + "and hungry.")
    answers(grace, "Who brings the cake")
    grace.says("I do. And you the tea?")
    answers(ada, "I do. And you the tea?")
    ada.says("Gladly.")
    ada.sees_sent("Gladly.")
    ada.composer.press("ArrowUp")
    ada.page.locator(".editor textarea").fill("Gladly!")
    ada.page.locator(".editor textarea").press("Enter")
    answers(ada, "I do. And you the tea?")
    ada.composer.fill("Green or black?")
    check(ada, "answers", look)
    ada.page.set_viewport_size({"width": 1440, "height": 820})
    ada.page.get_by_role("button", name="edited: show earlier versions").click()
    expect(ada.page.get_by_role("dialog").locator(".versions li")).to_have_count(2)
    check(ada, "versions", look)
