"""Reports: who makes them, who sees them, what stays of them, and that nobody else hears of any."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.domain.conftest import Ear
from tests.domain.says import rows, say

from groupchat import keeping, timeline
from groupchat.actions import limits, members, merging, messages, reporting, rooms, sanctions
from groupchat.actions.deleted_rooms import purge_deleted_rooms
from groupchat.errors import ChatError, Forbidden, NotFound, RateLimited, TooLong
from groupchat.models import AuditEntry, Person, Report, Room

CANARY = "canary-word"


@pytest.fixture
def carol(person: Callable[..., Person]) -> Person:
    return person("carol")


@pytest.fixture
def root(person: Callable[..., Person]) -> Person:
    return person("root", is_owner=True)


def report(person: Person, room: Room, number: int, **more: Any) -> Report:
    return reporting.report(person=person, room_id=room.pk, number=number, **more)


def told(person: Person) -> Any:
    """What is told of order in a snapshot, which is what a repair tells."""
    order = timeline.mine(person).order
    changes = timeline.my_changes(person.pk, 0)
    assert changes is not None
    assert changes.frame.get("order") == order
    return order


def waiting(person: Person) -> int:
    order = told(person)
    return 0 if order is None else int(order["reports"])


def test_a_report_keeps_what_was_said(alice: Person, bob: Person, carol: Person, lobby: Room) -> None:
    number = say(bob, lobby, CANARY).number
    rooms.join(person=carol, room_id=lobby.pk)
    made = report(carol, lobby, number, reason="abuse", note="Look at this.")
    messages.edit(person=bob, room_id=lobby.pk, number=number, body="harmless")
    messages.delete(person=bob, room_id=lobby.pk, number=number)
    (found,) = keeping.reports(alice).reports
    assert found == {
        "id": made.pk,
        "room": lobby.pk,
        "name": "Lobby",
        "slug": "lobby",
        "number": number,
        "author": bob.pk,
        "body": CANARY,
        "reporter": carol.pk,
        "reason": "abuse",
        "note": "Look at this.",
        "at": found["at"],
        "claimed_by": None,
    }
    assert {one["id"] for one in keeping.reports(alice).people} == {bob.pk, carol.pk}


def test_those_who_keep_the_room_hear_of_it_and_nobody_else(
    alice: Person, bob: Person, carol: Person, person: Callable[..., Person], lobby: Room, ear: Ear
) -> None:
    dora = person("dora")
    number = say(bob, lobby).number
    for one in (carol, dora):
        rooms.join(person=one, room_id=lobby.pk)
    members.give_role(person=alice, room_id=lobby.pk, target_id=dora.pk, role="moderator")
    seq = Room.objects.get(pk=lobby.pk).seq
    ear.heard.clear()
    report(carol, lobby, number)
    assert Room.objects.get(pk=lobby.pk).seq == seq
    assert {changes.frame["me"] for changes in ear.heard} == {alice.pk, carol.pk, dora.pk}  # type: ignore[union-attr, typeddict-item]
    assert (waiting(alice), waiting(dora), waiting(carol), told(bob)) == (1, 1, 0, None)
    assert told(carol)["reported"][0]["state"] == "open"
    assert ear.of_person(alice.pk)[0].frame["order"] == told(alice)


def test_of_one_person_and_message_there_is_one_open_report(
    alice: Person, bob: Person, carol: Person, lobby: Room
) -> None:
    number = say(bob, lobby).number
    rooms.join(person=carol, room_id=lobby.pk)
    first = report(carol, lobby, number)
    before = rows()
    assert report(carol, lobby, number, reason="spam") == first
    assert rows() == before
    reporting.resolve(person=alice, report_id=first.pk, outcome="dismissed")
    assert report(carol, lobby, number) != first


def test_who_reported_is_told_that_somebody_looked(
    alice: Person, bob: Person, carol: Person, lobby: Room, ear: Ear
) -> None:
    number = say(bob, lobby).number
    rooms.join(person=carol, room_id=lobby.pk)
    made = report(carol, lobby, number)
    report(alice, lobby, number)
    reporting.claim(person=alice, report_id=made.pk)
    assert keeping.reports(alice).reports[0]["claimed_by"] == alice.pk
    ear.heard.clear()
    assert reporting.resolve(person=alice, report_id=made.pk, outcome="acted", note="Talked to him") == 2
    (mine,) = ear.of_person(carol.pk)
    assert mine.frame["order"]["reported"] == [{"id": made.pk, "room": lobby.pk, "number": number, "state": "resolved"}]
    assert "Talked" not in str(mine.frame)
    assert ear.of_person(bob.pk) == []
    assert waiting(alice) == 0
    with pytest.raises(NotFound):
        reporting.resolve(person=alice, report_id=made.pk, outcome="acted")


def test_the_audit_log_has_neither_who_reported_nor_what_was_said(
    alice: Person, bob: Person, carol: Person, lobby: Room
) -> None:
    rooms.join(person=carol, room_id=lobby.pk)
    made = report(carol, lobby, say(bob, lobby, CANARY).number)
    reporting.claim(person=alice, report_id=made.pk)
    reporting.resolve(person=alice, report_id=made.pk, outcome="acted", note="Warned")
    last, before = AuditEntry.objects.order_by("-pk")[:2]
    assert [(one.act, one.by_id, one.person_id) for one in (before, last)] == [
        ("claim report", alice.pk, bob.pk),
        ("resolve report", alice.pk, bob.pk),
    ]
    assert last.after == {"report": made.pk, "number": 1, "outcome": "acted", "note": "Warned"}
    assert CANARY not in str(list(AuditEntry.objects.values()))


def test_of_a_private_room_nobody_outside_sees_anything(
    alice: Person, bob: Person, carol: Person, root: Person, cellar: Room
) -> None:
    members.invite(person=alice, room_id=cellar.pk, people=[bob.pk])
    made = report(bob, cellar, say(alice, cellar, CANARY).number)
    other = report(alice, cellar, say(bob, cellar, CANARY).number)
    assert [one["id"] for one in keeping.reports(alice).reports] == [other.pk], "and none about herself"
    for outsider in (carol, root):
        assert keeping.reports(outsider).reports == []
        assert waiting(outsider) == 0
        with pytest.raises(NotFound):
            keeping.reports(outsider, room_id=cellar.pk)
        for act in (reporting.claim, reporting.resolve):
            with pytest.raises(NotFound):
                act(person=outsider, report_id=made.pk, **({"outcome": "acted"} if act is reporting.resolve else {}))
    with pytest.raises(NotFound):
        reporting.claim(person=alice, report_id=made.pk)


def test_of_a_conversation_the_sites_owner_sees_the_copy_alone(
    alice: Person, bob: Person, root: Person, carol: Person
) -> None:
    talk = rooms.converse(person=alice, people=[bob.pk]).room
    say(bob, talk, "between us")
    made = report(alice, talk, say(bob, talk, CANARY).number)
    page = keeping.reports(root, room_id=talk.pk)
    assert [(one["body"], one["slug"], one["name"]) for one in page.reports] == [(CANARY, None, "")]
    assert "between us" not in str(page)
    assert waiting(root) == 1
    for one in (alice, bob, carol):
        assert keeping.reports(one).reports == []
    with pytest.raises(NotFound):
        timeline.message_in(talk, 1, root)
    reporting.resolve(person=root, report_id=made.pk, outcome="acted")
    assert told(alice)["reported"][0]["state"] == "resolved"


@pytest.mark.parametrize(
    ("number", "error"),
    [(1, Forbidden), (2, NotFound), (9, NotFound)],
    ids=["one's own", "a deleted one", "none"],
)
def test_what_nobody_reports(number: int, error: type[ChatError], alice: Person, bob: Person, lobby: Room) -> None:
    say(bob, lobby)
    messages.delete(person=alice, room_id=lobby.pk, number=say(alice, lobby).number)
    with pytest.raises(error):
        report(bob, lobby, number)


def test_who_is_not_in_the_room_reports_nothing(bob: Person, carol: Person, lobby: Room, cellar: Room) -> None:
    say(bob, lobby)
    with pytest.raises(Forbidden):
        report(carol, lobby, 1)
    with pytest.raises(NotFound):
        report(carol, cellar, 1)


def test_what_is_below_ones_floor_is_not_reported(alice: Person, bob: Person, lobby: Room) -> None:
    say(alice, lobby)
    rooms.set_history(person=alice, room_id=lobby.pk, history="joined")
    rooms.join(person=bob, room_id=lobby.pk)
    with pytest.raises(NotFound):
        report(bob, lobby, 1)


def test_a_role_brings_the_count_and_takes_it_away(alice: Person, bob: Person, carol: Person, lobby: Room) -> None:
    rooms.join(person=carol, room_id=lobby.pk)
    report(alice, lobby, say(bob, lobby).number)
    assert told(carol) is None
    members.give_role(person=alice, room_id=lobby.pk, target_id=carol.pk, role="moderator")
    assert waiting(carol) == 1
    members.give_role(person=alice, room_id=lobby.pk, target_id=carol.pk, role="member")
    assert waiting(carol) == 0
    members.give_role(person=alice, room_id=lobby.pk, target_id=carol.pk, role="owner")
    rooms.leave(person=alice, room_id=lobby.pk)
    assert (waiting(alice), waiting(carol)) == (0, 1)
    sanctions.ban(person=carol, room_id=lobby.pk, target_id=bob.pk)
    assert waiting(carol) == 1, "who was reported may be gone"


def test_reports_are_limited(alice: Person, bob: Person, lobby: Room, settings: Any) -> None:
    settings.GROUPCHAT = {**settings.GROUPCHAT, "MAX_REPORTS_PER_HOUR": 2}
    rooms.join(person=bob, room_id=lobby.pk)
    numbers = [say(alice, lobby).number for _ in range(3)]
    for number in numbers[:2]:
        report(bob, lobby, number, before_reporting=limits.require_report)
    report(bob, lobby, numbers[0], before_reporting=limits.require_report)
    with pytest.raises(RateLimited) as refused:
        report(bob, lobby, numbers[2], before_reporting=limits.require_report)
    assert refused.value.retry_after is not None


def test_a_note_is_short(alice: Person, bob: Person, lobby: Room) -> None:
    say(bob, lobby)
    with pytest.raises(TooLong) as refused:
        report(alice, lobby, 1, note="x" * 301)
    assert refused.value.field == "note"


def test_pages(alice: Person, bob: Person, lobby: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "REPORTS_AT_ONCE", 2)
    made = [report(alice, lobby, say(bob, lobby).number).pk for _ in range(3)]
    page = keeping.reports(alice)
    assert ([one["id"] for one in page.reports], page.next) == (made[:2], made[1])
    page = keeping.reports(alice, room_id=lobby.pk, after=made[1])
    assert ([one["id"] for one in page.reports], page.next) == (made[2:], None)


def test_a_guests_reports_become_the_persons(
    alice: Person, bob: Person, guest: Callable[..., Person], lobby: Room
) -> None:
    grace = guest("grace")
    say(grace, lobby)
    for one in (grace, bob):
        rooms.join(person=one, room_id=lobby.pk)
        report(one, lobby, say(alice, lobby, id="twice" if one is bob else "once").number - (one is bob))
    report(alice, lobby, 1)
    merging.merge_guest(guest=grace, into=bob)
    for _ in range(2):
        merging.carry_out(guest_id=grace.pk, person_id=bob.pk)
    assert sorted(Report.objects.values_list("reporter_id", "author_id", "number")) == sorted(
        [(bob.pk, alice.pk, 2), (alice.pk, bob.pk, 1)]
    )


def test_resolved_ones_are_forgotten_after_a_time(alice: Person, bob: Person, lobby: Room, settings: Any) -> None:
    first, _ = (report(alice, lobby, say(bob, lobby).number) for _ in range(2))
    reporting.resolve(person=alice, report_id=first.pk, outcome="acted")
    later = timezone.now() + timedelta(days=91)
    settings.GROUPCHAT = {**settings.GROUPCHAT, "REPORT_DAYS": 0}
    reporting.forget_resolved(now=later)
    assert Report.objects.count() == 2
    settings.GROUPCHAT = {**settings.GROUPCHAT, "REPORT_DAYS": 90}
    reporting.forget_resolved(now=later - timedelta(days=2))
    assert Report.objects.count() == 2
    assert reporting.forget_resolved(now=later) is False
    assert Report.objects.get().resolved_at is None


def test_they_go_with_their_room(alice: Person, bob: Person, lobby: Room) -> None:
    report(alice, lobby, say(bob, lobby).number)
    rooms.delete(person=alice, room_id=lobby.pk)
    assert keeping.reports(alice).reports == []
    while purge_deleted_rooms(now=timezone.now() + timedelta(days=31)):
        pass
    assert not Report.objects.exists()
    assert not Room.objects.filter(pk=lobby.pk).exists()
