"""All that somebody wrote in a span of time goes: in chunks, from the newest, wherever it is interrupted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.domain.conftest import Ear
from tests.domain.says import rows

from groupchat import attempts, timeline
from groupchat.actions import effects, members, messages, purging, rooms
from groupchat.actions.messages import Post
from groupchat.actions.people import set_active
from groupchat.errors import Forbidden, Invalid, NotFound, Unavailable
from groupchat.models import AuditEntry, Effect, Message, MessageVersion, Person, Purge, Room

NOW = timezone.now()
HOUR = timedelta(hours=1)


def wrote(person: Person, room: Room, count: int, *, at: datetime = NOW) -> list[int]:
    """So many messages at this time; their numbers."""
    posts = [Post(room.pk, person, "spam", f"{person.pk}-{at.timestamp():.0f}-{index}") for index in range(count)]
    return [posted.number for posted in messages.post(posts, now=at)]  # type: ignore[union-attr]


def purge(person: Person, room: Room, target: Person, **span: Any) -> Purge:
    return purging.purge(
        person=person, room_id=room.pk, target_id=target.pk, **{"since": NOW - 3 * HOUR, "now": NOW + HOUR} | span
    )


def carry_out(purge: Purge) -> None:
    while purging.purge_some(purge_id=purge.pk):
        pass


def left(room: Room, person: Person) -> list[int]:
    return sorted(Message.objects.filter(room=room, author=person, deleted_at=None).values_list("number", flat=True))


@pytest.fixture(autouse=True)
def chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "CHUNK", 3)
    monkeypatch.setattr(purging, "SLICE", 7)
    monkeypatch.setattr(purging, "PAUSE_SECONDS", 0.0)


def test_the_span_alone_goes(alice: Person, bob: Person, lobby: Room) -> None:
    before = wrote(bob, lobby, 2, at=NOW - 5 * HOUR)
    wrote(bob, lobby, 12, at=NOW - 2 * HOUR)
    mine = wrote(alice, lobby, 9, at=NOW - 2 * HOUR)
    wrote(bob, lobby, 2, at=NOW - HOUR)
    after = wrote(bob, lobby, 3, at=NOW)
    one = purge(alice, lobby, bob, until=NOW - HOUR / 2)
    carry_out(one)
    assert left(lobby, bob) == before + after
    assert left(lobby, alice) == mine
    one.refresh_from_db()
    assert (one.deleted, one.done_at is not None) == (14, True)


def test_each_is_a_tombstone_that_everybody_sees(alice: Person, bob: Person, lobby: Room, ear: Ear) -> None:
    numbers = wrote(bob, lobby, 7)
    messages.edit(person=bob, room_id=lobby.pk, number=numbers[0], body="other")
    one = purge(alice, lobby, bob)
    ear.heard.clear()
    carry_out(one)
    frames = [changes.frame for changes in ear.of_room(lobby.pk)]
    assert [len(frame["messages"]) for frame in frames] == [3, 3, 1]
    told = [message for frame in frames for message in frame["messages"]]
    assert sorted(message["number"] for message in told) == numbers
    assert all(message["body"] == "" and "deleted_at" in message for message in told)
    assert not MessageVersion.objects.exists()
    progress = [changes.frame["order"]["purges"][0] for changes in ear.of_person(alice.pk)]
    assert [(one["deleted"], one["done"]) for one in progress] == [(3, False), (6, False), (7, True)]
    assert ear.of_person(bob.pk) == []
    order = timeline.mine(alice).order
    assert order is not None
    assert order["purges"][0]["done"] is True


def test_it_goes_on_where_a_process_died(alice: Person, bob: Person, lobby: Room, monkeypatch: Any) -> None:
    wrote(bob, lobby, 20)
    one = purge(alice, lobby, bob)
    assert purging.purge_some(purge_id=one.pk)

    def dies(*args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(purging, "changed_order", dies)
        with pytest.raises(KeyboardInterrupt):
            purging.purge_some(purge_id=one.pk)
    assert len(left(lobby, bob)) == 17, "what was not committed did not happen"
    claimed = effects.claim(most=10, lease_seconds=60.0).claimed
    effects.settle([effects.perform(effect) for effect in claimed])
    assert left(lobby, bob) == []
    one.refresh_from_db()
    assert one.deleted == 20
    assert not Effect.objects.exists()
    before = rows()
    assert purging.purge_some(purge_id=one.pk) is False
    assert rows() == before


def test_what_its_author_deleted_meanwhile_is_not_deleted_again(alice: Person, bob: Person, lobby: Room) -> None:
    numbers = wrote(bob, lobby, 4)
    one = purge(alice, lobby, bob)
    messages.delete(person=bob, room_id=lobby.pk, number=numbers[1])
    carry_out(one)
    one.refresh_from_db()
    assert one.deleted == 3


def test_said_again_while_it_goes_on_it_is_one(alice: Person, bob: Person, lobby: Room) -> None:
    wrote(bob, lobby, 4)
    assert purge(alice, lobby, bob) == purge(alice, lobby, bob)
    assert AuditEntry.objects.filter(act="purge messages").count() == 1
    entry = AuditEntry.objects.get(act="purge messages")
    assert (entry.by_id, entry.person_id, entry.room_id, set(entry.after)) == (
        *(alice.pk, bob.pk, lobby.pk),
        {"since", "until"},
    )


def test_who_may(alice: Person, bob: Person, person: Callable[..., Person], lobby: Room) -> None:
    carol, dora = person("carol"), person("dora")
    wrote(bob, lobby, 1)
    wrote(carol, lobby, 1)
    with pytest.raises(Forbidden):
        purge(bob, lobby, carol)
    members.give_role(person=alice, room_id=lobby.pk, target_id=bob.pk, role="moderator")
    with pytest.raises(Forbidden):
        purge(bob, lobby, alice)
    with pytest.raises(NotFound):
        purge(bob, lobby, dora)
    rooms.leave(person=carol, room_id=lobby.pk)
    carry_out(purge(bob, lobby, carol))
    assert left(lobby, carol) == [], "who is gone, too"


def test_it_ends_where_its_keeper_is_one_no_more(
    alice: Person, bob: Person, person: Callable[..., Person], lobby: Room
) -> None:
    carol = person("carol")
    rooms.join(person=carol, room_id=lobby.pk)
    members.give_role(person=alice, room_id=lobby.pk, target_id=carol.pk, role="moderator")
    numbers = wrote(bob, lobby, 9)
    one = purge(carol, lobby, bob)
    assert purging.purge_some(purge_id=one.pk)
    members.give_role(person=alice, room_id=lobby.pk, target_id=carol.pk, role="member")
    assert purging.purge_some(purge_id=one.pk) is False
    assert left(lobby, bob) == numbers[:6]
    one.refresh_from_db()
    assert (one.deleted, one.done_at is not None) == (3, True)
    order = timeline.mine(carol).order
    assert order is not None
    assert (order["purges"][0]["deleted"], order["purges"][0]["done"]) == (3, True)
    entry = AuditEntry.objects.get(act="stop purge")
    assert (entry.by_id, entry.person_id, entry.after) == (None, bob.pk, {"by": carol.pk, "deleted": 3})
    members.give_role(person=alice, room_id=lobby.pk, target_id=carol.pk, role="moderator")
    assert purging.purge_some(purge_id=one.pk) is False
    assert AuditEntry.objects.filter(act="stop purge").count() == 1


def test_it_ends_where_its_keeper_is_switched_off(alice: Person, bob: Person, lobby: Room) -> None:
    numbers = wrote(bob, lobby, 4)
    one = purge(alice, lobby, bob)
    set_active(person=alice, is_active=False)
    carry_out(one)
    assert left(lobby, bob) == numbers


@pytest.fixture
def kept() -> Iterator[set[int]]:
    """Numbers of messages that the site does not let go."""
    numbers: set[int] = set()

    def hear(attempt: attempts.Deleting, **_: Any) -> None:
        if attempt.message.number in numbers:
            raise Forbidden("The site keeps it.")

    attempts.deleting.connect(hear)
    yield numbers
    attempts.deleting.disconnect(hear)


def test_what_the_site_does_not_let_go_stays(alice: Person, bob: Person, lobby: Room, kept: set[int]) -> None:
    numbers = wrote(bob, lobby, 7)
    kept.update(numbers[1:3])
    one = purge(alice, lobby, bob)
    carry_out(one)
    assert left(lobby, bob) == numbers[1:3]
    one.refresh_from_db()
    assert (one.deleted, one.done_at is not None) == (5, True)


def test_where_the_site_can_not_say_it_is_asked_again(alice: Person, bob: Person, lobby: Room) -> None:
    numbers = wrote(bob, lobby, 2)
    one = purge(alice, lobby, bob)

    def fails(**_: Any) -> None:
        raise ZeroDivisionError

    attempts.deleting.connect(fails)
    try:
        with pytest.raises(Unavailable):
            carry_out(one)
    finally:
        attempts.deleting.disconnect(fails)
    assert left(lobby, bob) == numbers
    carry_out(one)
    assert left(lobby, bob) == []


@pytest.mark.parametrize("span", [{"since": NOW + 2 * HOUR}, {"since": NOW, "until": NOW - HOUR}])
def test_no_span(span: dict[str, datetime], alice: Person, bob: Person, lobby: Room) -> None:
    wrote(bob, lobby, 1)
    with pytest.raises(Invalid) as refused:
        purge(alice, lobby, bob, **span)
    assert refused.value.field == "since"


def test_a_long_history_is_not_walked_to_its_beginning(
    alice: Person, bob: Person, lobby: Room, django_assert_max_num_queries: Any
) -> None:
    wrote(alice, lobby, 70, at=NOW - 100 * HOUR)
    wrote(bob, lobby, 2)
    one = purge(alice, lobby, bob)
    with django_assert_max_num_queries(25):
        carry_out(one)
    assert left(lobby, bob) == []
