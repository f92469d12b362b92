"""Live sockets of a guest who signs up, or becomes a part of somebody: they end, and come back as who they are now."""

from __future__ import annotations

import pytest
from tests.accounts import cookies_of, new_person, new_user
from tests.play import Actor, Stage

from groupchat.actions import tokens
from groupchat.actions.adoption import adopt_guest
from groupchat.actions.merging import merge_guest
from groupchat.actions.people import Guest
from groupchat.errors import Close
from groupchat.identity import GUEST_COOKIE, read_guest
from groupchat.models import Message, Person

pytestmark = pytest.mark.usefixtures("server")


def guest_of(actor: Actor) -> Guest:
    guest = read_guest(actor.client.cookies[GUEST_COOKIE])
    assert guest is not None
    return guest


def signs_up(actor: Actor) -> dict[str, str]:
    """The cookies of their browser afterwards."""
    person = adopt_guest(guest=guest_of(actor), user=new_user(actor.name))
    assert person is not None
    return cookies_of(person)


def test_a_tab_goes_on_under_the_account(stage: Stage) -> None:
    bob = stage.guest("Bob")
    ada = stage.guest("Ada")
    for one in (bob, ada):
        one.enters("lobby")
    first = ada.posts("one", id="m1")
    tab, was = ada.on_another_device(), ada.id
    cookies = signs_up(ada)
    assert ada.client.closed_with() == Close.SIGNED_UP
    assert tab.client.closed_with() == Close.SIGNED_UP
    back = stage.user("Ada", cookies)
    assert back.id == was
    back.opens(ada.room)
    again = back.client.call("message.post", room=ada.room, body="one", client_message_id="m1")
    assert (again["number"], again["duplicate"]) == (first["number"], True)
    back.posts("two")
    bob.sees("one", "two")
    person = bob.client.state.people[was]
    assert (person["kind"], person["name"], person["version"]) == ("user", "Ada", 2)


def test_a_browser_that_does_not_know_its_session_yet_becomes_no_new_guest(stage: Stage) -> None:
    ada = stage.guest("Ada")
    ada.enters("lobby")
    ada.posts("hi")
    signs_up(ada)
    assert ada.client.closed_with() == Close.SIGNED_UP
    early = stage.client(cookies=ada.client.cookies).connect()
    assert early.closed_with() == Close.SIGNED_UP
    assert Person.objects.count() == 1


def test_long_after_it_the_cookie_is_nobodys(stage: Stage) -> None:
    ada = stage.guest("Ada")
    ada.enters("lobby")
    ada.posts("hi")
    signs_up(ada)
    assert ada.client.closed_with() == Close.SIGNED_UP
    person = Person.objects.get()
    person.signed_out_at = person.created_at.replace(year=2020)
    person.save()
    was = guest_of(ada)
    late = stage.client(cookies=ada.client.cookies).connect()
    late.greet()
    assert late.state.me is None
    assert read_guest(late.cookies[GUEST_COOKIE]) != was


def test_signing_up_between_the_handshake_and_hello(stage: Stage) -> None:
    """The socket came as a guest without a row; they wrote, and signed up, on another one."""
    ada = stage.guest("Ada")
    late = stage.client(cookies=ada.client.cookies).connect()
    ada.enters("lobby")
    ada.posts("hi")
    signs_up(ada)
    assert late.closed_with() == Close.SIGNED_UP


def test_a_tutorials_client_ends_too(stage: Stage) -> None:
    ada = stage.guest("Ada")
    ada.enters("lobby")
    ada.posts("hi")
    classic = stage.client(cookies=ada.client.cookies, path="/ws/chat/lobby/").connect()
    signs_up(ada)
    assert classic.closed_with() == Close.SIGNED_UP


def test_who_is_merged_comes_back_as_the_other(stage: Stage) -> None:
    grace = new_person("grace")
    bob, ada = stage.guest("Bob"), stage.guest("Ada")
    laptop = stage.user("grace", cookies_of(grace))
    for one in (bob, ada):
        one.enters("lobby")
    ada.posts("one", id="m1")
    bob.posts("two")
    was = Person.objects.get(pk=ada.id)
    secret = tokens.issue(person=was, name="bot")
    program = stage.client(token=secret).connect()
    program.greet()
    merge_guest(guest=was, into=grace)
    assert ada.client.closed_with() == Close.SIGNED_UP
    assert program.closed_with() == Close.SIGNED_UP
    laptop.has_room("lobby")
    laptop.opens(ada.room)
    laptop.sees("one", "two")
    bob.client.wait(lambda: {one["author"] for one in bob.view.shown()} == {grace.pk, bob.id})
    again = laptop.client.call("message.post", room=ada.room, body="one", client_message_id="m1")
    assert again["duplicate"]
    assert Message.objects.filter(author=grace).count() == 1
