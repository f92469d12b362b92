"""What hangs on a message: written with its post, read with it, taken away with it; a plain one pays nothing."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone
from tests.domain.conftest import Ear
from tests.domain.says import page, rows, say
from tests.domain.test_queries import assert_by_index, statements

from groupchat import timeline, versions
from groupchat.actions import messages, rooms
from groupchat.actions.messages import Post, Posted
from groupchat.actions.people import Guest
from groupchat.errors import ChatError, Forbidden, Invalid, NotFound
from groupchat.models import Membership, Message, MessageVersion, Person, Room
from groupchat.parts import MESSAGE_PARTS, POSTED_PARTS, message_resources
from groupchat.protocol import MessageResource, PostMessage

pytestmark = pytest.mark.django_db


def replies(author: Person, room: Room, to: int, body: str = "indeed", *, id: str | None = None) -> Posted | ChatError:
    (found,) = messages.post([Post(room.pk, author, body, id or uuid4().hex, parts={"reply_to": to})])
    return found


def told(ear: Ear, room: Room) -> list[dict[str, Any]]:
    """The messages of the last frame."""
    return list(ear.of_room(room.pk)[-1].frame["messages"])  # type: ignore[arg-type]


# --- the table --------------------------------------------------------------------------------------------------------


def test_each_part_has_a_bit_of_its_own_and_a_name_on_the_wire() -> None:
    bits = [part.bit for part in MESSAGE_PARTS]
    assert all(bit.bit_count() == 1 for bit in bits)
    assert len(set(bits)) == len(bits)
    assert {part.key for part in MESSAGE_PARTS} <= set(MessageResource.__annotations__)
    assert set(POSTED_PARTS) <= set(PostMessage.model_fields)


@pytest.mark.parametrize("part", MESSAGE_PARTS, ids=lambda part: part.key)
def test_its_rows_are_found_by_their_message_and_checked_with_a_post_both_or_none(part: Any) -> None:
    assert [one.fields[:2] for one in part.model._meta.constraints] == [("room", "number")]
    assert (part.check is None) == (part.row is None)


# --- what they cost ---------------------------------------------------------------------------------------------------


def test_plain_messages_are_posted_and_read_as_if_there_were_no_parts(alice: Person, lobby: Room) -> None:
    with statements() as posting:
        messages.post([Post(lobby.pk, alice, "plain", f"p{index}") for index in range(50)])
    with statements() as reading:
        found = page(alice, lobby.pk)
    assert len(found.messages) == 50
    names = [part.model._meta.db_table for part in MESSAGE_PARTS]
    assert not [sql for sql in posting + reading for name in names if name in sql]


def test_parts_cost_a_statement_each_whatever_their_number(alice: Person, lobby: Room) -> None:
    say(alice, lobby, "first")
    answers = messages.post([Post(lobby.pk, alice, "plain", f"p{index}") for index in range(100)])
    assert all(isinstance(answer, Posted) for answer in answers)
    counts = []
    for many in (1, 40):
        posts = [Post(lobby.pk, alice, "answer", uuid4().hex, parts={"reply_to": 1}) for _ in range(many)]
        with statements() as posting:
            messages.post(posts)
        last = Room.objects.get(pk=lobby.pk).last_number
        for number in range(last - many + 1, last + 1):
            messages.edit(person=alice, room_id=lobby.pk, number=number, body="better")
        with statements() as reading:
            found = page(alice, lobby.pk, limit=many)
        assert [(one["reply_to"], one["versions"]) for one in found.messages] == [(1, 1)] * many
        assert_by_index(posting + reading)
        counts.append((len(posting), len(reading)))
    assert counts[0] == counts[1]
    with statements() as plain:
        page(alice, lobby.pk, before=90, limit=40)
    had = [part for part in MESSAGE_PARTS if part.key in found.messages[0]]
    assert counts[0][1] == len(plain) + len(had) == len(plain) + 2


# --- answers ----------------------------------------------------------------------------------------------------------


def test_an_answer_says_what_it_answers_live_and_later(alice: Person, bob: Person, lobby: Room, ear: Ear) -> None:
    first = say(alice, lobby, "who comes?")
    rooms.join(person=bob, room_id=lobby.pk)
    ear.heard.clear()
    answer = replies(bob, lobby, first.number)
    assert isinstance(answer, Posted)
    live, root = told(ear, lobby)
    assert root["thread"]["count"] == 1
    assert live["reply_to"] == first.number
    assert page(alice, lobby.pk).messages[-1] == live
    changes = timeline.changes(lobby.pk, live["seq"] - 1)
    assert changes is not None
    assert changes.frame["messages"] == [live, root]


def test_in_a_batch_each_has_its_own(alice: Person, lobby: Room, ear: Ear) -> None:
    say(alice, lobby, "one")
    say(alice, lobby, "two")
    said: list[int | None] = [None, 1, 2, None, 4]
    messages.post([Post(lobby.pk, alice, "so", uuid4().hex, parts={"reply_to": to} if to else None) for to in said])
    written = [one for one in told(ear, lobby) if "thread" not in one]
    assert [one.get("reply_to") for one in written] == said
    assert [one.get("reply_to") for one in page(alice, lobby.pk).messages] == [None, None, *said]


@pytest.mark.parametrize("to", [0, -1, 3, 2**40])
def test_what_is_not_there_is_not_answered(to: int, alice: Person, lobby: Room) -> None:
    say(alice, lobby, "one")
    say(alice, lobby, "two")
    before = rows()
    refused = replies(alice, lobby, to)
    assert isinstance(refused, Invalid)
    assert refused.field == "reply_to"
    assert rows() == before


def test_a_guest_whose_answer_is_refused_stays_nobody(alice: Person, lobby: Room) -> None:
    say(alice, lobby)
    before = rows()
    (refused,) = messages.post([Post(lobby.pk, Guest(uuid4(), "Grace"), "so", "once", parts={"reply_to": 9})])
    assert isinstance(refused, Invalid)
    assert rows() == before


def test_what_retention_took_is_not_answered(alice: Person, lobby: Room) -> None:
    for _ in range(3):
        say(alice, lobby)
    Room.objects.filter(pk=lobby.pk).update(first_number=3)
    assert isinstance(replies(alice, lobby, 2), Invalid)
    assert isinstance(replies(alice, lobby, 3), Posted)


def test_what_was_deleted_may_be_answered(alice: Person, lobby: Room) -> None:
    first = say(alice, lobby)
    messages.delete(person=alice, room_id=lobby.pk, number=first.number)
    assert isinstance(replies(alice, lobby, first.number), Posted)


def test_a_retry_of_an_answer_is_the_same_message(alice: Person, lobby: Room) -> None:
    first = say(alice, lobby)
    answer, again = (replies(alice, lobby, first.number, id="once") for _ in range(2))
    assert isinstance(answer, Posted)
    assert isinstance(again, Posted)
    assert (again.number, again.duplicate) == (answer.number, True)


# --- earlier versions -------------------------------------------------------------------------------------------------


def test_what_a_message_said_before_is_kept_and_counted(alice: Person, lobby: Room, ear: Ear) -> None:
    first = say(alice, lobby, "fxied")
    for body in ("fixd", "fixed", "fixed"):
        messages.edit(person=alice, room_id=lobby.pk, number=first.number, body=body)
    (live,) = told(ear, lobby)
    assert (live["body"], live["versions"]) == ("fixed", 2)
    assert page(alice, lobby.pk).messages[-1] == live
    found = versions.versions(lobby.pk, first.number, alice)
    assert [version.body for version in found] == ["fxied", "fixd"]
    assert found[0].at == page(alice, lobby.pk).messages[-1]["at"] <= found[1].at


def test_of_many_versions_the_newest_are_kept(alice: Person, lobby: Room, settings: Any) -> None:
    settings.GROUPCHAT = {**settings.GROUPCHAT, "MAX_MESSAGE_VERSIONS": 3}
    number = say(alice, lobby, "0").number
    for index in range(1, 8):
        messages.edit(person=alice, room_id=lobby.pk, number=number, body=str(index))
    assert [version.body for version in versions.versions(lobby.pk, number, alice)] == ["4", "5", "6"]
    assert page(alice, lobby.pk).messages[-1]["versions"] == 3


def test_an_answer_with_long_versions_has_the_newest_that_fit(alice: Person, lobby: Room, settings: Any) -> None:
    settings.GROUPCHAT = {**settings.GROUPCHAT, "MAX_OUTBOX_BYTES": 100_000}
    number = say(alice, lobby, "a" * 4000).number
    for letter in "bcd":
        messages.edit(person=alice, room_id=lobby.pk, number=number, body=letter * 4000)
    assert [version.body[0] for version in versions.versions(lobby.pk, number, alice)] == ["b", "c"]


def test_who_sees_them(alice: Person, bob: Person, person: Any, lobby: Room) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    number = say(bob, lobby, "old").number
    messages.edit(person=bob, room_id=lobby.pk, number=number, body="new")
    other, owner = person("other"), person("owner")
    rooms.join(person=other, room_id=lobby.pk)
    for stranger in (other, None):
        with pytest.raises(Forbidden):
            versions.versions(lobby.pk, number, stranger)
    rooms.join(person=owner, room_id=lobby.pk)
    Membership.objects.filter(person=owner).update(role=Membership.Role.OWNER)
    for allowed in (bob, owner):
        assert [version.body for version in versions.versions(lobby.pk, number, allowed)] == ["old"]
    with pytest.raises(NotFound):
        versions.versions(lobby.pk, number + 1, bob)
    with pytest.raises(NotFound):
        versions.versions(lobby.pk + 1000, number, bob)
    Membership.objects.filter(person=bob).update(state=Membership.State.BANNED)
    with pytest.raises(Forbidden):
        versions.versions(lobby.pk, number, bob)


def test_of_a_private_room_nobody_else_learns_that_it_is_there(alice: Person, bob: Person, cellar: Room) -> None:
    number = say(alice, cellar, "old").number
    messages.edit(person=alice, room_id=cellar.pk, number=number, body="new")
    with pytest.raises(NotFound):
        versions.versions(cellar.pk, number, bob)


# --- and in the end ---------------------------------------------------------------------------------------------------


def test_with_the_message_all_that_hangs_on_it_goes(alice: Person, lobby: Room, ear: Ear) -> None:
    first = say(alice, lobby, "first")
    answer = replies(alice, lobby, first.number, "secret")
    assert isinstance(answer, Posted)
    messages.edit(person=alice, room_id=lobby.pk, number=answer.number, body="harmless")
    messages.delete(person=alice, room_id=lobby.pk, number=answer.number)
    stone, root = told(ear, lobby)
    assert not {"reply_to", "versions"} & set(stone)
    assert "thread" not in root
    assert "secret" not in str(rows())
    assert all(not part.model._default_manager.exists() for part in MESSAGE_PARTS)
    with pytest.raises(NotFound):
        versions.versions(lobby.pk, answer.number, alice)


def test_messages_of_several_rooms_have_their_own_parts(alice: Person, lobby: Room, cellar: Room) -> None:
    for room in (lobby, cellar):
        say(alice, room)
        say(alice, room)
    replies(alice, lobby, 1)
    replies(alice, cellar, 2)
    found = message_resources(list(Message.objects.order_by("room_id", "number")))
    assert [one.get("reply_to") for one in found] == [None, None, 1, None, None, 2]


def test_what_an_older_version_deleted_shows_none(alice: Person, lobby: Room) -> None:
    first = say(alice, lobby)
    replies(alice, lobby, first.number, "old")
    messages.edit(person=alice, room_id=lobby.pk, number=2, body="new")
    Message.objects.filter(number=2).update(body="", edited_at=None, deleted_at=timezone.now())
    stone = page(alice, lobby.pk).messages[-1]
    assert not {"reply_to", "versions"} & set(stone)


def test_what_an_older_version_wrote_has_no_parts(alice: Person, lobby: Room) -> None:
    """It runs beside this one for a while and names no such column."""
    say(alice, lobby)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO groupchat_message (room_id, number, seq, author_id, body, client_message_id, at)"
            " SELECT room_id, number + 1, seq + 1, author_id, 'older', 'older', at FROM groupchat_message"
        )
    Room.objects.filter(pk=lobby.pk).update(last_number=2)
    assert [one["body"] for one in page(alice, lobby.pk).messages] == ["hi", "older"]
    messages.edit(person=alice, room_id=lobby.pk, number=2, body="newer")
    assert MessageVersion.objects.get().body == "older"
