"""The timeline never jumps: places are measured in pixels."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Meet
from tests.browser.play import Site, Someone

# The place of the first message whose top is on screen.
PLACE = """() => {
  const scroller = document.querySelector(".timeline");
  const top = scroller.getBoundingClientRect().top;
  for (const row of document.querySelectorAll("[data-number]")) {
    const box = row.getBoundingClientRect();
    if (box.top >= top) return [Number(row.dataset.number), box.top - top];
  }
  return null;
}"""

# After every frame that is painted: where the message with this number stands, as long as nobody scrolls.
WATCH = """(number) => {
  window.drifts = [];
  const scroller = document.querySelector(".timeline");
  const place = () => {
    const row = document.querySelector(`[data-number="${number}"]`);
    return row ? row.getBoundingClientRect().top - scroller.getBoundingClientRect().top : null;
  };
  const first = place();
  const look = () => {
    const now = place();
    window.drifts.push(now === null ? Infinity : Math.abs(now - first));
    window.watching = requestAnimationFrame(look);
  };
  look();
}"""


def numbers(page: Page) -> list[int]:
    return page.evaluate("[...document.querySelectorAll('[data-number]')].map((row) => Number(row.dataset.number))")


def drift(page: Page) -> float:
    return page.evaluate("() => { cancelAnimationFrame(window.watching); return Math.max(...window.drifts); }")


def painted(page: Page) -> None:
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def scrolled_to(someone: Someone, number: int) -> None:
    """Scroll up or down with the wheel, as a reader does, until the message is on screen."""
    page = someone.page
    page.locator(".timeline").hover()
    for _ in range(400):
        place = page.evaluate(PLACE)
        if place and abs(place[0] - number) < 12:
            return
        page.mouse.wheel(0, -400 if place is None or place[0] > number else 400)
        painted(page)
    raise AssertionError(f"never came to {number}: {page.evaluate(PLACE)}")


# At the very top the separator of the day is on screen; it goes to the top of what is loaded next.
@pytest.mark.parametrize("top", [0, 600])
def test_history_loads_without_a_jump(meet: Meet, site: Site, room: str, top: int) -> None:
    site.fill(room, 400, lines=4)
    ada = meet("Ada").enters(room)
    expect(ada.page.locator('[data-number="400"]')).to_be_visible()
    lowest = numbers(ada.page)[0]
    # One step to where the next page is fetched, then hands off: it arrives while the reader reads.
    ada.page.evaluate("(top) => { document.querySelector('.timeline').scrollTop = top; }", top)
    # Not the first of all: it is one of its author's messages now, and gives its head to the first of them.
    number = ada.page.evaluate(PLACE)[0] + 1
    ada.page.evaluate(WATCH, number)
    expect(ada.page.locator(f'[data-number="{lowest - 1}"]')).to_have_count(1)
    painted(ada.page)
    assert drift(ada.page) <= 1


def test_all_of_history_in_a_bounded_page(meet: Meet, site: Site, room: str) -> None:
    site.fill(room, 700)
    ada = meet("Ada").enters(room)
    expect(ada.page.locator('[data-number="700"]')).to_be_visible()
    scrolled_to(ada, 8)
    shown = numbers(ada.page)
    assert len(shown) <= 300
    assert shown == list(range(shown[0], shown[-1] + 1))
    expect(ada.page.locator(".beginning")).to_have_count(1)
    ada.page.locator(".jump-pill").click()
    expect(ada.page.locator('[data-number="700"]')).to_be_in_viewport()
    scrolled_to(ada, 350)
    shown = numbers(ada.page)
    assert len(shown) <= 300
    assert shown == list(range(shown[0], shown[-1] + 1))


def test_a_permalink_opens_around_its_message(meet: Meet, site: Site, room: str) -> None:
    site.fill(room, 300)
    ada = meet("Ada").enters(room)
    ada.page.goto(site.address(room, 120))
    message = ada.page.locator('[data-number="120"]')
    expect(message).to_be_in_viewport()
    expect(message).to_have_class(re.compile("flashed"))
    expect(message).to_be_focused()
    expect(ada.page.locator(".jump-pill")).to_be_visible()
    # and both ways from there
    scrolled_to(ada, 60)
    scrolled_to(ada, 200)


@pytest.mark.parametrize("number", [99999, 10**30])
def test_a_permalink_to_what_is_not_there_says_so(meet: Meet, site: Site, room: str, number: int) -> None:
    site.fill(room, 120)
    ada = meet("Ada").enters(room)
    ada.page.goto(site.address(room, number))
    expect(ada.page.locator(".toast")).to_have_text("There is no such message here.")
    expect(ada.page).to_have_url(site.address(room))
    expect(ada.page.locator('[data-number="120"]')).to_be_in_viewport()
    expect(ada.page.locator(".jump-pill")).to_have_count(0)
    ada.says("still here")
    ada.sees_sent("still here")


def test_a_message_above_grows_and_nothing_moves(meet: Meet, site: Site, room: str) -> None:
    site.fill(room, 80)
    grace = meet("Grace").enters(room)
    grace.says("short")
    grace.sees_sent("short")
    site.fill(room, 60)
    ada = meet("Ada").enters(room)
    expect(ada.page.locator('[data-number="141"]')).to_be_visible()
    scrolled_to(ada, 84)
    expect(ada.page.locator('[data-number="84"]')).to_have_count(1)  # near it may be before its page has come
    ada.page.evaluate("""() => {
      const row = document.querySelector('[data-number="84"]');
      const scroller = document.querySelector(".timeline");
      scroller.scrollTop += row.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
    }""")
    expect(ada.page.locator('[data-number="81"]')).to_have_count(1)
    ada.page.evaluate(WATCH, 85)
    grace.says("and something new at the end")
    grace.sees_sent("and something new at the end")
    grace.message("short").hover()
    grace.message("short").get_by_role("button", name="Edit", exact=True).click()
    grace.page.locator(".editor textarea").fill("long\n" * 12)
    grace.page.locator(".editor").get_by_role("button", name="Save").click()
    expect(ada.page.locator('[data-number="81"] .edited')).to_have_count(1)
    painted(ada.page)
    assert drift(ada.page) <= 1


def test_a_room_opens_at_its_first_unread_message(meet: Meet, site: Site, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.says("the last one that I read")
    ada.sees_sent("the last one that I read")
    ada.page.goto("about:blank")
    site.fill(room, 120)
    ada.page.goto(site.address(room))
    line = ada.page.locator(".new-line")
    expect(line).to_be_in_viewport()
    expect(ada.page.locator('[data-number="2"]')).to_be_in_viewport()
    expect(ada.page.locator(".jump-pill")).to_contain_text(re.compile(r"\d+ new"))
    ada.photograph("new-messages")
    # The line stays where it was while one reads on.
    ada.page.locator(".jump-pill").click()
    expect(ada.page.locator('[data-number="121"]')).to_be_in_viewport()
    expect(ada.page.locator(".jump-pill")).to_have_count(0)
    expect(line).to_have_count(1)


def test_the_tools_of_a_message_higher_than_the_screen(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.says("\n".join(f"line {index}" for index in range(120)))
    ada.sees_sent("line 119")
    ada.says("and then")
    ada.sees_sent("and then")
    heights = "[...document.querySelectorAll('.message')].map((row) => row.getBoundingClientRect().height)"
    before = ada.page.evaluate(heights)
    message = ada.message("line 119")
    message.hover()
    expect(message.get_by_role("button", name="Delete")).to_be_in_viewport(ratio=1)
    assert ada.page.evaluate(heights) == before


def test_no_layout_shift_while_people_write(meet: Meet, site: Site, room: str) -> None:
    # In a room that fills the screen. A shorter one stands at the bottom, and each line lifts those before it.
    site.fill(room, 40)
    ada = meet("Ada")
    ada.context.add_init_script("""
      window.shifts = [];
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts.push(entry.value);
      }).observe({type: "layout-shift", buffered: true});
    """)
    ada.enters(room)
    grace = meet("Grace").enters(room)
    for index in range(40):
        grace.says(f"line {index}")
    grace.sees_sent("line 39")
    expect(ada.message("line 39")).to_be_in_viewport()
    assert sum(ada.page.evaluate("window.shifts")) < 0.01
