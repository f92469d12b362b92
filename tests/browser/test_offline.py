"""What is written without a connection arrives once, in order; and leaving says what would be lost."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.browser.conftest import Meet
from tests.browser.play import KEPT, Site, Someone


def kept_for_offline(someone: Someone) -> None:
    """Wait until the service worker has the page."""
    someone.page.evaluate("""async () => {
      const ready = async () => {
        for (const name of await caches.keys()) {
          if (await (await caches.open(name)).match(new URL("/app-shell.json", location.href))) return true;
        }
        return false;
      };
      await navigator.serviceWorker.ready;
      while (!(await ready())) await new Promise((done) => setTimeout(done, 50));
    }""")


def test_written_offline_arrives_once_and_in_order_after_a_reload(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    grace = meet("Grace").enters(room)
    ada.says("before")
    ada.sees_sent("before")
    kept_for_offline(ada)
    ada.goes_offline()
    for index in range(5):
        ada.says(f"offline {index}")
        expect(ada.sees(f"offline {index}").locator(".clock-icon")).to_be_visible()
    ada.photograph("offline")
    ada.page.reload()
    expect(ada.message("offline 4").locator(".clock-icon")).to_be_visible()
    ada.comes_online()
    ada.sees_sent("offline 4")
    grace.sees("offline 4")
    expected = ["before", *(f"offline {index}" for index in range(5))]
    assert grace.bodies() == expected
    assert ada.bodies() == expected
    ada.page.reload()
    ada.sees_sent("offline 4")
    assert ada.bodies() == expected


def test_the_banner_counts_down_and_goes(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.goes_offline()
    expect(ada.page.locator(".banner")).to_contain_text("No connection.")
    expect(ada.page.locator(".connection")).to_have_text("No connection")
    ada.comes_online()
    expect(ada.page.locator(".banner")).to_have_count(0)
    expect(ada.page.locator(".connection")).to_have_text("Connected")


def test_a_draft_survives_a_reload(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.composer.fill("not finished yet")
    ada.keeps("not finished yet")
    ada.page.reload()
    expect(ada.composer).to_have_value("not finished yet")
    ada.enters(f"{room} two")
    expect(ada.composer).to_have_value("")
    ada.page.go_back()
    expect(ada.composer).to_have_value("not finished yet")


def test_signing_out_asks_before_it_discards(meet: Meet, room: str) -> None:
    ada = meet("Ada").enters(room)
    kept_for_offline(ada)
    ada.goes_offline()
    ada.says("never sent")
    ada.sees("never sent")
    ada.page.locator(".me").click()
    ada.page.get_by_role("dialog").get_by_role("button", name="Sign out").click()
    dialog = ada.page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 message was not sent yet")
    # Without a connection the session can't end: nothing is erased then.
    dialog.get_by_role("button", name="Discard and sign out").click()
    expect(dialog).to_contain_text("Nothing was erased")
    ada.photograph("sign-out")
    dialog.get_by_role("button", name="Cancel").click()
    ada.sees("never sent")
    ada.comes_online()
    ada.sees_sent("never sent")
    ada.page.locator(".me").click()
    ada.page.get_by_role("dialog").get_by_role("button", name="Sign out").click()
    ada.page.get_by_role("dialog").get_by_role("button", name="Sign out").click()
    expect(ada.page.get_by_label("Your name")).to_be_visible()
    assert not [cookie for cookie in ada.context.cookies() if cookie["name"].startswith("groupchat_guest")]
    kept = ada.page.evaluate(KEPT)
    assert "never sent" not in kept
    assert "Ada" not in kept


def ban(site: Site, room: str) -> None:
    """Put the room's only member out of it."""
    site.shell(
        f"""
from groupchat.actions.counters import changed_mine, changing_room
from groupchat.models import Membership, Room
room = Room.objects.get(name={room!r})
with changing_room(room.pk) as change:
    membership = Membership.objects.get(room=room)
    membership.state = Membership.State.BANNED
    change.changed(membership, membership.person)
    membership.save()
    change.save()
    changed_mine(membership.person_id, [membership])
"""
    )


def test_who_is_removed_is_told(meet: Meet, site: Site, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.says("hello")
    ada.sees_sent("hello")
    ban(site, room)
    expect(ada.page.locator(".room-state h1")).to_contain_text("You were removed")
    expect(ada.composer).to_have_count(0)
    expect(ada.page.locator(".room-link")).to_have_count(0)
    ada.photograph("removed")


def test_a_refused_message_says_why_and_can_be_discarded(meet: Meet, site: Site, room: str) -> None:
    ada = meet("Ada").enters(room)
    ada.says("hello")
    ada.sees_sent("hello")
    ada.goes_offline()
    ada.says("too late")
    ban(site, room)
    ada.comes_online()
    failed = ada.page.locator(".message.failed")
    expect(failed).to_contain_text("Not sent")
    expect(ada.page.locator(".room-note")).to_contain_text("is not open to you any more")
    ada.photograph("failed")
    failed.get_by_role("button", name="Discard").click()
    expect(failed).to_have_count(0)
