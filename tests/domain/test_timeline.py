"""What is read: changes, pages of history and members, one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.domain.says import say

from groupchat import timeline
from groupchat.actions import memberships, messages, rooms
from groupchat.actions.messages import Post
from groupchat.models import Message, Notice, Person, Room
from groupchat.protocol import encode


@pytest.fixture
def long_room(alice: Person, lobby: Room) -> Room:
    """Thirty messages, and a quiet line behind the tenth and the twentieth."""
    for start in range(0, 30, 10):
        rooms.set_topic(person=alice, room_id=lobby.pk, topic=f"behind {start}")
        messages.post([Post(lobby.pk, alice, str(start + index), f"{start}-{index}") for index in range(1, 11)])
    lobby.refresh_from_db()
    return lobby


def numbers(page: timeline.Page) -> list[int]:
    return [message["number"] for message in page.messages]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"limit": 5}, range(26, 31)),
        ({}, range(1, 31)),
        ({"before": 11, "limit": 4}, range(7, 11)),
        ({"before": 3, "limit": 10}, range(1, 3)),
        ({"before": 1}, []),
        ({"before": 2**63 - 1, "limit": 2}, range(29, 31)),
        ({"after": 28, "limit": 10}, range(29, 31)),
        ({"after": 0, "limit": 3}, range(1, 4)),
        ({"after": 30}, []),
        ({"after": 2**63 - 1}, []),
        ({"around": 15, "limit": 5}, range(13, 18)),
        ({"around": 15, "limit": 4}, range(13, 17)),
        ({"around": 1, "limit": 5}, range(1, 6)),
        ({"around": 30, "limit": 5}, range(26, 31)),
        ({"around": 2**63 - 1, "limit": 5}, range(26, 31)),
        ({"around": 15, "limit": 10**30}, range(1, 31)),
        ({"limit": 1}, range(30, 31)),
    ],
    ids=str,
)
def test_pages(asked: dict[str, int], expected: Any, long_room: Room) -> None:
    page = timeline.page(long_room, **asked)
    assert numbers(page) == list(expected)
    assert (page.room, page.seq, page.first_number, page.last_number) == (long_room.pk, long_room.seq, 1, 30)


def test_a_page_has_a_limit(settings: Any, long_room: Room) -> None:
    settings.GROUPCHAT = {"MAX_PAGE_MESSAGES": 7, "MAX_PAGE_MEMBERS": 1}
    assert numbers(timeline.page(long_room, limit=50)) == list(range(24, 31))
    assert len(timeline.members(long_room, limit=50).members) == 1
    assert timeline.members(long_room, limit=50).next is None
    settings.GROUPCHAT = {"MAX_PAGE_MESSAGES": 0, "MAX_PAGE_MEMBERS": 0}
    for limit in (30, 10**30):
        assert len(timeline.page(long_room, limit=limit).messages) == 30
        assert len(timeline.members(long_room, limit=limit).members) == 1


@pytest.mark.parametrize("body", ["🎉" * 8000, "\a" * 7999 + "x", "x" * 8000], ids=["emoji", "bells", "letters"])
@pytest.mark.parametrize("outbox_bytes", [1024 * 1024, 300_000, 10_000, 0])
def test_a_page_leaves_room_in_the_outbox(
    body: str, outbox_bytes: int, alice: Person, lobby: Room, settings: Any
) -> None:
    settings.GROUPCHAT = {"MAX_OUTBOX_BYTES": outbox_bytes}
    messages.post([Post(lobby.pk, alice, body, str(index)) for index in range(100)])
    lobby.refresh_from_db()

    def size(page: timeline.Page) -> int:
        return len(encode(page.messages))

    whole = timeline.page(lobby, limit=100)
    assert numbers(whole)[-1] == 100
    assert not outbox_bytes or size(whole) <= outbox_bytes / 2 or len(whole.messages) == 1
    assert outbox_bytes or len(whole.messages) == 100
    # It is no shorter than it must be.
    one = size(whole) / len(whole.messages)
    assert len(whole.messages) == 100 or size(whole) + one > outbox_bytes / 2 - 200
    for number in (1, 2, 50, 99, 100):
        around = numbers(timeline.page(lobby, around=number, limit=100))
        assert number in around
        assert around == list(range(around[0], around[-1] + 1))
        assert len(around) == len(whole.messages)
        if len(around) not in (1, 100) and number == 50:
            assert abs((around[0] + around[-1]) / 2 - number) <= 1, "as much on either side"


@pytest.mark.parametrize("towards", ["before", "after"])
def test_whoever_asks_on_has_all_of_it(towards: str, alice: Person, lobby: Room, settings: Any) -> None:
    settings.GROUPCHAT = {"MAX_OUTBOX_BYTES": 100_000}
    for index in range(40):
        if index % 7 == 0:
            rooms.set_topic(person=alice, room_id=lobby.pk, topic=f"behind {index}")
        say(alice, lobby, "x" * (index * 997 % 8000 + 1))
    lobby.refresh_from_db()
    found: list[int] = []
    lines: list[int] = []
    at = 41 if towards == "before" else 0
    while at not in found or at not in (lobby.first_number, lobby.last_number):
        page = timeline.page(lobby, **{towards: at}, limit=100)
        lines += [notice["after"] for notice in page.notices]
        assert len(encode(page.messages)) <= 50_000
        found += numbers(page)
        at = min(found) if towards == "before" else max(found)
    assert sorted(found) == list(range(1, 41))
    assert sorted(lines) == [0, 7, 14, 21, 28, 35]


def test_pages_carry_their_quiet_lines_each_once(long_room: Room) -> None:
    assert [notice["after"] for notice in timeline.page(long_room).notices] == [0, 10, 20]
    after = [
        [notice["after"] for notice in timeline.page(long_room, before=before, limit=10).notices]
        for before in (31, 21, 11)
    ]
    assert after == [[], [20], [0, 10]]
    assert [notice["after"] for notice in timeline.page(long_room, after=9, limit=1).notices] == [10]
    assert [notice["after"] for notice in timeline.page(long_room, after=10, limit=1).notices] == []


def test_the_newest_page_has_the_line_at_the_end(alice: Person, long_room: Room) -> None:
    rooms.set_topic(person=alice, room_id=long_room.pk, topic="the end")
    long_room.refresh_from_db()
    assert [notice["after"] for notice in timeline.page(long_room, limit=3).notices] == [30]


def test_an_empty_room_has_a_page_with_its_lines(alice: Person, lobby: Room) -> None:
    rooms.set_topic(person=alice, room_id=lobby.pk, topic="quiet")
    lobby.refresh_from_db()
    page = timeline.page(lobby)
    assert (numbers(page), page.last_number) == ([], 0)
    assert [notice["text"] for notice in page.notices] == ["quiet"]
    assert [person["id"] for person in page.people] == [alice.pk]
    assert timeline.page(lobby, after=3).notices == page.notices, "who asks behind the end stands at the end"


def test_pages_begin_where_retention_ended(long_room: Room) -> None:
    Message.objects.filter(room=long_room, number__lt=12).delete()
    Room.objects.update(first_number=12)
    long_room.refresh_from_db()
    for asked in ({}, {"before": 15}, {"after": 0}, {"around": 1}):
        lines = [notice["after"] for notice in timeline.page(long_room, **asked).notices]
        assert set(lines) <= {20}, "quiet lines go with the messages behind which they stood"
    assert numbers(timeline.page(long_room, before=20, limit=50)) == list(range(12, 20))
    assert numbers(timeline.page(long_room, around=1, limit=3)) == [12, 13, 14]
    assert numbers(timeline.page(long_room, after=0, limit=3)) == [12, 13, 14]


def test_pages_name_their_people(alice: Person, bob: Person, person: Callable[..., Person], lobby: Room) -> None:
    say(bob, lobby)
    say(person("carol"), lobby)
    rooms.set_topic(person=alice, room_id=lobby.pk, topic="new")
    lobby.refresh_from_db()
    named = {one["id"] for one in timeline.page(lobby, limit=1).people}
    assert alice.pk in named
    assert bob.pk not in named


def test_members_come_in_pages_and_without_those_who_left(
    alice: Person, person: Callable[..., Person], lobby: Room
) -> None:
    everyone = [alice, *(person(f"p{index}") for index in range(6))]
    for one in everyone:
        rooms.join(person=one, room_id=lobby.pk)
    rooms.leave(person=everyone[3], room_id=lobby.pk)
    lobby.refresh_from_db()
    found: list[int] = []
    after: int | None = 0
    while after is not None:
        page = timeline.members(lobby, after=after, limit=2)
        assert page.count == 6
        assert [one["id"] for one in page.people] == [member["person"] for member in page.members]
        found += [member["person"] for member in page.members]
        after = page.next
    assert found == sorted(one.pk for one in everyone if one != everyone[3])


def test_changes_since_every_position_give_the_present_state(alice: Person, bob: Person, long_room: Room) -> None:
    messages.edit(person=alice, room_id=long_room.pk, number=3, body="new")
    messages.delete(person=alice, room_id=long_room.pk, number=4)
    rooms.join(person=bob, room_id=long_room.pk)
    rooms.rename(person=alice, room_id=long_room.pk, name="Hall")
    long_room.refresh_from_db()
    for since in range(long_room.seq + 1):
        changes = timeline.changes(long_room.pk, since)
        assert changes is not None
        frame = changes.frame
        assert (frame["since"], frame["to"], frame["last_number"]) == (since, long_room.seq, 30)
        seqs = [frame["info"]["seq"]] if "info" in frame else []
        for name in ("members", "messages", "notices"):
            entities: list[Any] = frame.get(name, [])  # type: ignore[assignment]
            assert entities or name not in frame, "lists without entries are left out"
            assert [entity["seq"] for entity in entities] == sorted(entity["seq"] for entity in entities)
            seqs += [entity["seq"] for entity in entities]
        assert all(seq > since for seq in seqs)
        assert len(set(seqs)) == len(seqs)


def test_reset(settings: Any, long_room: Room, alice: Person) -> None:
    assert timeline.changes(long_room.pk, long_room.seq + 1) is None
    assert timeline.changes(2**62, 0) is None
    settings.GROUPCHAT = {"MAX_CHANGES": 5}
    changes = timeline.changes(long_room.pk, long_room.seq - 5)
    assert changes is not None
    assert len(changes.frame["messages"]) == 5
    assert timeline.changes(long_room.pk, long_room.seq - 6) is None
    assert timeline.my_changes(alice.pk, 10**9) is None
    for index in range(6):
        rooms.enter(person=alice, name=f"room {index}")
    assert timeline.my_changes(alice.pk, 0) is None
    settings.GROUPCHAT = {"MAX_CHANGES": 0}
    assert timeline.changes(long_room.pk, 0) is not None


def test_who_went_is_told_with_the_changes(bob: Person, person: Callable[..., Person], lobby: Room) -> None:
    carol = person("carol")
    for one in (bob, carol):
        rooms.join(person=one, room_id=lobby.pk)
    rooms.leave(person=bob, room_id=lobby.pk)
    rooms.leave(person=carol, room_id=lobby.pk)
    rooms.join(person=carol, room_id=lobby.pk)
    changes = timeline.changes(lobby.pk, 0)
    assert changes is not None
    assert set(changes.out) == {bob.pk}


def test_mine_is_what_a_device_needs_to_open(alice: Person, bob: Person, lobby: Room, cellar: Room) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    for _ in range(3):
        say(alice, lobby)
    memberships.read(person=bob, room_id=lobby.pk, number=1)
    (state,) = timeline.mine(bob).rooms
    lobby.refresh_from_db()
    bob.refresh_from_db()
    assert (state["room"]["id"], state["seq"], state["last_number"]) == (lobby.pk, lobby.seq, 3)
    assert state["me"] is not None
    assert state["me"]["last_read_number"] == 1
    assert timeline.mine(bob).seq == bob.seq == state["me"]["seq"]
    assert {one["room"]["id"] for one in timeline.mine(alice).rooms} == {lobby.pk, cellar.pk}


def test_a_notice_is_one_entity_however_often_it_changes(alice: Person, lobby: Room) -> None:
    for topic in "abc":
        rooms.set_topic(person=alice, room_id=lobby.pk, topic=topic)
    changes = timeline.changes(lobby.pk, 0)
    assert changes is not None
    assert [notice["text"] for notice in changes.frame["notices"]] == ["c"]
    assert Notice.objects.count() == 1
