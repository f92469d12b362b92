"""Invite links: who makes and ends them, whom they let in and as what, and when they hold no more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import override_settings
from django.utils import timezone
from tests.domain.says import membership, rows

from groupchat import invites as reading
from groupchat.actions import invites, limits, members, rooms, sanctions
from groupchat.actions.merging import carry_out, merge_guest
from groupchat.actions.newcomers import shut_site
from groupchat.actions.people import Guest, make_owner, person_of_guest, set_active
from groupchat.errors import ChatError, Forbidden, Invalid, LimitReached, NotFound, RateLimited
from groupchat.models import AuditEntry, InviteLink, Membership, Person, Room

Role, State = Membership.Role, Membership.State


@pytest.fixture
def carol(person: Callable[..., Person]) -> Person:
    return person("carol")


def no_longer(token: str, person: Person) -> None:
    before = rows()
    with pytest.raises(NotFound) as refused:
        invites.accept(person=person, token=token)
    assert refused.value.why == "link"
    assert rows() == before


def test_a_link_brings_people_into_a_private_room(alice: Person, bob: Person, carol: Person, cellar: Room) -> None:
    made = invites.make(person=alice, room_id=cellar.pk)
    assert made.token not in str(InviteLink.objects.values()), "only its digest is kept"
    assert invites.accept(person=bob, token=made.token) == cellar
    invites.accept(person=bob, token=made.token)
    assert membership(bob, cellar).role == Role.MEMBER
    made.link.refresh_from_db()
    assert made.link.uses == 1, "who is in uses nothing up"
    room, grace = invites.accept_as_guest(guest=Guest(uuid4(), "Grace"), token=made.token)
    assert (room, grace.name, membership(grace, cellar).state) == (cellar, "Grace", State.JOINED)
    assert AuditEntry.objects.filter(act="invite link", by_id=alice.pk, room_id=cellar.pk).exists()


def test_a_shut_site_stays_shut(alice: Person, bob: Person, lobby: Room) -> None:
    Person.objects.filter(pk=alice.pk).update(kind=Person.Kind.USER)
    made = invites.make(person=bob_in(lobby, bob), room_id=lobby.pk)
    alice.refresh_from_db()
    make_owner(person=alice)
    shut_site(person=alice, seconds=60)
    stranger = person_of_guest(guest=Guest(uuid4(), "Eve"))
    with pytest.raises(ChatError):
        invites.accept(person=stranger, token=made.token)
    assert not Membership.objects.filter(person=stranger).exists()
    shut_site(person=alice, seconds=0)
    assert invites.accept(person=stranger, token=made.token) == lobby


def bob_in(room: Room, bob: Person) -> Person:
    rooms.join(person=bob, room_id=room.pk)
    return bob


def test_who_left_leaves_no_links_that_count(alice: Person, bob: Person, lobby: Room) -> None:
    with override_settings(GROUPCHAT={"MAX_INVITE_LINKS": 2}):
        for _ in range(2):
            invites.make(person=bob_in(lobby, bob), room_id=lobby.pk)
        with pytest.raises(LimitReached):
            invites.make(person=alice, room_id=lobby.pk)
        rooms.leave(person=bob, room_id=lobby.pk)
        assert invites.make(person=alice, room_id=lobby.pk)


def test_the_role_is_that_of_newcomers(alice: Person, bob: Person, carol: Person, cellar: Room) -> None:
    reader = invites.make(person=alice, room_id=cellar.pk, role="reader")
    invites.accept(person=bob, token=reader.token)
    assert membership(bob, cellar).role == Role.READER
    members.give_role(person=alice, room_id=cellar.pk, target_id=bob.pk, role="moderator")
    with pytest.raises(Forbidden):
        invites.make(person=bob, room_id=cellar.pk, role="moderator")
    for role in ("owner", "king"):
        with pytest.raises(Invalid):
            invites.make(person=alice, room_id=cellar.pk, role=role)
    rooms.leave(person=bob, room_id=cellar.pk)
    invites.accept(person=bob, token=reader.token)
    assert membership(bob, cellar).role == Role.MODERATOR, "who left by themselves comes back as what they were"
    moderator = invites.make(person=alice, room_id=cellar.pk, role="moderator")
    invites.accept(person=carol, token=moderator.token)
    assert membership(carol, cellar).role == Role.MODERATOR


def test_it_holds_for_so_long_and_so_often(alice: Person, bob: Person, carol: Person, lobby: Room) -> None:
    now = timezone.now()
    made = invites.make(person=alice, room_id=lobby.pk, now=now)
    assert made.link.expires_at == now + timedelta(days=7)
    assert made.link.most_uses == 1_000
    with pytest.raises(NotFound):
        invites.accept(person=bob, token=made.token, now=now + timedelta(days=7))
    once = invites.make(person=alice, room_id=lobby.pk, uses=1, expires_in=60, now=now)
    invites.accept(person=bob, token=once.token)
    no_longer(once.token, carol)
    for wrong in ({"uses": 1_001}, {"uses": 0}, {"expires_in": 0}, {"expires_in": 91 * 24 * 3600}):
        with pytest.raises(Invalid):
            invites.make(person=alice, room_id=lobby.pk, **wrong)
    with override_settings(GROUPCHAT={"MAX_INVITE_LINK_DAYS": 0, "MAX_INVITE_LINK_USES": 0}):
        ever = invites.make(person=alice, room_id=lobby.pk, expires_in=0)
        assert (ever.link.expires_at, ever.link.most_uses) == (None, None)
        with pytest.raises(Invalid):
            invites.make(person=alice, room_id=lobby.pk, expires_in=2**62)
        with pytest.raises(Invalid):
            invites.make(person=alice, room_id=lobby.pk, uses=2**40)
    with override_settings(GROUPCHAT={"INVITE_LINK_DAYS": 0, "MAX_INVITE_LINK_DAYS": 3}):
        assert invites.make(person=alice, room_id=lobby.pk, now=now).link.expires_at == now + timedelta(days=3)


def test_it_ends_at_once(alice: Person, bob: Person, carol: Person, lobby: Room) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    mine = invites.make(person=bob, room_id=lobby.pk)
    hers = invites.make(person=alice, room_id=lobby.pk)
    with pytest.raises(Forbidden):
        invites.end(person=bob, room_id=lobby.pk, link_id=hers.link.pk)
    with pytest.raises(Forbidden):
        invites.end(person=bob, room_id=lobby.pk, link_id=10**9)
    with pytest.raises(NotFound):
        invites.end(person=alice, room_id=lobby.pk, link_id=10**9)
    for who in (bob, alice):
        ended = invites.end(person=who, room_id=lobby.pk, link_id=mine.link.pk).ended_at
        assert ended is not None
    no_longer(mine.token, carol)
    assert [one["id"] for one in reading.links(alice, lobby.pk).links] == [hers.link.pk]


def test_a_maker_who_may_not_any_more_brings_in_nobody(
    alice: Person, bob: Person, carol: Person, person: Callable[..., Person], cellar: Room
) -> None:
    dora = person("dora")
    members.invite(person=alice, room_id=cellar.pk, people=[bob.pk])
    for role in ("moderator", "owner"):
        members.give_role(person=alice, room_id=cellar.pk, target_id=bob.pk, role=role)
    made = invites.make(person=bob, room_id=cellar.pk, role="moderator")
    members.give_role(person=alice, room_id=cellar.pk, target_id=bob.pk, role="moderator")
    no_longer(made.token, carol)
    made = invites.make(person=bob, room_id=cellar.pk)
    assert len(reading.links(alice, cellar.pk).links) == 1
    members.give_role(person=alice, room_id=cellar.pk, target_id=bob.pk, role="member")
    no_longer(made.token, carol)
    members.give_role(person=alice, room_id=cellar.pk, target_id=bob.pk, role="moderator")
    invites.accept(person=carol, token=made.token)
    set_active(person=bob, is_active=False)
    no_longer(made.token, dora)
    set_active(person=bob, is_active=True)
    rooms.leave(person=bob, room_id=cellar.pk)
    no_longer(made.token, dora)
    assert reading.links(alice, cellar.pk).links == []


def test_who_was_sent_out_or_banned_is_told_why(
    alice: Person, bob: Person, carol: Person, lobby: Room, cellar: Room
) -> None:
    for room in (lobby, cellar):
        made = invites.make(person=alice, room_id=room.pk)
        for one in (bob, carol):
            invites.accept(person=one, token=made.token)
        members.remove(person=alice, room_id=room.pk, target_id=bob.pk)
        sanctions.ban(person=alice, room_id=room.pk, target_id=carol.pk, reason="Spam")
        with pytest.raises(Forbidden) as refused:
            invites.accept(person=carol, token=made.token)
        assert (refused.value.why, refused.value.reason) == ("banned", "Spam")
        if room == cellar:
            with pytest.raises(Forbidden) as refused:
                invites.accept(person=bob, token=made.token)
            assert refused.value.why == "removed"
        else:
            invites.accept(person=bob, token=made.token)
        made.link.refresh_from_db()
        assert made.link.uses == (2 if room == cellar else 3)


def test_a_room_that_is_closed_lets_nobody_in(alice: Person, bob: Person, cellar: Room) -> None:
    made = invites.make(person=alice, room_id=cellar.pk)
    rooms.archive(person=alice, room_id=cellar.pk)
    no_longer(made.token, bob)
    rooms.archive(person=alice, room_id=cellar.pk, archived=False)
    rooms.delete(person=alice, room_id=cellar.pk)
    no_longer(made.token, bob)


def test_a_refused_guest_leaves_no_trace(alice: Person, cellar: Room) -> None:
    made = invites.make(person=alice, room_id=cellar.pk, uses=1)
    invites.accept_as_guest(guest=Guest(uuid4(), "Grace"), token=made.token)
    before = rows()
    with pytest.raises(NotFound):
        invites.accept_as_guest(guest=Guest(uuid4(), "Hedy"), token=made.token)
    assert rows() == before


def test_who_may_make_them(
    alice: Person, bob: Person, person: Callable[..., Person], lobby: Room, cellar: Room
) -> None:
    root = person("root", is_owner=True)
    with pytest.raises(NotFound):
        invites.make(person=bob, room_id=cellar.pk)
    with pytest.raises(Forbidden):
        invites.make(person=bob, room_id=lobby.pk)
    for look in (lambda: invites.make(person=alice), lambda: reading.links(alice, None)):
        with pytest.raises(Forbidden):
            look()
    made = invites.make(person=root)
    assert invites.accept(person=bob, token=made.token) is None
    assert [one["uses"] for one in reading.links(root, None).links] == [1]
    assert reading.links(root, lobby.pk).links == []
    invites.end(person=root, link_id=made.link.pk)
    no_longer(made.token, bob)


def test_they_are_limited(alice: Person, lobby: Room) -> None:
    with override_settings(GROUPCHAT={"MAX_INVITE_LINKS": 2, "MAX_INVITE_LINKS_PER_HOUR": 2}):
        for _ in range(2):
            last = invites.make_limited(person=alice, room_id=lobby.pk, before_making=limits.require_new_link)
        with pytest.raises(LimitReached):
            invites.make(person=alice, room_id=lobby.pk)
        invites.end(person=alice, room_id=lobby.pk, link_id=last.link.pk)
        with pytest.raises(RateLimited):
            invites.make_limited(person=alice, room_id=lobby.pk, before_making=limits.require_new_link)


def test_links_of_a_guest_who_becomes_a_part_of_somebody_are_theirs(
    bob: Person, guest: Callable[..., Person], lobby: Room, carol: Person
) -> None:
    grace = guest("Grace")
    rooms.join(person=grace, room_id=lobby.pk)
    made = invites.make(person=grace, room_id=lobby.pk)
    merge_guest(guest=grace, into=bob)
    carry_out(guest_id=grace.pk, person_id=bob.pk)
    assert invites.accept(person=carol, token=made.token) == lobby


def test_old_ones_are_forgotten(alice: Person, lobby: Room) -> None:
    now = timezone.now()
    expired = invites.make(person=alice, room_id=lobby.pk, expires_in=1, now=now - timedelta(days=31)).link
    ended = invites.make(person=alice, room_id=lobby.pk, now=now).link
    invites.end(person=alice, room_id=lobby.pk, link_id=ended.pk, now=now - timedelta(days=31))
    kept = invites.make(person=alice, room_id=lobby.pk, now=now).link
    assert invites.forget_old(now=now) is False
    assert list(InviteLink.objects.values_list("pk", flat=True)) == [kept.pk]
    assert expired.pk != kept.pk


@pytest.mark.parametrize("token", ["", "x", "\0", "\ud800", "x" * 10_000])
def test_what_is_no_token_is_no_link(token: str, alice: Person) -> None:
    with pytest.raises(ChatError):
        invites.accept(person=alice, token=token)
