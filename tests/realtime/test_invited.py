"""Where the site is for invited people no stranger gets a socket, and those who only listened lose theirs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.accounts import cookies_of, new_person
from tests.play import Stage
from tests.serving import ThreadServer

from groupchat.actions import invites, rooms
from groupchat.actions.people import Guest
from groupchat.actions.site import set_access
from groupchat.errors import Close
from groupchat.identity import GUEST_COOKIE, new_guest, sign_guest
from groupchat.models import Person


@pytest.fixture
def root(server: ThreadServer) -> Iterator[Person]:
    """The next test's site is open at once."""
    root = new_person("root", is_owner=True)
    yield root
    set_access(person=root, access_to="open", strangers_see_rooms=True)
    server.run(look(server))


async def look(server: ThreadServer) -> None:
    from groupchat.realtime import runtime

    await (await runtime.here()).access.look()


def invited(guest: Guest, room_id: int, root: Person) -> dict[str, str]:
    invites.accept_as_guest(guest=guest, token=invites.make(person=root, room_id=room_id).token)
    return {GUEST_COOKIE: sign_guest(guest)}


def test_who_was_not_invited_has_no_socket(server: ThreadServer, stage: Stage, root: Person) -> None:
    room = rooms.create(person=root, name="Lobby").pk
    other = rooms.create(person=root, name="Other").pk
    listens, known = stage.guest("Listens"), stage.guest("Known")
    listens.looks_into("lobby")
    known.looks_into("lobby")
    known.posts("hi")
    listens.sees("hi")
    set_access(person=root, access_to="invited", strangers_see_rooms=False)
    assert listens.client.closed_with() == Close.SIGN_IN
    for cookies in ({}, {GUEST_COOKIE: sign_guest(new_guest(name="New"))}):
        assert stage.client(cookies=cookies).connect().closed_with() == Close.SIGN_IN
    known.posts("still here")
    grace = stage.user("Grace", invited(new_guest(name="Grace"), room, root))
    grace.opens(room)
    grace.posts("by a link")
    grace.is_refused("not_found", "subscribe", room=other)
    grace.is_refused("not_found", "subscribe", slug="other")
    grace.is_refused("forbidden", "room.create", name="Mine")
    assert grace.client.call("rooms")["rooms"] == []
    assert grace.client.call("people.find", query="root")["people"] == []
    ada = stage.user("ada", cookies_of(new_person("ada")))
    ada.opens(other)
