"""Whoever signs out, or is switched off, leaves with their sockets; nobody else does."""

from __future__ import annotations

import time

import pytest
from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from tests.accounts import cookies_of, new_person
from tests.play import Actor, Stage
from tests.serving import ThreadServer
from tests.sockets import Client, Gone

from groupchat.actions.people import end_guest, set_active
from groupchat.errors import Close
from groupchat.identity import GUEST_COOKIE, read_guest
from groupchat.models import Person

pytestmark = pytest.mark.usefixtures("server")


def sign_out(actor: Actor) -> None:
    """As the site's own view does."""
    request = HttpRequest()
    request.session = SessionStore(actor.client.cookies[settings.SESSION_COOKIE_NAME])
    request.user = Person.objects.get(pk=actor.id).user
    assert request.session[SESSION_KEY] == str(request.user.pk)
    logout(request)


@pytest.mark.parametrize("kind", ["user", "guest"])
def test_signing_out_between_the_handshake_and_hello(kind: str, stage: Stage) -> None:
    """Nobody here heard of the sessions yet."""
    actor = stage.user("ada", cookies_of(new_person("ada"))) if kind == "user" else stage.guest("Grace")
    actor.enters("lobby")
    stays = stage.user("bob", cookies_of(new_person("bob")))
    actor.closes()
    slow = stage.client(cookies=actor.client.cookies).connect()
    if kind == "user":
        sign_out(actor)
    else:
        guest = read_guest(actor.client.cookies[GUEST_COOKIE])
        assert guest is not None
        end_guest(guest=guest)
    try:
        code = slow.greet().closed_with()
    except Gone as gone:
        code = gone.code
    assert code == Close.SIGNED_OUT
    stays.enters("lobby")


def test_signing_out_closes_all_sockets_of_that_session(stage: Stage) -> None:
    ada, other = new_person("ada"), new_person("other")
    laptop = stage.user("ada", cookies_of(ada))
    tab = laptop.on_another_device()
    phone = stage.user("ada", cookies_of(ada))
    bob = stage.user("bob", cookies_of(other))
    for one in (laptop, tab, phone, bob):
        one.enters("lobby")
    began = time.monotonic()
    sign_out(laptop)
    assert laptop.client.closed_with() == Close.SIGNED_OUT
    assert tab.client.closed_with() == Close.SIGNED_OUT
    assert time.monotonic() - began < 10  # within a second on a machine of its own
    bob.posts("still here?")
    phone.sees("still here?")
    phone.client.drain()


def test_a_socket_that_says_hello_after_the_sign_out(stage: Stage) -> None:
    ada = new_person("ada")
    laptop = stage.user("ada", cookies_of(ada))
    late = stage.client(cookies=laptop.client.cookies).connect()
    sign_out(laptop)
    assert laptop.client.closed_with() == Close.SIGNED_OUT
    assert late.closed_with() == Close.SIGNED_OUT


def test_switching_somebody_off(stage: Stage, server: ThreadServer) -> None:
    ada = new_person("ada")
    laptop, phone = stage.user("ada", cookies_of(ada)), stage.user("ada", cookies_of(ada))
    set_active(person=ada, is_active=False)
    for one in (laptop, phone):
        assert one.client.closed_with() == Close.SIGNED_OUT
    assert Client(server.address, cookies=cookies_of(ada)).connect().closed_with() == Close.SIGN_IN


def test_signing_out_closes_the_classic_door_too(stage: Stage) -> None:
    ada = new_person("ada")
    laptop = stage.user("ada", cookies_of(ada))
    laptop.enters("lobby")
    classic = stage.client(cookies=laptop.client.cookies, path="/ws/chat/lobby/").connect()
    sign_out(laptop)
    assert classic.closed_with() == Close.SIGNED_OUT


def test_a_guest_stays_when_sessions_are_asked_again(stage: Stage) -> None:
    grace = stage.guest("Grace")
    grace.enters("lobby")
    from groupchat.actions.people import end_sessions

    end_sessions(person=Person.objects.get(pk=grace.id))
    position = grace.state.seq
    grace.client.wait(lambda: grace.state.seq > position)
    grace.client.drain()
    grace.posts("still here")
    grace.sees("still here")
