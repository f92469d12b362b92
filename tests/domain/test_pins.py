"""Pinned messages: a state of the message, told to everyone, and counted in the facts of its room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from tests.domain.conftest import Ear
from tests.domain.says import page, say
from tests.domain.test_queries import assert_by_index, statements

from groupchat import pins, timeline
from groupchat.actions import blocks, merging, messages, purging, rooms, sanctions
from groupchat.actions.people import Guest, person_of_guest
from groupchat.actions.pins import pin
from groupchat.conf import conf
from groupchat.errors import Forbidden, LimitReached, NotFound
from groupchat.models import Membership, Message, MessagePin, Notice, Person, Room

pytestmark = pytest.mark.django_db


def puts(person: Person, room: Room, number: int, *, on: bool = True) -> int:
    return pin(person=person, room_id=room.pk, number=number, on=on)


def listed(person: Person | None, room: Room, **where: Any) -> list[int]:
    return [message["number"] for message in pins.pins(person, room.pk, **where).messages]


def count_of(room: Room) -> int:
    return Room.objects.get(pk=room.pk).pins


def test_all_are_told_live_and_later(alice: Person, bob: Person, lobby: Room, ear: Ear) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    number = say(alice, lobby).number
    since = Room.objects.get(pk=lobby.pk).seq
    seq = puts(bob, lobby, number)
    live = ear.of_room(lobby.pk)[-1]
    (message,), (notice,) = live.frame["messages"], live.frame["notices"]
    assert (message["seq"], message["pinned"]["by"]) == (seq, bob.pk)
    assert (notice["kind"], notice["actor"], notice["text"]) == ("pinned", bob.pk, str(number))
    assert live.frame["info"]["pins"] == 1
    assert {alice.pk, bob.pk} == {one["id"] for one in live.people}
    later = timeline.changes(lobby.pk, since)
    assert later is not None
    assert later.frame == live.frame
    assert page(alice, lobby.pk).messages[-1] == message
    assert listed(alice, lobby) == [number]


def test_saying_it_again_changes_nothing(alice: Person, lobby: Room, ear: Ear) -> None:
    number = say(alice, lobby).number
    seq = puts(alice, lobby, number)
    ear.heard.clear()
    assert puts(alice, lobby, number) == seq
    puts(alice, lobby, number, on=False)
    seq = ear.of_room(lobby.pk)[-1].frame["to"]
    assert puts(alice, lobby, number, on=False) <= seq
    assert len(ear.of_room(lobby.pk)) == 1


def test_unpinned_it_is_a_plain_message_again(alice: Person, lobby: Room, ear: Ear) -> None:
    number = say(alice, lobby).number
    puts(alice, lobby, number)
    puts(alice, lobby, number, on=False)
    frame = ear.of_room(lobby.pk)[-1].frame
    assert "pinned" not in frame["messages"][0]
    assert "pins" not in frame["info"]
    assert "notices" not in frame
    assert Message.objects.get(number=number).parts is None
    assert listed(alice, lobby) == []


def test_a_deleted_message_is_pinned_no_more(alice: Person, bob: Person, lobby: Room, ear: Ear) -> None:
    first, second, third = (say(author, lobby).number for author in (alice, bob, bob))
    for number in (first, second, third):
        puts(alice, lobby, number)
    messages.delete(person=alice, room_id=lobby.pk, number=first)
    assert ear.of_room(lobby.pk)[-1].frame["info"]["pins"] == 2
    purge = purging.purge(person=alice, room_id=lobby.pk, target_id=bob.pk, since=Message.objects.get(number=first).at)
    while purging.purge_some(purge_id=purge.pk):
        pass
    assert (count_of(lobby), listed(alice, lobby), MessagePin.objects.count()) == (0, [], 0)


def test_what_an_older_version_left_behind_is_not_counted(alice: Person, lobby: Room) -> None:
    first, second = say(alice, lobby).number, say(alice, lobby).number
    puts(alice, lobby, first)
    Message.objects.filter(number=first).update(body="", deleted_at=Message.objects.get(number=first).at, parts=None)
    puts(alice, lobby, second)
    assert (count_of(lobby), listed(alice, lobby)) == (1, [second])


def test_the_last_one_pinned_comes_first_page_by_page(alice: Person, lobby: Room, settings: Any) -> None:
    settings.GROUPCHAT = {**settings.GROUPCHAT, "MAX_PAGE_MESSAGES": 2}
    numbers = [say(alice, lobby).number for _ in range(3)]
    for number in (numbers[1], numbers[2], numbers[0]):
        puts(alice, lobby, number)
    first = pins.pins(alice, lobby.pk)
    assert [message["number"] for message in first.messages] == [numbers[0], numbers[2]]
    assert first.next is not None
    last = pins.pins(alice, lobby.pk, after=first.next)
    assert [message["number"] for message in last.messages] == [numbers[1]]
    assert last.next is None
    assert [one["id"] for one in last.people] == [alice.pk]


def test_an_answer_holds_as_many_as_fit(alice: Person, lobby: Room, settings: Any) -> None:
    settings.GROUPCHAT = {**settings.GROUPCHAT, "MAX_OUTBOX_BYTES": 4_000}
    assert conf().largest_answer_bytes == 2_000
    numbers = [say(alice, lobby, "x" * 900).number for _ in range(3)]
    for number in numbers:
        puts(alice, lobby, number)
    first = pins.pins(alice, lobby.pk)
    assert [message["number"] for message in first.messages] == [numbers[2]]
    assert listed(alice, lobby, after=first.next) == [numbers[1]]


def test_a_room_holds_so_many(alice: Person, lobby: Room, settings: Any) -> None:
    settings.GROUPCHAT = {**settings.GROUPCHAT, "MAX_ROOM_PINS": 1}
    first, second = say(alice, lobby).number, say(alice, lobby).number
    puts(alice, lobby, first)
    with pytest.raises(LimitReached):
        puts(alice, lobby, second)
    puts(alice, lobby, first, on=False)
    puts(alice, lobby, second)
    assert listed(alice, lobby) == [second]


def test_who_may(alice: Person, bob: Person, person: Callable[..., Person], lobby: Room) -> None:
    carol = person("carol")
    number = say(alice, lobby).number
    with pytest.raises(Forbidden):  # who only looks in
        puts(bob, lobby, number)
    for one in (bob, carol):
        rooms.join(person=one, room_id=lobby.pk)
    puts(bob, lobby, number)
    Membership.objects.filter(person=carol).update(role=Membership.Role.READER)
    sanctions.silence(person=alice, room_id=lobby.pk, target_id=bob.pk, seconds=60)
    for one in (bob, carol):
        with pytest.raises(Forbidden):
            puts(one, lobby, number, on=False)
    rooms.configure(person=alice, room_id=lobby.pk, kind="announcement")
    puts(alice, lobby, number, on=False)
    messages.delete(person=alice, room_id=lobby.pk, number=number)
    with pytest.raises(NotFound):
        puts(alice, lobby, number)
    with pytest.raises(NotFound):
        puts(alice, lobby, 99)


def test_what_one_may_not_see_is_not_listed(alice: Person, bob: Person, lobby: Room) -> None:
    old = say(alice, lobby).number
    puts(alice, lobby, old)
    rooms.set_history(person=alice, room_id=lobby.pk, history="joined")
    rooms.join(person=bob, room_id=lobby.pk)
    new = say(alice, lobby).number
    puts(alice, lobby, new)
    assert (listed(alice, lobby), listed(bob, lobby), listed(None, lobby)) == ([new, old], [new], [])
    with pytest.raises(NotFound):
        puts(bob, lobby, old, on=False)
    rooms.configure(person=alice, room_id=lobby.pk, kind="private")
    with pytest.raises(NotFound):
        pins.pins(None, lobby.pk)


def test_what_a_guest_pinned_becomes_theirs(alice: Person, bob: Person, lobby: Room, ear: Ear) -> None:
    guest = person_of_guest(guest=Guest(uuid4(), "Grace"))
    number = say(guest, lobby).number
    puts(guest, lobby, number)
    merging.merge_guest(guest=guest, into=bob)
    merging.carry_out(guest_id=guest.pk, person_id=bob.pk)
    assert MessagePin.objects.get().person_id == bob.pk
    assert ear.of_room(lobby.pk)[-1].frame["messages"][0]["pinned"]["by"] == bob.pk
    assert Notice.objects.get().actor_id == bob.pk


def test_they_are_found_by_an_index_and_a_plain_page_pays_nothing(alice: Person, lobby: Room) -> None:
    numbers = [say(alice, lobby).number for _ in range(3)]
    with statements() as plain:
        page(alice, lobby.pk)
    puts(alice, lobby, numbers[0])
    with statements() as one_more:
        page(alice, lobby.pk)
    assert len(one_more) == len(plain) + 1
    with statements() as asked:
        pins.pins(alice, lobby.pk)
    assert len(asked) <= 7
    assert_by_index(asked)


def test_who_is_not_heard_pins_nothing(alice: Person, bob: Person) -> None:
    """In a conversation whose other end blocked them: the line would reach who wants to hear nothing of them."""
    talk = rooms.converse(person=alice, people=[bob.pk]).room
    for text in ("hello", "again"):
        say(alice, talk, text)
    puts(bob, talk, 1)
    blocks.block(person=alice, other_id=bob.pk)
    with pytest.raises(Forbidden):
        puts(bob, talk, 2)
    puts(bob, talk, 1, on=False)
