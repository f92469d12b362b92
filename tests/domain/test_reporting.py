"""Reports: who makes them, who sees them, what stays of them, and that nobody else hears of any."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.domain.conftest import Ear
from tests.domain.says import rows, say

from groupchat import keeping, timeline
from groupchat.actions import limits, members, merging, messages, reporting, rooms, sanctions
from groupchat.actions.deleted_rooms import purge_deleted_rooms
from groupchat.errors import ChatError, Forbidden, NotFound, RateLimited, TooLong
from groupchat.models import AuditEntry, Membership, Person, Report, Room

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


def test_claims_and_resolutions_are_limited_together(alice: Person, bob: Person, lobby: Room, settings: Any) -> None:
    settings.GROUPCHAT = {**settings.GROUPCHAT, "MAX_REPORT_ACTS_PER_MINUTE": 2}
    made = report(alice, lobby, say(bob, lobby).number).pk
    counted = {"before_acting": limits.require_report_act}
    reporting.claim(person=alice, report_id=made, **counted)
    reporting.claim(person=alice, report_id=made, **counted)
    for act in (
        lambda: reporting.resolve(person=alice, report_id=made, outcome="acted", **counted),
        lambda: reporting.claim(person=alice, report_id=made, **counted),
    ):
        with pytest.raises(RateLimited):
            act()
    assert waiting(alice) == 1


def keepers(person: Callable[..., Person], room: Room, count: int) -> list[Person]:
    """So many more moderators."""
    made = [person(f"keeper-{room.pk}-{index}") for index in range(count)]
    role = Membership.Role.MODERATOR
    Membership.objects.bulk_create([Membership(room=room, person=one, role=role) for one in made])
    return made


def statements(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as captured:
        act()
    return len(captured)


def test_many_keepers_cost_no_more_statements_than_few(
    alice: Person, bob: Person, person: Callable[..., Person], lobby: Room
) -> None:
    counts = []
    for many in (5, 55):
        keepers(person, lobby, many)
        number = say(bob, lobby, id=f"of-{many}").number
        made: list[Report] = []
        counts.append(
            [
                statements(lambda: made.append(report(alice, lobby, number))),  # noqa: B023
                statements(lambda: reporting.claim(person=alice, report_id=made[0].pk)),  # noqa: B023
                statements(lambda: reporting.resolve(person=alice, report_id=made[0].pk, outcome="acted")),  # noqa: B023
            ]
        )
        assert waiting(alice) == 0
    assert counts[0] == counts[1]
    assert max(counts[1]) < 30


def test_of_a_claim_some_of_very_many_are_told(
    alice: Person, bob: Person, person: Callable[..., Person], lobby: Room, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "MOST_TOLD_OF_CLAIM", 3)
    *_, last = keepers(person, lobby, 6)
    made = report(alice, lobby, say(bob, lobby).number)
    reporting.claim(person=last, report_id=made.pk)
    ear.heard.clear()
    reporting.claim(person=alice, report_id=made.pk)
    told_of_it = {changes.frame["me"] for changes in ear.heard}  # type: ignore[union-attr, typeddict-item]
    assert len(told_of_it) == 3
    assert {alice.pk, last.pk} <= told_of_it
    ear.heard.clear()
    reporting.resolve(person=alice, report_id=made.pk, outcome="acted")
    assert len(ear.heard) == 7, "the count is another one for each"


def test_who_is_told_a_count_finds_as_many(
    alice: Person, bob: Person, carol: Person, root: Person, lobby: Room, cellar: Room
) -> None:
    members.invite(person=alice, room_id=cellar.pk, people=[bob.pk, carol.pk])
    for room in (lobby, cellar):
        if room == lobby:
            rooms.join(person=carol, room_id=room.pk)
        for index, author in enumerate((alice, bob, bob)):
            report(carol, room, say(author, room, id=f"{room.pk}-{index}").number)
    talk = rooms.converse(person=alice, people=[bob.pk]).room
    report(alice, talk, say(bob, talk, id="talk").number)
    report(carol, lobby, say(root, lobby, id="of-root").number)
    gone = rooms.create(person=alice, name="Gone")
    report(alice, gone, say(bob, gone, id="gone").number)
    rooms.delete(person=alice, room_id=gone.pk)

    def same() -> dict[int, int]:
        people = [alice, bob, carol, root]
        told = keeping.orders_of({one.pk: 1 for one in people})
        assert {one.pk: told[one.pk]["reports"] for one in people} == {
            one.pk: keeping.reports_for(one).count() for one in people
        }
        return {one: told[one]["reports"] for one in told}

    assert same() == {alice.pk: 5, bob.pk: 0, carol.pk: 0, root.pk: 4}
    members.invite(person=alice, room_id=cellar.pk, people=[root.pk])
    assert same()[root.pk] == 7
    members.give_role(person=alice, room_id=cellar.pk, target_id=bob.pk, role="moderator")
    assert same()[bob.pk] == 1


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
