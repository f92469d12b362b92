"""Slow, locked, shut to newcomers: whom it stops, what they are told, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.domain.conftest import Ear
from tests.domain.says import answer, membership, say

from groupchat.actions import members, merging, messages, rooms
from groupchat.actions.messages import Post, Posted
from groupchat.errors import Forbidden, Invalid, RateLimited
from groupchat.models import AuditEntry, Membership, Person, Room

NOW = timezone.now()


def post_at(seconds: float, *posts: tuple[Person, Room, str]) -> list[Any]:
    return messages.post(
        [Post(room.pk, who, body, f"at-{body}") for who, room, body in posts], now=NOW + timedelta(seconds=seconds)
    )


def order(person: Person, room: Room, **change: Any) -> Room:
    return rooms.keep_order(person=person, room_id=room.pk, **change)


def test_a_slow_room_takes_a_message_from_each_in_its_time(alice: Person, bob: Person, lobby: Room) -> None:
    order(alice, lobby, slow_mode=30)
    (first,) = post_at(0, (bob, lobby, "one"))
    assert isinstance(first, Posted), "who was never here is not held up"
    (again,) = post_at(1, (bob, lobby, "one"))
    assert isinstance(again, Posted)
    assert again.duplicate, "a retry is none"
    (refused,) = post_at(12.5, (bob, lobby, "two"))
    assert isinstance(refused, RateLimited)
    assert (refused.why, refused.as_json()["retry_after"]) == ("slow", 17.5)
    (late,) = post_at(30, (bob, lobby, "two"))
    assert isinstance(late, Posted)


def test_of_one_batch_a_slow_room_takes_one_of_each(alice: Person, bob: Person, lobby: Room) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    order(alice, lobby, slow_mode=30)
    posts = [(bob, lobby, "one"), (bob, lobby, "two"), (alice, lobby, "three"), (alice, lobby, "four")]
    found = post_at(0, *posts)
    assert [type(one) for one in found] == [Posted, RateLimited, Posted, Posted], "who keeps the room is free of it"
    assert membership(bob, lobby).last_post_at == NOW  # type: ignore[union-attr]


def test_a_slow_room_stays_so_for_who_leaves_and_comes_back(alice: Person, bob: Person, lobby: Room) -> None:
    order(alice, lobby, slow_mode=30)
    post_at(0, (bob, lobby, "one"))
    rooms.leave(person=bob, room_id=lobby.pk)
    (refused,) = post_at(10, (bob, lobby, "two"))
    assert isinstance(refused, RateLimited)


def test_a_clock_that_was_set_back_holds_nobody_up_for_longer(alice: Person, bob: Person, lobby: Room) -> None:
    order(alice, lobby, slow_mode=30)
    post_at(0, (bob, lobby, "one"))
    (refused,) = post_at(-3600, (bob, lobby, "two"))
    assert refused.retry_after == 30


def test_a_merged_guest_waits_as_they_would_have(
    alice: Person, bob: Person, guest: Callable[..., Person], lobby: Room
) -> None:
    order(alice, lobby, slow_mode=30)
    grace = guest("grace")
    post_at(0, (grace, lobby, "one"))
    merging.merge_guest(guest=grace, into=bob)
    merging.carry_out(guest_id=grace.pk, person_id=bob.pk)
    (refused,) = post_at(10, (bob, lobby, "two"))
    assert isinstance(refused, RateLimited)


def test_editing_is_not_slowed(alice: Person, bob: Person, lobby: Room) -> None:
    order(alice, lobby, slow_mode=30)
    posted = say(bob, lobby, "one")
    messages.edit(person=bob, room_id=lobby.pk, number=posted.number, body="two")


def test_a_room_that_is_not_slow_pays_nothing(alice: Person, bob: Person, lobby: Room) -> None:
    say(bob, lobby, "first")

    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            say(bob, lobby)
        return len(queries)

    plain = statements()
    order(alice, lobby, slow_mode=1)
    Membership.objects.filter(person=bob).update(last_post_at=None)
    assert statements() == plain + 1
    order(alice, lobby, slow_mode=0)
    assert statements() == plain


def test_in_a_locked_room_only_those_who_keep_it_write(alice: Person, bob: Person, lobby: Room, ear: Ear) -> None:
    number = say(bob, lobby).number
    ear.heard.clear()
    order(alice, lobby, locked=True)
    (changes,) = ear.of_room(lobby.pk)
    assert changes.frame["info"]["locked"] is True
    refused = answer(bob, lobby)
    assert isinstance(refused, Forbidden)
    assert refused.why == "locked"
    with pytest.raises(Forbidden):
        messages.edit(person=bob, room_id=lobby.pk, number=number, body="new")
    messages.delete(person=bob, room_id=lobby.pk, number=number)
    say(alice, lobby, "calm down")
    members.give_role(person=alice, room_id=lobby.pk, target_id=bob.pk, role="moderator")
    say(bob, lobby, "yes")
    order(bob, lobby, locked=False)
    assert "locked" not in ear.of_room(lobby.pk)[-1].frame["info"]


def test_a_room_that_is_shut_lets_nobody_new_in(
    alice: Person, bob: Person, person: Callable[..., Person], guest: Callable[..., Person], lobby: Room
) -> None:
    carol, root = person("carol"), person("root", is_owner=True)
    rooms.join(person=bob, room_id=lobby.pk)
    shut = order(alice, lobby, raid=60)
    assert shut.raid_until is not None
    for act in (
        lambda: rooms.join(person=carol, room_id=lobby.pk),
        lambda: rooms.enter(person=carol, name="lobby"),
        lambda: members.invite(person=bob, room_id=lobby.pk, people=[carol.pk]),
    ):
        with pytest.raises(Forbidden) as refused:
            act()
    with pytest.raises(Forbidden) as refused:
        rooms.join(person=carol, room_id=lobby.pk)
    assert (refused.value.why, refused.value.until) == ("raid", shut.raid_until)
    assert answer(guest(), lobby).why == "raid"  # type: ignore[union-attr]
    say(bob, lobby, "who is in it writes")
    rooms.join(person=root, room_id=lobby.pk)
    members.invite(person=alice, room_id=lobby.pk, people=[carol.pk])
    say(carol, lobby, "brought in by who keeps it")


def test_it_opens_by_itself_or_at_a_word(alice: Person, bob: Person, lobby: Room) -> None:
    order(alice, lobby, raid=60, now=timezone.now() - timedelta(seconds=61))
    say(bob, lobby, "it is over")
    rooms.leave(person=bob, room_id=lobby.pk)
    order(alice, lobby, raid=60)
    assert isinstance(answer(bob, lobby), Forbidden)
    assert order(alice, lobby, raid=0).raid_until is None
    say(bob, lobby)


def test_what_changes_nothing_writes_nothing(alice: Person, lobby: Room) -> None:
    seq = order(alice, lobby, slow_mode=30, locked=True).seq
    noted = AuditEntry.objects.count()
    assert order(alice, lobby, slow_mode=30, locked=True, raid=0).seq == seq
    assert order(alice, lobby).seq == seq
    assert AuditEntry.objects.count() == noted


def test_the_audit_log_knows_what_was_before(alice: Person, lobby: Room) -> None:
    order(alice, lobby, slow_mode=30)
    order(alice, lobby, slow_mode=60, locked=True)
    entry = AuditEntry.objects.order_by("-pk")[0]
    assert (entry.act, entry.by_id, entry.room_id) == ("order", alice.pk, lobby.pk)
    assert (entry.before, entry.after) == (
        {"slow_mode": 30, "locked": False},
        {"slow_mode": 60, "locked": True},
    )


@pytest.mark.parametrize("change", [{"slow_mode": 11}, {"raid": 11}, {"slow_mode": -1}, {"raid": -1}])
def test_limits(change: dict[str, int], alice: Person, lobby: Room, settings: Any) -> None:
    settings.GROUPCHAT = {**settings.GROUPCHAT, "MAX_SLOW_MODE_SECONDS": 10, "MAX_RAID_SECONDS": 10}
    with pytest.raises(Invalid) as refused:
        order(alice, lobby, **change)
    assert refused.value.field in change
    if min(change.values()) > 0:
        settings.GROUPCHAT = {**settings.GROUPCHAT, "MAX_SLOW_MODE_SECONDS": 0, "MAX_RAID_SECONDS": 0}
        order(alice, lobby, **change)


def test_who_may(alice: Person, bob: Person, lobby: Room) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    with pytest.raises(Forbidden):
        order(bob, lobby, locked=True)
    talk = rooms.converse(person=alice, people=[bob.pk]).room
    with pytest.raises(Forbidden) as refused:
        order(alice, talk, locked=True)
    assert refused.value.why == "conversation"
    members.give_role(person=alice, room_id=lobby.pk, target_id=bob.pk, role="moderator")
    order(bob, lobby, locked=True)
