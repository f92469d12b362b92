"""Silenced and banned: for how long, why, and what it does not touch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.domain.conftest import Ear
from tests.domain.says import answer, rows, say

from groupchat import directory, moderation, timeline
from groupchat.actions import members, memberships, messages, rooms, sanctions
from groupchat.errors import Forbidden, Invalid, NotFound, TooLong
from groupchat.models import Membership, Person, Room

HOUR = 3_600
State = Membership.State


@pytest.fixture
def carol(person: Callable[..., Person]) -> Person:
    return person("carol")


def standing(person: Person, room: Room) -> Membership:
    return Membership.objects.get(person=person, room=room)


def ends(person: Person, room: Room) -> None:
    """Let the time of their sanction be over."""
    past = timezone.now() - timedelta(seconds=1)
    one = Membership.objects.filter(person=person, room=room)
    one.filter(banned_until__isnull=False).update(banned_until=past)
    one.filter(silenced_until__isnull=False).update(silenced_until=past)


def test_who_is_silenced_reads_and_is_told_why_and_until_when(
    alice: Person, bob: Person, lobby: Room, ear: Ear
) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    ear.heard.clear()
    until = sanctions.silence(person=alice, room_id=lobby.pk, target_id=bob.pk, seconds=HOUR, reason="Calm down.")
    refused = answer(bob, lobby)
    assert isinstance(refused, Forbidden)
    told = refused.as_json()
    assert (told["why"], told["reason"]) == ("silenced", "Calm down.")
    assert told["until"][:16] == until.silenced_until.strftime("%Y-%m-%dT%H:%M")
    (mine,) = ear.of_person(bob.pk)
    own = mine.frame["memberships"][0]
    assert (own["silenced_until"], own["reason"]) == (told["until"], "Calm down.")
    say(alice, lobby, "so there")
    assert memberships.read(person=bob, room_id=lobby.pk, number=1).last_read_number == 1
    ends(bob, lobby)
    say(bob, lobby, "here again")


def test_a_silence_outlasts_leaving(alice: Person, bob: Person, lobby: Room) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    sanctions.silence(person=alice, room_id=lobby.pk, target_id=bob.pk, seconds=HOUR)
    rooms.leave(person=bob, room_id=lobby.pk)
    rooms.join(person=bob, room_id=lobby.pk)
    assert isinstance(answer(bob, lobby), Forbidden)
    sanctions.silence(person=alice, room_id=lobby.pk, target_id=bob.pk, seconds=0)
    say(bob, lobby)
    assert standing(bob, lobby).reason == ""


def test_who_is_banned_is_out_and_stays_out(alice: Person, bob: Person, carol: Person, lobby: Room, ear: Ear) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    ear.heard.clear()
    sanctions.ban(person=alice, room_id=lobby.pk, target_id=bob.pk, seconds=HOUR, reason="Spam")
    sanctions.ban(person=alice, room_id=lobby.pk, target_id=carol.pk)
    first, second = ear.of_room(lobby.pk)
    assert (set(first.out), set(second.out)) == ({bob.pk}, {carol.pk})
    for one, until in ((bob, True), (carol, False)):
        with pytest.raises(Forbidden) as refused:
            rooms.join(person=one, room_id=lobby.pk)
        assert refused.value.why == "banned"
        assert ("until" in refused.value.as_json()) == until
        assert isinstance(answer(one, lobby), Forbidden)
        assert directory.rooms(one).rooms == []
        assert directory.find_rooms(one).rooms == []
    with pytest.raises(Forbidden):
        members.invite(person=alice, room_id=lobby.pk, people=[bob.pk])
    ends(bob, lobby)
    assert directory.find_rooms(bob).rooms
    rooms.join(person=bob, room_id=lobby.pk)
    back = standing(bob, lobby)
    assert (back.state, back.banned_until, back.reason) == (State.JOINED, None, "")


def test_a_ban_is_taken_back(alice: Person, bob: Person, lobby: Room) -> None:
    sanctions.ban(person=alice, room_id=lobby.pk, target_id=bob.pk)
    sanctions.unban(person=alice, room_id=lobby.pk, target_id=bob.pk)
    before = rows()
    sanctions.unban(person=alice, room_id=lobby.pk, target_id=bob.pk)
    assert rows() == before
    rooms.join(person=bob, room_id=lobby.pk)


def test_a_retry_of_what_was_said_before_is_known(alice: Person, bob: Person, lobby: Room) -> None:
    say(bob, lobby, "before", id="once")
    sanctions.ban(person=alice, room_id=lobby.pk, target_id=bob.pk)
    assert say(bob, lobby, "before", id="once").duplicate


def test_the_owner_of_the_site_is_kept_out_of_nothing(
    alice: Person, lobby: Room, person: Callable[..., Person]
) -> None:
    root = person("root", is_owner=True)
    with pytest.raises(Forbidden) as refused:
        sanctions.ban(person=alice, room_id=lobby.pk, target_id=root.pk)
    assert refused.value.why == "rank"


def test_who_may_not_be_kept_out(alice: Person, bob: Person, carol: Person, lobby: Room, cellar: Room) -> None:
    members.invite(person=alice, room_id=lobby.pk, people=[bob.pk, carol.pk])
    for one in (bob, carol):
        members.give_role(person=alice, room_id=lobby.pk, target_id=one.pk, role="moderator")
    before = rows()
    for who, whom in ((bob, carol), (bob, alice), (bob, bob)):
        with pytest.raises(Forbidden):
            sanctions.ban(person=who, room_id=lobby.pk, target_id=whom.pk)
        with pytest.raises(Forbidden):
            sanctions.silence(person=who, room_id=lobby.pk, target_id=whom.pk, seconds=HOUR)
    with pytest.raises(NotFound):
        sanctions.ban(person=alice, room_id=cellar.pk, target_id=bob.pk)
    with pytest.raises(NotFound):
        sanctions.silence(person=bob, room_id=cellar.pk, target_id=alice.pk, seconds=HOUR)
    assert rows() == before


def test_what_a_sanction_can_not_be(alice: Person, bob: Person, lobby: Room) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    before = rows()
    for seconds in (-1, sanctions.LONGEST_SECONDS + 1):
        with pytest.raises(Invalid) as refused:
            sanctions.ban(person=alice, room_id=lobby.pk, target_id=bob.pk, seconds=seconds)
        assert refused.value.field == "seconds"
    with pytest.raises(TooLong):
        sanctions.ban(person=alice, room_id=lobby.pk, target_id=bob.pk, reason="x" * 301)
    with pytest.raises(NotFound):
        sanctions.ban(person=alice, room_id=lobby.pk, target_id=10**9)
    assert rows() == before


def test_the_list_holds_those_that_hold(
    alice: Person, bob: Person, carol: Person, lobby: Room, person: Callable[..., Person]
) -> None:
    dora = person("dora")
    for one in (bob, dora):
        rooms.join(person=one, room_id=lobby.pk)
    sanctions.silence(person=alice, room_id=lobby.pk, target_id=bob.pk, seconds=HOUR, reason="Calm")
    sanctions.ban(person=alice, room_id=lobby.pk, target_id=carol.pk)
    sanctions.silence(person=alice, room_id=lobby.pk, target_id=dora.pk, seconds=HOUR)
    ends(dora, lobby)
    page = moderation.sanctions(alice, lobby.pk)
    assert [(one["person"], one["kind"], one["until"] is None) for one in page.sanctions] == [
        (bob.pk, "silence", False),
        (carol.pk, "ban", True),
    ]
    assert [one["id"] for one in page.people] == [bob.pk, carol.pk]
    assert [one["person"] for one in moderation.sanctions(alice, lobby.pk, after=bob.pk).sanctions] == [carol.pk]
    with pytest.raises(Forbidden):
        moderation.sanctions(bob, lobby.pk)


def test_who_is_silenced_finds_it_when_they_open_the_chat(alice: Person, bob: Person, lobby: Room) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    sanctions.silence(person=alice, room_id=lobby.pk, target_id=bob.pk, seconds=HOUR, reason="Calm")
    (state,) = timeline.mine(bob).rooms
    assert state["me"] is not None
    assert state["me"]["reason"] == "Calm"
    assert "silenced_until" in state["me"]


@pytest.mark.parametrize("what", ["silenced", "reader", "archived", "announcement"])
def test_who_may_not_write_edits_nothing_either(what: str, alice: Person, bob: Person, lobby: Room) -> None:
    say(bob, lobby, "harmless")
    match what:
        case "silenced":
            sanctions.silence(person=alice, room_id=lobby.pk, target_id=bob.pk, seconds=HOUR)
        case "reader":
            members.give_role(person=alice, room_id=lobby.pk, target_id=bob.pk, role="reader")
        case "archived":
            rooms.archive(person=alice, room_id=lobby.pk)
        case "announcement":
            rooms.configure(person=alice, room_id=lobby.pk, kind="announcement")
    with pytest.raises(Forbidden) as refused:
        messages.edit(person=bob, room_id=lobby.pk, number=1, body="spam")
    assert refused.value.why == what
    assert messages.delete(person=bob, room_id=lobby.pk, number=1).deleted_at is not None, "taken back it may be"
