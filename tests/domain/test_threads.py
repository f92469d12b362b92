"""All answers to a message: what it tells of them, page by page, and who follows them."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from tests.domain.conftest import Ear
from tests.domain.says import membership, page, say
from tests.domain.test_queries import assert_by_index, statements

from groupchat.actions import messages, rooms
from groupchat.actions.following import follow
from groupchat.actions.merging import carry_out, merge_guest
from groupchat.actions.messages import Post, Posted
from groupchat.actions.people import Guest
from groupchat.actions.reactions import react
from groupchat.errors import Forbidden, LimitReached, NotFound
from groupchat.models import Message, MessageReply, MessageThread, Person, Room
from groupchat.parts import THREAD
from groupchat.threads import ThreadPage, follows, thread

pytestmark = pytest.mark.django_db


def answers(room: Room, *posts: tuple[Person | Guest, int], body: str = "so") -> list[int]:
    """Post these in one batch, each with what it answers; their numbers."""
    found = messages.post([Post(room.pk, who, body, uuid4().hex, parts={"reply_to": to}) for who, to in posts])
    assert all(isinstance(one, Posted) for one in found), found
    return [one.number for one in found if isinstance(one, Posted)]


def told(room: Room, number: int) -> Any:
    """What a message tells of its answers."""
    found = page(None, room.pk, around=number, limit=1).messages
    return found[0].get("thread")


def numbers(found: ThreadPage) -> list[int]:
    return [message["number"] for message in found.messages]


@pytest.fixture
def asked(alice: Person, bob: Person, lobby: Room) -> Room:
    """A room with a question of Alice's, the first message."""
    rooms.join(person=bob, room_id=lobby.pk)
    say(alice, lobby, "who brings the cake?")
    return lobby


# --- what the root tells ----------------------------------------------------------------------------------------------


def test_it_counts_and_names_the_first_few(asked: Room, alice: Person, bob: Person, ear: Ear) -> None:
    answers(asked, (bob, 1))
    (changes,) = ear.of_room(asked.pk)
    answer, root = changes.frame["messages"]
    assert root["thread"] == {"count": 1, "people": [bob.pk], "last_number": 2, "last_at": answer["at"]}
    assert root == page(alice, asked.pk).messages[0]
    answers(asked, (alice, 1), (bob, 1))
    assert (told(asked, 1)["count"], told(asked, 1)["people"]) == (3, [bob.pk, alice.pk])


def test_only_so_many_are_named_and_all_are_introduced(settings: Any, asked: Room, person: Any, ear: Ear) -> None:
    settings.GROUPCHAT = {**settings.GROUPCHAT, "MAX_THREAD_PEOPLE": 2}
    some = [person(f"p{index}") for index in range(3)]
    answers(asked, *((one, 1) for one in some))
    assert (told(asked, 1)["count"], told(asked, 1)["people"]) == (3, [one.pk for one in some[:2]])
    ear.heard.clear()
    answers(asked, (some[2], 1))
    (changes,) = ear.of_room(asked.pk)
    assert {one.pk for one in some} <= {one["id"] for one in changes.people}


def test_an_answer_to_an_answer_belongs_to_the_same_root(asked: Room, alice: Person, bob: Person) -> None:
    answers(asked, (bob, 1))
    answers(asked, (alice, 2), (bob, 3))  # the last one answers what stands in the same batch
    assert told(asked, 1)["count"] == 3
    assert [told(asked, number) for number in (2, 3, 4)] == [None] * 3
    found = page(alice, asked.pk).messages
    assert [(one.get("reply_to"), one.get("root")) for one in found] == [(None, None), (1, None), (2, 1), (3, 1)]
    assert numbers(thread(alice, asked.pk, 1)) == [2, 3, 4]


def test_a_root_of_the_same_batch_is_told_once_as_it_is(lobby: Room, alice: Person, ear: Ear) -> None:
    said = [Post(lobby.pk, alice, "q", "q"), Post(lobby.pk, alice, "a", "a", parts={"reply_to": 1})]
    messages.post(said)
    (changes,) = ear.of_room(lobby.pk)
    assert [(one["number"], "thread" in one) for one in changes.frame["messages"]] == [(2, False), (1, True)]


def test_a_deleted_answer_counts_no_more(asked: Room, alice: Person, bob: Person) -> None:
    answers(asked, (bob, 1), (alice, 1), (bob, 1))
    messages.delete(person=bob, room_id=asked.pk, number=2)
    assert told(asked, 1) | {"last_at": ""} == {
        "count": 2,
        "people": [alice.pk, bob.pk],
        "last_number": 4,
        "last_at": "",
    }
    messages.delete(person=bob, room_id=asked.pk, number=4)
    assert (told(asked, 1)["people"], told(asked, 1)["last_number"]) == ([alice.pk], 3)
    messages.delete(person=alice, room_id=asked.pk, number=3)
    assert told(asked, 1) is None
    assert not MessageThread.objects.exists()
    assert Message.objects.get(number=1).parts is None


def test_the_answers_stay_where_the_root_is_deleted(asked: Room, alice: Person, bob: Person) -> None:
    answers(asked, (bob, 1))
    messages.delete(person=alice, room_id=asked.pk, number=1)
    assert told(asked, 1)["count"] == 1
    answers(asked, (alice, 1))
    found = thread(bob, asked.pk, 1)
    assert found.message is not None
    assert "deleted_at" in found.message
    assert (told(asked, 1)["count"], numbers(found)) == (2, [2, 3])


def test_a_retry_counts_once(asked: Room, bob: Person) -> None:
    for _ in range(2):
        messages.post([Post(asked.pk, bob, "so", "once", parts={"reply_to": 1})])
    assert told(asked, 1)["count"] == 1


def test_a_guest_who_becomes_somebody_is_named_so(asked: Room, bob: Person) -> None:
    guest = Guest(uuid4(), "Grace")
    answers(asked, (guest, 1))
    grace = Person.objects.get(guest_id=guest.id)
    merge_guest(guest=grace, into=bob)
    carry_out(guest_id=grace.pk, person_id=bob.pk)
    assert told(asked, 1)["people"] == [bob.pk]


# --- page by page -----------------------------------------------------------------------------------------------------


def test_pages_of_a_thread(asked: Room, alice: Person, bob: Person) -> None:
    for index in range(6):
        answers(asked, (bob, 1))
        say(alice, asked, f"something else {index}")
    every = [2, 4, 6, 8, 10, 12]
    newest = thread(alice, asked.pk, 1, limit=2)
    assert (numbers(newest), newest.more, newest.root) == (every[-2:], True, 1)
    assert newest.message is not None
    assert newest.message["body"] == "who brings the cake?"
    before = thread(alice, asked.pk, 1, before=10, limit=4)
    assert (numbers(before), before.more) == (every[:4], False)
    after = thread(alice, asked.pk, 1, after=2, limit=2)
    assert (numbers(after), after.more) == ([4, 6], True)
    assert numbers(thread(None, asked.pk, 4)) == every  # by one of the answers; of an open room
    assert {one["id"] for one in newest.people} == {alice.pk, bob.pk}


def test_a_message_without_answers_has_an_empty_thread(asked: Room, alice: Person) -> None:
    found = thread(alice, asked.pk, 1)
    assert (numbers(found), found.more, found.following) == ([], False, True)


def test_who_may_not_read_the_room_reads_no_thread(alice: Person, bob: Person, cellar: Room) -> None:
    say(alice, cellar)
    answers(cellar, (alice, 1))
    for stranger in (bob, None):
        with pytest.raises((NotFound, Forbidden)):
            thread(stranger, cellar.pk, 1)
    for number in (0, 3):
        with pytest.raises(NotFound):
            thread(alice, cellar.pk, number)


def test_what_is_below_ones_floor_is_not_read(asked: Room, alice: Person, bob: Person, person: Any) -> None:
    answers(asked, (bob, 1))
    rooms.set_history(person=alice, room_id=asked.pk, history="joined")
    carol = person("carol")
    rooms.join(person=carol, room_id=asked.pk)
    answers(asked, (bob, 2))
    with pytest.raises(NotFound):
        thread(carol, asked.pk, 1)
    found = thread(carol, asked.pk, 3)
    assert (found.root, found.message, numbers(found)) == (1, None, [3])
    with pytest.raises(NotFound):
        follow(person=carol, room_id=asked.pk, root=1, on=True)


# --- following --------------------------------------------------------------------------------------------------------


def test_who_wrote_there_follows_unless_they_say_otherwise(asked: Room, alice: Person, bob: Person, ear: Ear) -> None:
    assert [thread(one, asked.pk, 1).following for one in (alice, bob, None)] == [True, False, False]
    answers(asked, (bob, 1))
    assert thread(bob, asked.pk, 1).following
    ear.heard.clear()
    follow(person=bob, room_id=asked.pk, root=2, on=False)
    (mine,) = ear.of_person(bob.pk)
    assert mine.frame["memberships"][0]["follows"] == [-1]
    assert not thread(bob, asked.pk, 1).following
    ear.heard.clear()
    follow(person=bob, room_id=asked.pk, root=1, on=False)
    follow(person=alice, room_id=asked.pk, root=1, on=True)
    assert ear.heard == []
    follow(person=bob, room_id=asked.pk, root=1, on=True)
    assert ear.of_person(bob.pk)[-1].frame["memberships"][0]["follows"] == [1]


def test_one_chooses_that_of_so_many_threads(settings: Any, asked: Room, alice: Person, bob: Person) -> None:
    settings.GROUPCHAT = {**settings.GROUPCHAT, "MAX_FOLLOWED_THREADS": 2}
    for _ in range(3):
        say(alice, asked)
    for root in (1, 2):
        follow(person=bob, room_id=asked.pk, root=root, on=True)
    with pytest.raises(LimitReached):
        follow(person=bob, room_id=asked.pk, root=3, on=True)
    follow(person=bob, room_id=asked.pk, root=1, on=False)
    assert [follows(bob, asked.pk, root, membership(bob, asked)) for root in (1, 2, 3)] == [False, True, False]


def test_who_is_not_in_it_follows_nothing(asked: Room, person: Any) -> None:
    with pytest.raises(NotFound):
        follow(person=person("carol"), room_id=asked.pk, root=1, on=True)


# --- what it costs ----------------------------------------------------------------------------------------------------


def test_an_answer_costs_the_same_whatever_their_number(asked: Room, bob: Person) -> None:
    counts = []
    for many in (1, 1, 50):
        with statements() as sent:
            answers(asked, *[(bob, 1)] * many)
        assert_by_index(sent)
        counts.append(len(sent))
    assert counts[1] == counts[2]
    with statements() as plain:
        say(bob, asked)
    assert counts[1] <= len(plain) + 4, (counts, len(plain))


def test_deleting_and_reading_use_indexes(asked: Room, alice: Person, bob: Person) -> None:
    answers(asked, *[(bob, 1)] * 20)
    with statements() as sent:
        messages.delete(person=bob, room_id=asked.pk, number=5)
        thread(alice, asked.pk, 1, before=15, limit=5)
        follow(person=alice, room_id=asked.pk, root=1, on=False)
    assert_by_index(sent)


def test_what_an_older_version_answered_is_a_thread_of_what_it_answers(asked: Room, alice: Person, bob: Person) -> None:
    answers(asked, (bob, 1))
    MessageReply.objects.update(root=None)
    assert thread(alice, asked.pk, 2).root == 1
    assert numbers(thread(alice, asked.pk, 1)) == [2]
    MessageReply.objects.update(root=1)
    answers(asked, (alice, 2))
    assert numbers(thread(alice, asked.pk, 1)) == [2, 3]


def as_an_older_version(room: Room, *posts: tuple[Person, int]) -> None:
    """Answers as one writes them that knows no threads."""
    for number in answers(room, *posts):
        MessageReply.objects.filter(room=room, number=number).update(root=None)
    MessageThread.objects.all().delete()
    Message.objects.filter(parts=THREAD.bit).update(parts=None)


def test_pages_with_what_an_older_version_answered_between(asked: Room, alice: Person, bob: Person) -> None:
    as_an_older_version(asked, (bob, 1), (bob, 1), (bob, 1))  # 2, 3, 4
    MessageReply.objects.filter(number__in=(2, 4)).update(root=1)
    answers(asked, (alice, 1))
    MessageReply.objects.filter(number=3).update(root=None)
    with statements() as sent:
        newest = thread(alice, asked.pk, 1, limit=3)
    assert_by_index(sent)
    assert (numbers(newest), newest.more) == ([3, 4, 5], True)
    before = thread(alice, asked.pk, 1, before=4, limit=1)
    assert (numbers(before), before.more) == ([3], True)
    after = thread(alice, asked.pk, 1, after=2, limit=2)
    assert (numbers(after), after.more) == ([3, 4], True)


def test_with_the_next_answer_those_of_an_older_version_are_counted(asked: Room, alice: Person, bob: Person) -> None:
    as_an_older_version(asked, (bob, 1), (bob, 1))
    assert told(asked, 1) is None
    assert follows(bob, asked.pk, 1, membership(bob, asked))
    answers(asked, (alice, 2), (alice, 1))  # 2 stands in the thread of 1
    assert (told(asked, 1)["count"], told(asked, 1)["people"]) == (4, [bob.pk, alice.pk])
    assert not MessageReply.objects.filter(root=None).exists()
    assert numbers(thread(alice, asked.pk, 1)) == [2, 3, 4, 5]


def test_with_one_of_them_deleted_the_others_are_counted(asked: Room, bob: Person) -> None:
    as_an_older_version(asked, (bob, 1), (bob, 1))
    messages.delete(person=bob, room_id=asked.pk, number=2)
    assert told(asked, 1)["count"] == 1


def test_the_thread_of_what_retention_took_goes_on(asked: Room, alice: Person, bob: Person) -> None:
    answers(asked, (bob, 1))
    Message.objects.filter(number=1).delete()
    Room.objects.filter(pk=asked.pk).update(first_number=2)
    answers(asked, (alice, 2))
    assert numbers(thread(alice, asked.pk, 2)) == [2, 3]
    assert MessageThread.objects.get().count == 2


def test_what_else_hangs_on_the_root_is_told_with_it(asked: Room, alice: Person, bob: Person, ear: Ear) -> None:
    messages.edit(person=alice, room_id=asked.pk, number=1, body="who brings **the** cake?")
    react(person=bob, room_id=asked.pk, number=1, emoji="🎂", on=True)
    answers(asked, (bob, 1))
    root = ear.of_room(asked.pk)[-1].frame["messages"][-1]
    assert {"versions", "reactions", "thread", "edited_at", "html"} <= set(root)
    assert root == page(alice, asked.pk).messages[0]
