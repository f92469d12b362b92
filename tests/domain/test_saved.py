"""Saved messages and reminders: one's own, on all devices, told once; and of what one may not read no word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.domain.conftest import Ear
from tests.domain.says import say
from tests.domain.test_queries import assert_by_index, statements

from groupchat import agenda, timeline
from groupchat.actions import members, merging, messages, periodic, rooms
from groupchat.actions.people import Guest, person_of_guest
from groupchat.actions.saving import is_somebody_to_remind, remind_some, save
from groupchat.errors import Invalid, LimitReached, NotFound
from groupchat.models import PeriodicJob, Person, Room, SavedMessage
from groupchat.resources import moment

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=20)


def saves(person: Person, room: Room, number: int, **how: Any) -> int:
    return save(person=person, room_id=room.pk, number=number, now=NOW, **how)


def told(ear: Ear, person: Person) -> list[dict[str, Any]]:
    return list(ear.of_person(person.pk)[-1].frame["agenda"]["saved"])


def listed(person: Person) -> list[tuple[int, str | None]]:
    page = agenda.saved(person)
    return [(one["number"], one["message"]["body"] if "message" in one else None) for one in page.saved]


def test_all_devices_are_told_live_later_and_on_opening(alice: Person, lobby: Room, ear: Ear) -> None:
    first, second = say(alice, lobby, "one").number, say(alice, lobby, "two").number
    since = Person.objects.get(pk=alice.pk).seq
    saves(alice, lobby, first)
    seq = saves(alice, lobby, second, remind_at=SOON)
    wanted = [{"room": lobby.pk, "number": second, "remind_at": moment(SOON)}, {"room": lobby.pk, "number": first}]
    assert told(ear, alice) == wanted
    changes = timeline.my_changes(alice.pk, since)
    assert changes is not None
    assert changes.frame["agenda"] == {"seq": seq, "saved": wanted, "scheduled": []} == timeline.mine(alice).agenda
    assert listed(alice) == [(second, "two"), (first, "one")]
    saves(alice, lobby, second, on=False)
    assert told(ear, alice) == wanted[1:]


def test_saying_it_again_changes_nothing(alice: Person, lobby: Room, ear: Ear) -> None:
    number = say(alice, lobby).number
    assert saves(alice, lobby, number, on=False) == 0
    seq = saves(alice, lobby, number, remind_at=SOON)
    ear.heard.clear()
    assert saves(alice, lobby, number, remind_at=SOON) == seq
    assert ear.heard == []
    assert saves(alice, lobby, number) == seq + 1
    assert told(ear, alice) == [{"room": lobby.pk, "number": number}]


def test_who_is_to_be_reminded_is_told_once(alice: Person, bob: Person, lobby: Room, ear: Ear) -> None:
    number = say(alice, lobby).number
    for one in (alice, bob):
        saves(one, lobby, number, remind_at=SOON)
    ear.heard.clear()
    assert not is_somebody_to_remind(now=SOON - timedelta(seconds=1))
    remind_some(now=SOON - timedelta(seconds=1))
    assert ear.heard == []
    assert is_somebody_to_remind(now=SOON)
    remind_some(now=SOON)
    for one in (alice, bob):
        assert [item["due"] for item in told(ear, one)] == [True]
    ear.heard.clear()
    assert not is_somebody_to_remind(now=SOON)
    remind_some(now=SOON)
    assert ear.heard == []
    later = SOON + timedelta(hours=1)
    saves(alice, lobby, number, remind_at=later)
    assert told(ear, alice) == [{"room": lobby.pk, "number": number, "remind_at": moment(later)}]


def test_the_job_is_due_where_somebody_waits(alice: Person, lobby: Room) -> None:
    number = say(alice, lobby).number
    assert "reminders" not in periodic.due()
    SavedMessage.objects.create(person=alice, room=lobby, number=number, at=NOW, remind_at=SOON)
    assert "reminders" in periodic.due()
    assert periodic.claim(name="reminders")
    assert not periodic.work(name="reminders")
    PeriodicJob.objects.all().delete()
    assert "reminders" not in periodic.due()


@pytest.mark.parametrize(("ahead", "why"), [(timedelta(0), "past"), (timedelta(days=367), "far")])
def test_a_time_is_ahead_and_not_too_far(alice: Person, lobby: Room, ahead: timedelta, why: str) -> None:
    number = say(alice, lobby).number
    with pytest.raises(Invalid) as refused:
        saves(alice, lobby, number, remind_at=NOW + ahead)
    assert (refused.value.field, refused.value.why) == ("remind_at", why)


def test_a_person_keeps_so_many(alice: Person, lobby: Room, settings: Any) -> None:
    settings.GROUPCHAT = {**settings.GROUPCHAT, "MAX_SAVED_MESSAGES": 1}
    first, second = say(alice, lobby).number, say(alice, lobby).number
    saves(alice, lobby, first)
    with pytest.raises(LimitReached):
        saves(alice, lobby, second)
    saves(alice, lobby, first, remind_at=SOON)


def test_what_one_may_not_read_any_more_has_no_text(alice: Person, bob: Person, cellar: Room) -> None:
    members.invite(person=alice, room_id=cellar.pk, people=[bob.pk])
    number = say(alice, cellar, "secret").number
    saves(bob, cellar, number)
    assert listed(bob) == [(number, "secret")]
    members.remove(person=alice, room_id=cellar.pk, target_id=bob.pk)
    (entry,) = agenda.saved(bob).saved
    assert entry.keys() == {"room", "number", "at"}
    with pytest.raises(NotFound):
        saves(bob, cellar, number, remind_at=SOON)
    saves(bob, cellar, number, on=False)
    assert listed(bob) == []


def test_nor_what_was_deleted_or_lies_below_ones_floor(alice: Person, bob: Person, lobby: Room) -> None:
    number, deleted = say(alice, lobby).number, say(alice, lobby, "oops").number
    rooms.join(person=bob, room_id=lobby.pk)
    for one in (number, deleted):
        saves(bob, lobby, one)
    messages.delete(person=alice, room_id=lobby.pk, number=deleted)
    assert listed(bob) == [(deleted, ""), (number, "hi")]
    with pytest.raises(NotFound):
        saves(alice, lobby, deleted)
    rooms.set_history(person=alice, room_id=lobby.pk, history="joined")
    rooms.leave(person=bob, room_id=lobby.pk)
    rooms.join(person=bob, room_id=lobby.pk)
    assert listed(bob) == [(deleted, None), (number, None)]


def test_what_a_guest_saved_becomes_theirs(alice: Person, bob: Person, lobby: Room, ear: Ear) -> None:
    guest = person_of_guest(guest=Guest(uuid4(), "Grace"))
    first, second = say(alice, lobby).number, say(alice, lobby).number
    for one in (first, second):
        saves(guest, lobby, one)
    saves(bob, lobby, first)
    merging.merge_guest(guest=guest, into=bob)
    merging.carry_out(guest_id=guest.pk, person_id=bob.pk)
    assert {one["number"] for one in told(ear, bob)} == {first, second}
    assert SavedMessage.objects.filter(person=bob).count() == SavedMessage.objects.count() == 2


def test_a_page_and_what_it_costs(alice: Person, lobby: Room, cellar: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agenda, "SAVED_AT_ONCE", 2)
    numbers = [say(alice, room).number for room in (lobby, cellar, lobby)]
    for room, number in zip((lobby, cellar, lobby), numbers, strict=True):
        saves(alice, room, number)
    with statements() as asked:
        first = agenda.saved(alice)
    assert [(one["room"], one["number"]) for one in first.saved] == [(lobby.pk, numbers[2]), (cellar.pk, numbers[1])]
    assert len(asked) <= 6
    assert_by_index(asked)
    assert first.next is not None
    rest = agenda.saved(alice, after=first.next)
    assert [one["number"] for one in rest.saved] == [numbers[0]]
    assert (rest.next, [one["id"] for one in rest.people]) == (None, [alice.pk])
