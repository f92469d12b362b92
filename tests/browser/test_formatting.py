"""Formatted messages on the page; and that whatever somebody writes runs nothing and fetches nothing."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import expect
from tests.browser.conftest import Meet
from tests.browser.test_pictures import Look, check

from groupchat.markup import render
from groupchat.web.security import content_security_policy

VECTORS = json.loads((Path(__file__).parents[1] / "unit" / "markup_vectors.json").read_text())
LOOKS = [Look("light", ("wide", "narrow")), Look("dark", ("wide", "narrow")), Look("dark-contrast", ("medium",))]

WORDS = """Everything in **bold**, *italic*, ~~struck~~, `code <b>` and ||hidden *well* www.example.org||
and [a link](https://example.org/notes), https://example.org/a_b or ada@example.org"""
CODE = '''Look:
```python
@cached
def greet(name: str) -> str:
    """Say hello."""
    return f"Hello, {name}!" if name else "Nobody " + "is here, and this line is longer than any screen " * 3  # so what
```'''
QUOTE = "> Who brings the *cake*?\n> > I do\nGrace does, and:\n- plates\n  1. large ones\n  2. small ones\n- forks"
TABLE = (
    "| What | How many | Who |\n|:--|--:|:-:|\n| Plates | 12 | Ada |\n| A **very** long name of something | 1 | Grace |"
)
RIGHT = "**שלום** לכולם\nand back"


def test_it_shows_what_was_meant(meet: Meet, room: str) -> None:
    ada = meet("Ada", permissions=["clipboard-read", "clipboard-write"]).enters(room)
    for text in (WORDS, CODE, QUOTE, TABLE, RIGHT, "🎉 👍🏽"):
        ada.says(text)
    message = ada.sees("Everything in")
    expect(message.locator(".formatted strong")).to_have_text("bold")
    expect(message.locator(".formatted a[href='https://example.org/notes']")).to_have_attribute("target", "_blank")
    spoiler = message.locator(".spoiler")
    expect(spoiler).to_have_attribute("role", "button")
    expect(spoiler.locator("em")).not_to_be_visible()
    spoiler.press("Enter")
    expect(spoiler.locator("em")).to_be_visible()
    expect(spoiler).not_to_have_attribute("role", "button")
    code = ada.sees("Look:")
    expect(code.locator("pre .k").first).to_have_text("def ")
    code.get_by_role("button", name="Copy", exact=True).click()
    expect(ada.page.locator(".toast")).to_contain_text("Copied.")
    assert "def greet(name: str) -> str:\n    " in ada.page.evaluate("navigator.clipboard.readText()")
    expect(ada.sees("Grace does, and:").locator("blockquote blockquote")).to_have_text("I do")
    expect(ada.page.locator(".body.large")).to_have_text("🎉 👍🏽")
    assert (
        ada.page.evaluate("() => { try { document.body.innerHTML = 'x'; } catch (e) { return e.name; } }")
        == "TypeError"
    )
    ada.faults = [fault for fault in ada.faults if "TrustedHTML" not in fault]
    for look in LOOKS:
        ada.page.emulate_media(**look.options)  # type: ignore[arg-type]
        check(ada, "formatted", look)


def test_marks_by_keys_by_the_bar_and_by_pasting(meet: Meet, room: str) -> None:
    ada = meet("Ada", permissions=["clipboard-read", "clipboard-write"]).enters(room)
    field = ada.composer
    field.fill("words")
    field.press("ControlOrMeta+a")
    field.press("ControlOrMeta+b")
    expect(field).to_have_value("**words**")
    field.press("ControlOrMeta+i")
    expect(field).to_have_value("***words***")
    field.press("ControlOrMeta+z")
    expect(field).to_have_value("**words**")
    ada.page.evaluate("navigator.clipboard.writeText('https://example.org/')")
    field.press("ControlOrMeta+a")
    field.press("ControlOrMeta+v")
    expect(field).to_have_value("[**words**](https://example.org/)")
    field.fill("- tea")
    field.press("Shift+Enter")
    field.type("cake")
    expect(field).to_have_value("- tea\n- cake")
    bar = ada.page.get_by_role("group", name="Formatting")
    expect(bar).not_to_be_visible()
    ada.page.get_by_role("button", name="Formatting").click()
    field.fill("end")
    field.press("ControlOrMeta+a")
    bar.get_by_role("button", name="Hidden until pressed").click()
    expect(field).to_have_value("||end||")
    expect(field).to_be_focused()
    for look in LOOKS:
        ada.page.emulate_media(**look.options)  # type: ignore[arg-type]
        check(ada, "marks", look)
    field.press("Enter")
    expect(ada.sees("end").locator(".spoiler")).to_be_visible()
    ada.page.reload()
    expect(bar).to_be_visible()


def test_no_vector_runs_or_fetches_anything(meet: Meet) -> None:
    """All of them in one page under our policy: parsed with it, and set as HTML once more by a script of the page."""
    ada = meet("Ada")
    bodies = [body for vectors in VECTORS.values() for body in vectors]
    html = "".join(f"<div>{render(f'*x* {body}') or ''}{render(body) or ''}</div>" for body in bodies)
    asked: list[str] = []
    policy = content_security_policy("n", "vectors.example", trusted_types=True)
    script = """const policy = trustedTypes.createPolicy("groupchat", { createHTML: (html) => html });
      const again = document.createElement("main");
      document.body.append(again);
      again.innerHTML = policy.createHTML(document.getElementById("all").innerHTML);
      document.title = "done";"""

    def answer(route: object) -> None:
        asked.append(route.request.url)  # type: ignore[attr-defined]
        page = f'<!doctype html><meta charset=utf-8><body><div id=all>{html}</div><script nonce="n">{script}</script>'
        route.fulfill(  # type: ignore[attr-defined]
            body=page, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": policy}
        )

    ada.context.route("**/*", answer)
    ada.page.goto("http://vectors.example/")
    expect(ada.page).to_have_title("done")
    assert ada.page.locator("main > div").count() == len(bodies)
    assert ada.page.evaluate("window.ran") is None
    assert [url for url in asked if not url.endswith("/favicon.ico")] == ["http://vectors.example/"]
