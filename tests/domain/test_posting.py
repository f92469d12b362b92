"""Posting: what is taken, what is refused, and that a retry at any later time is the same message."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from tests.domain.conftest import Ear
from tests.domain.says import answer, membership, rows, say, unread

from groupchat.actions import messages, rooms
from groupchat.actions.messages import Post, Posted
from groupchat.actions.people import Guest
from groupchat.errors import ChatError, Forbidden, IdempotencyConflict, Invalid, NotFound, TooLong
from groupchat.models import Membership, Message, Person, Room

BODIES = ["hi", " leading and trailing \n", "two\nlines", "\ttab", "🎉", "é", "<script>", "0", "x" * 8000, "\u202eabc"]


# --- posting ----------------------------------------------------------------------------------------------------------


def test_the_body_is_kept_as_written(alice: Person, lobby: Room) -> None:
    for body in BODIES:
        posted = say(alice, lobby, body)
        assert Message.objects.get(room=lobby, number=posted.number).body == body


def test_numbers_and_seqs_are_dense(alice: Person, bob: Person, lobby: Room) -> None:
    seq = Room.objects.get().seq
    first = say(alice, lobby)
    second = say(alice, lobby)
    third = say(bob, lobby)  # joins by it
    assert (first.number, second.number, third.number) == (1, 2, 3)
    assert (first.seq, second.seq, third.seq) == (seq + 1, seq + 2, seq + 4)
    joined = membership(bob, lobby)
    assert joined is not None
    assert joined.seq == seq + 3
    lobby.refresh_from_db()
    assert (lobby.seq, lobby.last_number) == (seq + 4, 3)


def test_a_batch_over_rooms_and_people_is_answered_in_its_order(
    alice: Person, bob: Person, lobby: Room, cellar: Room
) -> None:
    answers = messages.post(
        [
            Post(lobby.pk, alice, "1", "a"),
            Post(cellar.pk, alice, "2", "a"),
            Post(cellar.pk, bob, "no", "b"),
            Post(lobby.pk, bob, "3", "a"),
            Post(2**40, bob, "no", "c"),
            Post(lobby.pk, bob, " ", "d"),
            Post(lobby.pk, bob, "4", "not an id!"),
            Post(lobby.pk, alice, "5", "e"),
        ]
    )
    told = [one.number if isinstance(one, Posted) else type(one) for one in answers]
    assert told == [1, 1, NotFound, 2, NotFound, Invalid, Invalid, 3]
    assert list(Message.objects.filter(room=lobby).order_by("number").values_list("body", flat=True)) == ["1", "3", "5"]


def test_a_batch_of_a_hundred_is_one_commit(alice: Person, lobby: Room, ear: Ear) -> None:
    ear.heard.clear()
    answers = messages.post([Post(lobby.pk, alice, str(index), f"b{index}") for index in range(100)])
    assert [one.number for one in answers if isinstance(one, Posted)] == list(range(1, 101))
    (changes,) = ear.of_room(lobby.pk)
    assert changes.frame["to"] - changes.frame["since"] == 100
    assert [message["number"] for message in changes.frame["messages"]] == list(range(1, 101))


def test_posting_into_a_public_room_joins_it(bob: Person, lobby: Room, ear: Ear) -> None:
    posted = say(bob, lobby)
    joined = membership(bob, lobby)
    assert joined is not None
    assert (joined.state, joined.role, joined.last_read_number) == ("joined", "member", posted.number)
    (mine,) = ear.of_person(bob.pk)
    assert [one["room"] for one in mine.frame["memberships"]] == [lobby.pk]
    assert [state["last_number"] for state in mine.frame["rooms"]] == [1]


def test_posting_after_leaving_joins_again(bob: Person, lobby: Room) -> None:
    say(bob, lobby)
    rooms.leave(person=bob, room_id=lobby.pk)
    say(bob, lobby)
    back = membership(bob, lobby)
    assert back is not None
    assert back.state == "joined"
    assert unread(bob, lobby) == 0


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("", Invalid),
        (" ", Invalid),
        ("\n\t\r ", Invalid),
        ("\u00a0\u2003\u3000", Invalid),
        ("\u200b\u200d\ufeff", Invalid),
        ("\x01\x02", Invalid),
        ("\u2800\u3164", Invalid),
        ("a\x00b", Invalid),
        ("x" * 8001, TooLong),
    ],
    ids=range(9),
)
def test_refused_bodies(body: str, error: type[ChatError], alice: Person, lobby: Room) -> None:
    number = say(alice, lobby, "first").number
    before = rows()
    refused = answer(alice, lobby, body)
    assert type(refused) is error
    assert refused.field == "body"
    with pytest.raises(error):
        messages.edit(person=alice, room_id=lobby.pk, number=number, body=body)
    assert rows() == before


@pytest.mark.parametrize("id_", ["", "x" * 65, "a b", "a\n", "ä", "a/b", "\x00"])
def test_refused_client_message_ids(id_: str, alice: Person, lobby: Room) -> None:
    before = rows()
    (refused,) = messages.post([Post(lobby.pk, alice, "hi", id_)])
    assert type(refused) is Invalid
    assert refused.field == "client_message_id"
    assert rows() == before


def test_a_refused_guest_leaves_no_trace(lobby: Room, cellar: Room) -> None:
    before = rows()
    stranger = Guest(uuid4(), "Grace")
    answers = messages.post(
        [Post(lobby.pk, stranger, " ", "a"), Post(cellar.pk, stranger, "hi", "b"), Post(2**50, stranger, "hi", "c")]
    )
    assert [type(one) for one in answers] == [Invalid, NotFound, NotFound]
    assert rows() == before


def test_a_guest_becomes_a_person_with_the_first_message(lobby: Room) -> None:
    stranger = Guest(uuid4(), "Grace")
    answers = messages.post([Post(lobby.pk, stranger, "one", "a"), Post(lobby.pk, stranger, "two", "b")])
    assert [one.number for one in answers if isinstance(one, Posted)] == [1, 2]
    author = Person.objects.get(guest_id=stranger.id)
    assert {one.author_id for one in answers if isinstance(one, Posted)} == {author.pk}
    assert Membership.objects.filter(person=author, room=lobby, state="joined").count() == 1


# --- once, at any later time ------------------------------------------------------------------------------------------


def test_a_retry_is_answered_with_the_first_message(alice: Person, lobby: Room, ear: Ear) -> None:
    first = say(alice, lobby, "hi", id="once")
    ear.heard.clear()
    before = rows()
    again = say(alice, lobby, "hi", id="once")
    assert (again.number, again.seq, again.at, again.duplicate) == (first.number, first.seq, first.at, True)
    assert not first.duplicate
    assert rows() == before
    assert ear.heard == []


def test_a_retry_years_later(alice: Person, lobby: Room) -> None:
    long_ago = datetime(2001, 2, 3, tzinfo=UTC)
    (first,) = messages.post([Post(lobby.pk, alice, "hi", "once")], now=long_ago)
    for _ in range(300):
        say(alice, lobby)
    (again,) = messages.post([Post(lobby.pk, alice, "hi", "once")], now=long_ago + timedelta(days=9000))
    assert isinstance(again, Posted)
    assert isinstance(first, Posted)
    assert (again.number, again.duplicate) == (first.number, True)


def test_a_retry_within_the_same_batch(alice: Person, lobby: Room) -> None:
    first, again = messages.post([Post(lobby.pk, alice, "hi", "once")] * 2)
    assert isinstance(first, Posted)
    assert isinstance(again, Posted)
    assert (first.duplicate, again.duplicate, again.number) == (False, True, first.number)
    assert Message.objects.count() == 1


def test_a_retry_of_a_message_that_was_deleted_or_edited(alice: Person, lobby: Room) -> None:
    first = say(alice, lobby, "hi", id="once")
    messages.edit(person=alice, room_id=lobby.pk, number=first.number, body="hello")
    assert say(alice, lobby, "hi", id="once").number == first.number
    messages.delete(person=alice, room_id=lobby.pk, number=first.number)
    assert say(alice, lobby, "hi", id="once").number == first.number
    assert Message.objects.count() == 1


def test_another_message_under_an_id_that_is_used_is_no_retry(alice: Person, lobby: Room, ear: Ear) -> None:
    say(alice, lobby, "hi", id="once")
    ear.heard.clear()
    before = rows()
    for body in ("something else", "hi ", "HI", "h\u0456"):
        refused = answer(alice, lobby, body, id="once")
        assert isinstance(refused, IdempotencyConflict)
        assert (refused.field, refused.status) == ("client_message_id", 409)
        assert "message 1" in refused.message
    assert rows() == before
    assert ear.heard == []


def test_another_message_under_the_same_id_in_the_same_batch(alice: Person, lobby: Room) -> None:
    answers = messages.post([Post(lobby.pk, alice, body, "once") for body in ("hi", "hello", "hi")])
    assert [type(one) for one in answers] == [Posted, IdempotencyConflict, Posted]
    assert list(Message.objects.values_list("body", flat=True)) == ["hi"]


def test_of_what_was_edited_or_deleted_nobody_knows_the_first_words(alice: Person, lobby: Room) -> None:
    """A retry that comes after the edit must be told of its message: so whatever has its id is taken for one."""
    first = say(alice, lobby, "hi", id="once")
    messages.edit(person=alice, room_id=lobby.pk, number=first.number, body="hello")
    for body in ("hi", "hello", "something else"):
        assert say(alice, lobby, body, id="once").number == first.number
    messages.delete(person=alice, room_id=lobby.pk, number=first.number)
    for body in ("hi", "hello", "something else"):
        assert say(alice, lobby, body, id="once").number == first.number
    assert Message.objects.count() == 1


def test_a_retry_after_the_right_was_lost(bob: Person, lobby: Room) -> None:
    first = say(bob, lobby, "hi", id="once")
    Membership.objects.filter(person=bob).update(state="banned")
    assert say(bob, lobby, "hi", id="once").number == first.number
    assert type(answer(bob, lobby, "hi", id="other")) is Forbidden


def test_the_same_id_of_another_author_or_in_another_room(
    alice: Person, bob: Person, lobby: Room, cellar: Room
) -> None:
    posts = [say(alice, lobby, id="once"), say(bob, lobby, id="once"), say(alice, cellar, id="once")]
    assert not any(post.duplicate for post in posts)
    assert Message.objects.count() == 3


def test_a_guests_retry_is_the_same_guests(lobby: Room) -> None:
    stranger = Guest(uuid4(), "Grace")
    first = say(stranger, lobby, id="once")
    assert say(Guest(stranger.id, "Grace"), lobby, id="once").number == first.number
    assert not say(Guest(uuid4(), "Grace"), lobby, id="once").duplicate
