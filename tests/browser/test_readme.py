"""The two pictures of the README, made anew: runs with --long, and the pictures lie in `screenshots/`."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import Meet
from tests.browser.play import Someone

TALK = [
    ("Grace", "Morning! The import ran through over night: 48,112 messages, none lost."),
    ("Ada", "Lovely. Then we can switch the old server off today?"),
    ("Mary", "Give me until noon, the notes of the reading club are still on it."),
    ("Grace", "No hurry. I wrote down what to do, step by step:\nhttps://chat.example.org/rooms/general/211"),
    ("Ada", "Perfect, thank you."),
    ("Mary", "Notes are saved. From me it's a go 🎉"),
    ("Joan", "Same here. I'll tell the people in #support."),
    ("Ada", "Then let's do it at 12:30, after lunch."),
]


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_for_the_readme(meet: Meet, scheme: str) -> None:
    ada = meet("Ada Lovelace", color_scheme=scheme, viewport={"width": 1280, "height": 760}, device_scale_factor=2)
    here = "release 2.0" if scheme == "light" else "release 3.0"
    rooms = ["design", "general", "lunch", "reading club", here, "support"]
    for room in rooms:
        ada.enters(room)
    people: dict[str, Someone] = {"Ada": ada}
    for name in ("Grace Hopper", "Mary Shelley", "Joan Clarke"):
        people[name.split()[0]] = meet(name).enters(here)
    ada.enters(here)
    for index, (name, text) in enumerate(TALK):
        people[name].says(text)
        expect(ada.page.locator(f'[data-number="{index + 1}"], [data-number]').nth(index)).to_be_visible()
    for name, room, texts in (("Mary", "reading club", ["one", "two", "three"]), ("Joan", "lunch", ["Soup?"])):
        people[name].enters(room)
        for text in texts:
            people[name].says(text)
        expect(ada.unread(room)).to_have_text(str(len(texts)))
    expect(ada.page.locator(".toast")).to_have_count(0)
    ada.page.get_by_role("button", name="Members", exact=True).click()
    expect(ada.page.locator(".member-name")).to_have_count(4)
    ada.page.mouse.move(0, 0)
    ada.composer.focus()
    ada.photograph(f"chat-{scheme}")
