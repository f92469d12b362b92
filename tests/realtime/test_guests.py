"""Guests: nothing is written before their first word; then all their tabs are one person."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.urls import reverse
from tests.accounts import cookies_of, new_person
from tests.play import Actor, Stage
from tests.serving import ThreadServer
from tests.sockets import Client

from groupchat.actions.people import end_guest, person_of_guest
from groupchat.errors import Close
from groupchat.identity import FORMER_GUEST_COOKIE, GUEST_COOKIE, read_guest
from groupchat.models import Membership, Message, Person, Room

pytestmark = pytest.mark.usefixtures("server")


def test_looking_around_writes_nothing(stage: Stage) -> None:
    alice = stage.guest("alice")
    alice.enters("lobby")
    before = [model.objects.count() for model in (Person, Membership, Room, Message)]
    grace = stage.guest("Grace")
    grace.looks_into("lobby")
    grace.client.call("messages", room=grace.room, limit=3)
    grace.client.call("changes", room=grace.room, since=0)
    grace.client.call("unsubscribe", room=grace.room)
    grace.closes()
    assert [model.objects.count() for model in (Person, Membership, Room, Message)] == before


def test_a_refused_word_leaves_no_trace(stage: Stage) -> None:
    alice = stage.guest("alice")
    alice.enters("lobby")
    alice.posts("hi")
    before = [list(model.objects.order_by("pk").values()) for model in (Person, Membership, Room, Message)]
    grace = stage.guest("Grace")
    room = grace.looks_into("lobby")["room"]["id"]
    refusals = {
        ("message.post", "invalid"): {"room": room, "body": " ", "client_message_id": "a"},
        ("message.post", "not_found"): {"room": 10**9, "body": "hi", "client_message_id": "a"},
        ("message.edit", "forbidden"): {"room": room, "number": 1, "body": "mine"},
        ("message.edit", "not_found"): {"room": room, "number": 99, "body": "mine"},
        ("message.react", "forbidden"): {"room": room, "number": 1, "emoji": "🎉", "on": True},
        ("message.save", "not_found"): {"room": room, "number": 99, "on": True},
        ("message.schedule", "invalid"): {"room": room, "body": "hi", "at": "soon", "client_message_id": "a"},
        ("saved", "unauthenticated"): {},
        ("scheduled", "unauthenticated"): {},
        ("scheduled.change", "unauthenticated"): {"id": 1, "body": "hi"},
        ("scheduled.cancel", "unauthenticated"): {"id": 1},
        ("scheduled.send", "unauthenticated"): {"id": 1},
        ("message.pin", "forbidden"): {"room": room, "number": 1, "on": True},
        ("message.delete", "forbidden"): {"room": room, "number": 1},
        ("message.delete", "not_found"): {"room": 10**9, "number": 1},
        ("room.rename", "forbidden"): {"room": room, "name": "Mine"},
        ("room.topic", "forbidden"): {"room": room, "topic": "Mine"},
        ("room.enter", "invalid"): {"name": " "},
        ("room.join", "not_found"): {"room": 10**9},
        ("read", "not_found"): {"room": room, "number": 1},
        ("room.pin", "not_found"): {"room": room, "pinned": True},
        ("draft.set", "not_found"): {"room": room, "text": "not yet"},
        ("rooms.order", "not_found"): {"rooms": [room]},
        ("room.create", "name_taken"): {"name": "Lobby"},
        ("room.direct", "not_found"): {"people": [10**9]},
        ("room.direct", "forbidden"): {"people": [alice.id]},
        ("room.settings", "forbidden"): {"room": room, "kind": "private"},
        ("room.archive", "forbidden"): {"room": room},
        ("room.delete", "forbidden"): {"room": room},
        ("room.restore", "not_found"): {"room": room},
        ("room.invite", "forbidden"): {"room": room, "people": [alice.id]},
        ("room.remove", "forbidden"): {"room": room, "person": alice.id},
        ("room.role", "forbidden"): {"room": room, "person": alice.id, "role": "reader"},
        ("room.ban", "forbidden"): {"room": room, "person": alice.id},
        ("room.unban", "forbidden"): {"room": room, "person": alice.id},
        ("room.silence", "forbidden"): {"room": room, "person": alice.id, "seconds": 60},
        ("room.sanctions", "forbidden"): {"room": room},
        ("invite.make", "forbidden"): {"room": room},
        ("invites", "forbidden"): {"room": room},
        ("invite.end", "forbidden"): {"room": room, "id": 1},
        ("people.find", "unauthenticated"): {"query": "al"},
        ("command.run", "unauthenticated"): {"room": room, "name": "deploy"},
    }
    for (type_, code), members in refusals.items():
        grace.is_refused(code, type_, **members)
    grace.client.call("room.leave", room=room)
    after = [list(model.objects.order_by("pk").values()) for model in (Person, Membership, Room, Message)]
    assert after == before
    assert grace.state.me is None


def test_a_guest_has_no_counter_yet(stage: Stage) -> None:
    grace = stage.guest("Grace")
    grace.is_refused("unauthenticated", "changes", since=0)
    assert not Person.objects.exists()


@pytest.mark.parametrize("how", ["posts", "enters", "joins"])
def test_the_first_word_makes_a_person_of_all_tabs(how: str, stage: Stage) -> None:
    alice = stage.guest("alice")
    alice.enters("lobby")
    grace = stage.guest("Grace")
    tab = grace.on_another_device()
    assert tab.state.me is None
    if how == "enters":
        grace.enters("attic")
    else:
        grace.looks_into("lobby")
        grace.posts("hi") if how == "posts" else grace.joins()
    for one in (grace, tab):
        one.client.wait(lambda one=one: one.state.me is not None)
        assert one.state.me["name"] == "Grace"
    assert grace.id == tab.id
    tab.has_room("attic" if how == "enters" else "lobby")
    tab.posts("from the other tab")
    grace.sees("from the other tab")
    assert Person.objects.filter(kind="guest", name="Grace").count() == 1


def test_a_room_that_a_guest_makes_is_theirs_on_all_tabs(stage: Stage) -> None:
    grace, alice = stage.guests("Grace", "alice")
    tab = grace.on_another_device()
    assert grace.enters("tea")["me"]["role"] == "owner"
    tab.opens(grace.room)
    tab.sets_the_topic("Green or black?")
    grace.sees_topic("Green or black?")
    assert alice.enters("tea")["me"]["role"] == "member"
    alice.posts("coffee")
    alice.is_refused("forbidden", "room.topic", room=grace.room, topic="Coffee")
    grace.deletes("coffee")
    alice.does_not_see("coffee")
    grace.renames_the_room("Teatime")
    alice.sees_name("Teatime")


def test_two_tabs_speak_at_the_same_moment(stage: Stage) -> None:
    alice = stage.guest("alice")
    alice.enters("lobby")
    grace = stage.guest("Grace")
    tabs = [grace, *(grace.on_another_device() for _ in range(3))]
    for tab in tabs:
        tab.looks_into("lobby")
    refs = [(tab, tab.starts_to_post(f"tab {index}")) for index, tab in enumerate(tabs)]
    for tab, ref in refs:
        tab.client.answer(ref)
    for tab in tabs:
        tab.client.wait(lambda tab=tab: tab.state.me is not None and len(tab.view.bodies()) == 4)
    assert len({tab.id for tab in tabs}) == 1
    assert Person.objects.count() == 2
    alice.sees_members(alice, grace)


def test_a_guest_who_comes_back_is_the_same(stage: Stage) -> None:
    grace = stage.guest("Grace")
    grace.enters("lobby")
    grace.posts("hi", id="first")
    before = grace.id
    grace.closes()
    back = grace.on_another_device()
    assert back.id == before
    back.has_room("lobby")
    assert back.posts("hi", id="first")["duplicate"]


def signs_out(guest: Actor) -> None:
    """At the site, with what the browser holds."""
    browser = Browser()
    browser.cookies.load(guest.client.cookies)
    assert browser.post(reverse("groupchat:sign_out")).status_code == 302
    assert not browser.cookies[GUEST_COOKIE].value


def test_a_guest_who_signs_out_is_out_on_all_devices(any_server: ThreadServer, stage: Stage) -> None:
    alice, grace = stage.guests("alice", "Grace")
    for one in (alice, grace):
        one.enters("lobby")
    tab = grace.on_another_device()
    classic = stage.client(cookies=grace.client.cookies, path="/ws/chat/lobby/").connect()
    cookie = grace.client.cookies[GUEST_COOKIE]
    alice.sees_members(alice, grace)
    signs_out(grace)
    for client in (grace.client, tab.client, classic):
        assert client.closed_with() == Close.SIGNED_OUT
    alice.sees_members(alice)
    assert alice.client.call("members", room=alice.room)["count"] == 1
    alice.posts("who is still here?")

    # Whoever kept the cookie is somebody new.
    thief = stage.client(name="Thief", cookies={GUEST_COOKIE: cookie}).open()
    assert thief.cookies[GUEST_COOKIE] != cookie
    assert thief.state.me is None
    assert not thief.state.rooms
    browser = Browser()
    browser.cookies[GUEST_COOKIE] = cookie
    assert browser.get(reverse("groupchat:rooms")).url == reverse("groupchat:home")
    assert read_guest(cookie).id in set(Person.objects.values_list("guest_id", flat=True)), (
        "what they wrote stays theirs"
    )


def test_a_guest_without_a_row_signs_out(stage: Stage) -> None:
    grace = stage.guest("Grace")
    signs_out(grace)
    assert not Person.objects.exists()


def test_a_tab_hears_only_late_that_its_guest_is_a_person_who_signed_out(server: ThreadServer, stage: Stage) -> None:
    """Elsewhere, in another process: nothing told this one of either."""
    tab = stage.guest("Grace")
    guest = read_guest(tab.client.cookies[GUEST_COOKIE])
    assert guest is not None
    with transaction.atomic():
        person_of_guest(guest=guest)
        end_guest(guest=guest)
    assert tab.client.closed_with() == Close.SIGNED_OUT
    server.wait(lambda runtime: not runtime.connections and not runtime.hub.topics and not runtime.of_guest)


def test_a_user_who_signs_out_is_not_the_guest_again_who_they_were(stage: Stage) -> None:
    ada = new_person("ada")
    grace = stage.guest("Grace")
    grace.enters("lobby")
    grace.closes()
    cookie = grace.client.cookies[GUEST_COOKIE]
    both = stage.user("ada", cookies_of(ada) | {GUEST_COOKIE: cookie})
    signs_out(both)
    assert both.client.closed_with() == Close.SIGNED_OUT
    again = stage.client(name="Grace", cookies={GUEST_COOKIE: cookie}).open()
    assert again.state.me is None


def test_without_a_name_one_is_made_up(stage: Stage) -> None:
    somebody = stage.guest("")
    somebody.enters("lobby")
    assert somebody.state.me["name"].startswith("guest-")


def test_a_name_that_can_not_be_is_refused_and_another_made_up(stage: Stage) -> None:
    client = stage.client(path="/ws/?name=" + "x" * 51).connect()
    refused = client.receive()
    assert (refused["type"], refused["ref"], refused["error"]["code"]) == ("error", None, "too_long")
    client.greet()
    client.call("room.enter", name="lobby")
    assert client.state.me["name"].startswith("guest-")


@pytest.mark.parametrize("cookie", ["forged", "a:b:c", "", "WyJ4Il0:1abc:zzz"])
def test_a_forged_cookie_is_nobody(cookie: str, stage: Stage) -> None:
    client = stage.client(name="Grace", cookies={GUEST_COOKIE: cookie}).open()
    assert client.state.me is None
    assert client.cookies[GUEST_COOKIE] != cookie


def test_where_guests_are_not_allowed(server: ThreadServer, stage: Stage, options: Callable[..., None]) -> None:
    grace = stage.guest("Grace")
    grace.enters("lobby")
    grace.closes()
    options(guests=False)
    for client in (grace.client, Client(server.address)):
        assert client.connect().closed_with() == Close.SIGN_IN


def test_a_cookie_under_its_former_name_gets_the_present_one(stage: Stage) -> None:
    grace = stage.guest("Grace")
    grace.enters("lobby")
    value = grace.client.cookies[GUEST_COOKIE]
    later = stage.client(name="Grace", cookies={FORMER_GUEST_COOKIE: value}).open()
    assert later.cookies[GUEST_COOKIE] == value
    assert later.state.me == grace.client.state.me
