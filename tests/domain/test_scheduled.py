"""Messages that are sent later: once, in order, if their author may write there then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.domain.conftest import Ear
from tests.domain.says import say

from groupchat import agenda
from groupchat.actions import merging, messages, periodic, rooms, scheduling
from groupchat.actions.agendas import take_agenda
from groupchat.actions.messages import Post, Posted
from groupchat.actions.people import Guest, person_of_guest, set_active
from groupchat.actions.scheduling import cancel, change, is_something_to_send, schedule, send_now, send_some
from groupchat.errors import Forbidden, IdempotencyConflict, Invalid, LimitReached, NotFound, TooLong
from groupchat.models import Message, Person, Room, ScheduledMessage
from groupchat.resources import moment

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
THEN = NOW + timedelta(hours=1)


def plans(person: Person, room: Room, body: str = "later", *, at: datetime = THEN, id: str = "s1", **how: Any) -> int:
    return schedule(person=person, room_id=room.pk, body=body, at=at, client_message_id=id, now=NOW, **how).pk


def sends(*, at: datetime = THEN) -> None:
    while send_some(now=at):
        pass


def said(room: Room) -> list[str]:
    return list(Message.objects.filter(room=room).order_by("number").values_list("body", flat=True))


def test_it_is_sent_when_its_time_has_come(alice: Person, lobby: Room, ear: Ear) -> None:
    number = say(alice, lobby, "now").number
    pk = plans(alice, lobby, reply_to=number)
    frame = ear.of_person(alice.pk)[-1].frame
    assert frame["agenda"]["scheduled"] == [{"id": pk, "room": lobby.pk, "at": moment(THEN)}]
    (entry,) = agenda.scheduled(alice).scheduled
    assert (entry["body"], entry["name"], entry["reply_to"]) == ("later", lobby.name, number)
    assert not is_something_to_send(now=NOW)
    sends(at=NOW)
    assert said(lobby) == ["now"]
    assert is_something_to_send(now=THEN)
    sends()
    message = Message.objects.get(body="later")
    assert (message.author_id, message.client_message_id, message.at) == (alice.pk, "s1", THEN)
    assert ear.of_room(lobby.pk)[-1].frame["messages"][0]["reply_to"] == number
    assert ear.of_person(alice.pk)[-1].frame["agenda"]["scheduled"] == []
    assert not is_something_to_send(now=THEN)


def test_once_however_often_it_is_tried(alice: Person, lobby: Room) -> None:
    """A process that died behind the commit, or before it; and a client that sent the same by itself."""
    plans(alice, lobby)
    row = ScheduledMessage.objects.get()
    sends()
    row.save(force_insert=True)  # as if the row had stayed
    sends()
    assert said(lobby) == ["later"]
    assert not ScheduledMessage.objects.exists()


def test_each_persons_in_order(alice: Person, bob: Person, lobby: Room) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    for index in (2, 1, 3):
        plans(alice, lobby, f"a{index}", at=NOW + timedelta(minutes=index), id=f"a{index}")
    plans(bob, lobby, "b", at=NOW + timedelta(minutes=2), id="b")
    sends()
    found = said(lobby)
    assert [one for one in found if one.startswith("a")] == ["a1", "a2", "a3"]
    assert sorted(found) == ["a1", "a2", "a3", "b"]


def test_the_job_is_due_where_something_waits(alice: Person, lobby: Room) -> None:
    plans(alice, lobby)
    assert "scheduled messages" in periodic.due()
    assert periodic.claim(name="scheduled messages")
    while periodic.work(name="scheduled messages"):
        pass
    assert said(lobby) == ["later"]
    assert "scheduled messages" not in periodic.due()


def test_rights_are_asked_when_it_is_sent(alice: Person, bob: Person, lobby: Room, ear: Ear) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    pk = plans(bob, lobby)
    rooms.archive(person=alice, room_id=lobby.pk)
    sends()
    assert said(lobby) == []
    assert ear.of_person(bob.pk)[-1].frame["agenda"]["scheduled"][0]["failed"] is True
    (entry,) = agenda.scheduled(bob).scheduled
    assert (entry["failed"]["code"], entry["failed"]["why"]) == ("forbidden", "archived")
    sends(at=THEN + timedelta(days=1))  # it waits for its author
    rooms.archive(person=alice, room_id=lobby.pk, archived=False)
    assert said(lobby) == []
    with pytest.raises(NotFound):
        change(person=alice, id=pk)
    change(person=bob, id=pk, now=THEN)
    sends()
    assert said(lobby) == ["later"]


def test_who_is_switched_off_sends_nothing(alice: Person, bob: Person, lobby: Room) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    plans(bob, lobby)
    set_active(person=bob, is_active=False)
    sends()
    assert said(lobby) == []


def test_a_slow_room_puts_it_off(alice: Person, bob: Person, lobby: Room) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    rooms.keep_order(person=alice, room_id=lobby.pk, slow_mode=60)
    plans(bob, lobby, "one", id="1")
    plans(bob, lobby, "two", id="2")
    sends()
    assert said(lobby) == ["one"]
    sends(at=THEN + timedelta(seconds=61))
    assert said(lobby) == ["one", "two"]


def test_changed_cancelled_sent_now(alice: Person, lobby: Room) -> None:
    first, second, third = (plans(alice, lobby, name, id=name) for name in ("one", "two", "three"))
    change(person=alice, id=first, body="uno", at=THEN + timedelta(hours=1), now=NOW)
    cancel(person=alice, id=second)
    posted = send_now(person=alice, id=third, now=NOW)
    assert (posted.number, said(lobby)) == (1, ["three"])
    sends()
    assert said(lobby) == ["three"]
    sends(at=THEN + timedelta(hours=1))
    assert said(lobby) == ["three", "uno"]
    for gone in (first, second, third):
        with pytest.raises(NotFound):
            cancel(person=alice, id=gone)
        with pytest.raises(NotFound):
            send_now(person=alice, id=gone)


def test_what_is_changed_while_it_is_sent_is_not_sent_as_it_was(
    alice: Person, lobby: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The post comes before the lock of the person; who was quicker with it has the word."""
    pk = plans(alice, lobby)

    def post_late(posts: Any, **how: Any) -> Any:
        ScheduledMessage.objects.filter(pk=pk).update(body="otherwise")
        monkeypatch.setattr(scheduling, "post", messages.post)
        return messages.post(posts, **how)

    monkeypatch.setattr(scheduling, "post", post_late)
    assert send_some(now=THEN)
    assert said(lobby) == []
    ScheduledMessage.objects.filter(pk=pk).update(body="otherwise")  # its transaction went with ours here
    sends()
    assert said(lobby) == ["otherwise"]


def test_the_same_again_is_the_same_one(alice: Person, lobby: Room) -> None:
    pk = plans(alice, lobby)
    assert plans(alice, lobby) == pk
    with pytest.raises(IdempotencyConflict):
        plans(alice, lobby, "other")
    sends()
    (again,) = messages.post([Post(lobby.pk, alice, "later", "s1")])
    assert isinstance(again, Posted)
    assert again.duplicate


@pytest.mark.parametrize(("at", "why"), [(NOW, "past"), (NOW + timedelta(days=366, seconds=1), "far")])
def test_a_time_is_ahead_and_not_too_far(alice: Person, lobby: Room, at: datetime, why: str) -> None:
    pk = plans(alice, lobby)
    for act in (
        lambda: plans(alice, lobby, at=at, id="s2"),
        lambda: change(person=alice, id=pk, at=at, now=NOW),
    ):
        with pytest.raises(Invalid) as refused:
            act()
        assert (refused.value.field, refused.value.why) == ("at", why)


def test_what_is_refused_at_once(alice: Person, bob: Person, lobby: Room, cellar: Room, settings: Any) -> None:
    with pytest.raises(Invalid):
        plans(alice, lobby, " ")
    with pytest.raises(TooLong):
        plans(alice, lobby, "x" * 8_001)
    with pytest.raises(Invalid):
        plans(alice, lobby, reply_to=5)
    with pytest.raises(NotFound):
        plans(bob, cellar)
    rooms.archive(person=alice, room_id=cellar.pk)
    with pytest.raises(Forbidden):
        plans(alice, cellar)
    settings.GROUPCHAT = {**settings.GROUPCHAT, "MAX_SCHEDULED_MESSAGES": 1}
    plans(alice, lobby)
    with pytest.raises(LimitReached):
        plans(alice, lobby, id="s2")
    plans(bob, lobby)  # each has their own
    with pytest.raises(NotFound):
        cancel(person=bob, id=ScheduledMessage.objects.get(person=alice).pk)


def test_pages(alice: Person, lobby: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agenda, "SCHEDULED_AT_ONCE", 2)
    for index in range(3):
        plans(alice, lobby, str(index), at=THEN - timedelta(minutes=index), id=str(index))
    first = agenda.scheduled(alice)
    assert [one["body"] for one in first.scheduled] == ["2", "1"]
    rest = agenda.scheduled(alice, after=first.next)
    assert ([one["body"] for one in rest.scheduled], rest.next) == (["0"], None)
    with pytest.raises(Invalid):
        agenda.scheduled(alice, after="x")


def test_what_a_guest_is_to_send_becomes_theirs(alice: Person, bob: Person, lobby: Room) -> None:
    guest = person_of_guest(guest=Guest(uuid4(), "Grace"))
    plans(guest, lobby)
    merging.merge_guest(guest=guest, into=bob)
    sends()  # while it goes over to them
    merging.carry_out(guest_id=guest.pk, person_id=bob.pk)
    sends(at=THEN + timedelta(hours=1))
    assert list(Message.objects.values_list("author_id", "body")) == [(bob.pk, "later")]


def test_a_retry_that_comes_when_it_was_sent_is_answered_with_it(alice: Person, lobby: Room) -> None:
    plans(alice, lobby)
    sends()
    sent = Message.objects.get(client_message_id="s1")
    late = {
        "person": alice,
        "room_id": lobby.pk,
        "at": THEN,
        "client_message_id": "s1",
        "now": THEN + timedelta(hours=1),
    }
    again = schedule(**late, body="later")
    assert (again.pk, again.at) == (None, sent.at)
    with pytest.raises(IdempotencyConflict):
        schedule(**late, body="other")
    assert not ScheduledMessage.objects.exists()


def test_a_person_does_not_hold_more_by_merging(alice: Person, bob: Person, lobby: Room, settings: Any) -> None:
    settings.GROUPCHAT = {"MAX_SCHEDULED_MESSAGES": 2}
    plans(alice, lobby, id="last", at=THEN + timedelta(hours=2))
    plans(alice, lobby, id="first", at=THEN)
    plans(bob, lobby, id="own")
    take_agenda(guest_id=alice.pk, person_id=bob.pk)
    assert {one.client_message_id for one in ScheduledMessage.objects.filter(person=bob)} == {"own", "first"}
    assert not ScheduledMessage.objects.filter(person=alice).exists()
