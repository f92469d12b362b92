"""The administration, by somebody without scripts; and seen by axe, narrow and wide, light and dark."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.browser.conftest import Meet
from tests.browser.play import Someone, complaints
from tests.server.served import run

NAME, SUSPENDED = "warden.of.the.site", "somebody.who.is.suspended"


def sign_up(someone: Someone, name: str) -> None:
    someone.page.goto(f"{someone.site.url}/accounts/signup/")
    someone.page.get_by_label("Username").fill(name)
    someone.page.get_by_label("Password").fill("a difference engine")
    someone.page.get_by_role("button", name="Sign up").click()


def test_an_administrator_looks_after_people(meet: Meet) -> None:
    bob = meet("Bob", java_script_enabled=False)
    sign_up(bob, SUSPENDED)
    bob.page.goto(f"{bob.site.url}/rooms/")
    ada = meet("Ada", java_script_enabled=False)
    sign_up(ada, NAME)
    done = run("admin", "add", NAME, GROUPCHAT_DATA=str(ada.site.served.data))
    assert done.returncode == 0, done.stderr
    ada.page.goto(f"{ada.site.url}/administration/")
    ada.page.get_by_label("Name or handle").fill(SUSPENDED)
    ada.page.get_by_role("button", name="Find").click()
    ada.page.get_by_role("button", name=f"Suspend: {SUSPENDED}").click()
    expect(ada.page.get_by_text(f"{SUSPENDED} is suspended.")).to_be_visible()
    bob.page.goto(f"{bob.site.url}/rooms/")
    expect(bob.page.get_by_role("heading", name="You can't come in here")).to_be_visible()
    bob.faults.clear()  # the browser counts the refusal as one
    ada.page.get_by_role("button", name=f"Let in again: {SUSPENDED}").click()
    ada.page.get_by_role("link", name="Why?").click()
    ada.page.get_by_label("Who (handle)").fill(SUSPENDED)
    ada.page.get_by_label("Which room").fill("nowhere")
    ada.page.get_by_role("button", name="Ask").click()
    expect(ada.page.get_by_role("alert")).to_have_text("There is no such room.")

    eve = meet("Eve")
    eve.context.add_cookies(ada.context.cookies())  # the same account, in a browser that runs axe
    for dark, width in ((False, 1280), (True, 1280), (False, 340)):
        eve.page.emulate_media(color_scheme="dark" if dark else "light")
        eve.page.set_viewport_size({"width": width, "height": 800})
        for section in ("people", "rooms", "log", "limits", "jobs", "why"):
            eve.page.goto(f"{eve.site.url}/administration/{section}/")
            assert not complaints(eve.page), section
            assert eve.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), section
