"""Newcomers: how many messages and links, none while a room is shut; and the door of the whole site."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from tests.domain.says import rows, say

from groupchat.actions import members, messages, rooms
from groupchat.actions.messages import Post, Posted
from groupchat.actions.newcomers import shut_site
from groupchat.actions.people import Guest
from groupchat.errors import Forbidden, Invalid, RateLimited
from groupchat.models import AuditEntry, Person, Room, ServerState
from groupchat.text import has_link


@pytest.fixture
def options(settings: Any) -> Callable[..., None]:
    def use(**given: int) -> None:
        settings.GROUPCHAT = {**settings.GROUPCHAT, **{name.upper(): value for name, value in given.items()}}

    return use


def at_door(author: Person | Guest, room: Room, body: str = "hi") -> Any:
    (found,) = messages.post([Post(room.pk, author, body, uuid4().hex, at_door=True)])
    return found


def grow_old(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(created_at=timezone.now() - timedelta(hours=25))


@pytest.mark.parametrize(
    ("body", "is_link"),
    [
        ("see https://example.org", True),
        ("HTTP://example.org/x", True),
        ("www.example.org", True),
        ("example.org/cheap", True),
        ("at 10.30 we meet. Then", False),
        ("either/or. Yes", False),
        ("e.g. this", False),
        ("no", False),
    ],
)
def test_what_is_a_link(body: str, is_link: bool) -> None:
    assert has_link(body) is is_link


def test_newcomers_write_a_few_messages_a_minute(alice: Person, bob: Person, lobby: Room, options: Any) -> None:
    options(newcomer_hours=24, max_newcomer_posts_per_minute=2)
    assert [type(at_door(bob, lobby)) for _ in range(2)] == [Posted, Posted]
    refused = at_door(bob, lobby)
    assert isinstance(refused, RateLimited)
    assert refused.why == "newcomer"
    assert 0 < (refused.retry_after or 0) <= 60
    say(bob, lobby, "by code one writes as one likes")
    for _ in range(4):
        assert isinstance(at_door(alice, lobby), Posted), "who keeps the room is free of it"
    grow_old(bob)
    assert isinstance(at_door(bob, lobby), Posted)


def test_newcomers_post_few_links_and_edit_in_no_more(alice: Person, bob: Person, lobby: Room, options: Any) -> None:
    options(newcomer_hours=24, max_newcomer_posts_per_minute=0, max_newcomer_links_per_hour=1)
    assert isinstance(at_door(bob, lobby, "https://example.org"), Posted)
    plain = at_door(bob, lobby)
    assert isinstance(at_door(bob, lobby, "https://example.org"), RateLimited)
    with pytest.raises(RateLimited):
        messages.edit(person=bob, room_id=lobby.pk, number=plain.number, body="www.example.org", at_door=True)
    messages.edit(person=bob, room_id=lobby.pk, number=plain.number, body="hello", at_door=True)


def test_a_guest_who_never_wrote_is_one(lobby: Room, options: Any) -> None:
    options(newcomer_hours=24, max_newcomer_links_per_hour=1)
    guest = Guest(uuid4(), "Grace")
    found = [at_door(guest, lobby, "https://example.org") for _ in range(3)]
    assert isinstance(found[0], Posted)
    assert isinstance(found[2], RateLimited)


def test_nobody_is_new_where_the_option_is_off(bob: Person, lobby: Room, options: Any) -> None:
    options(max_newcomer_posts_per_minute=1, max_newcomer_links_per_hour=1)
    for _ in range(3):
        assert isinstance(at_door(bob, lobby, "https://example.org"), Posted)


def test_into_a_room_that_is_shut_newcomers_post_no_links(
    alice: Person, bob: Person, lobby: Room, options: Any
) -> None:
    options(newcomer_hours=24)
    rooms.join(person=bob, room_id=lobby.pk)
    rooms.keep_order(person=alice, room_id=lobby.pk, raid=60)
    refused = at_door(bob, lobby, "https://example.org")
    assert isinstance(refused, Forbidden)
    assert refused.why == "newcomer"
    assert refused.until is not None
    assert isinstance(at_door(bob, lobby), Posted)
    assert isinstance(at_door(alice, lobby, "https://example.org"), Posted)
    grow_old(bob)
    assert isinstance(at_door(bob, lobby, "https://example.org"), Posted)


def test_the_whole_site_is_shut(alice: Person, bob: Person, person: Callable[..., Person], lobby: Room) -> None:
    root, carol = person("root", is_owner=True), person("carol")
    rooms.join(person=bob, room_id=lobby.pk)
    until = shut_site(person=root, seconds=60)
    assert until is not None
    assert shut_site(person=root, seconds=None) == until
    for act in (
        lambda: rooms.join(person=carol, room_id=lobby.pk),
        lambda: rooms.enter(person=carol, name="lobby"),
        lambda: members.invite(person=bob, room_id=lobby.pk, people=[carol.pk]),
    ):
        with pytest.raises(Forbidden):
            act()
    for who in (carol, Guest(uuid4(), "Grace")):
        refused = at_door(who, lobby)
        assert isinstance(refused, Forbidden)
        assert (refused.why, refused.until) == ("raid", until)
    say(bob, lobby)
    say(root, lobby)
    talk = rooms.converse(person=carol, people=[bob.pk]).room
    say(carol, talk, "who is here talks on")
    assert shut_site(person=root, seconds=0) is None
    say(carol, lobby)
    acts = AuditEntry.objects.filter(act__endswith="site").order_by("pk").values_list("act", "by_id")
    assert list(acts) == [("shut site", root.pk), ("open site", root.pk)]


def test_it_ends_by_itself(bob: Person, person: Callable[..., Person], lobby: Room) -> None:
    root = person("root", is_owner=True)
    shut_site(person=root, seconds=60, now=timezone.now() - timedelta(seconds=61))
    assert shut_site(person=root, seconds=None) is None
    say(bob, lobby)


def test_only_an_owner_of_the_site_shuts_it(alice: Person, person: Callable[..., Person], options: Any) -> None:
    options(max_raid_seconds=10)
    ServerState.objects.get_or_create(id=ServerState.ONLY)
    before = rows()
    with pytest.raises(Forbidden):
        shut_site(person=alice, seconds=5)
    assert rows() == before
    with pytest.raises(Invalid):
        shut_site(person=person("root", is_owner=True), seconds=11)
