"""What an answer writes and reads in plain SQL, on both databases."""

from __future__ import annotations

from uuid import uuid4

from tests.domain.says import page, say

from groupchat.actions import messages, rooms
from groupchat.actions.messages import Post, Posted
from groupchat.models import Message, MessageReply, MessageThread, Person, Room
from groupchat.parts import message_resources
from groupchat.publication import RoomChanges, published
from groupchat.threads import thread


def answer(author: Person, *places: tuple[Room, int]) -> None:
    """Answer these messages in one batch."""
    found = messages.post([Post(room.pk, author, "so", uuid4().hex, parts={"reply_to": to}) for room, to in places])
    assert all(isinstance(one, Posted) for one in found), found


def test_a_batch_of_answers_in_several_rooms_to_several_messages(room: Room, ada: Person) -> None:
    other = rooms.create(person=ada, name=f"Other {uuid4()}")
    for one in (room, other, room):
        say(ada, one)
    heard: list[RoomChanges] = []

    def hear(changes: object, **_: object) -> None:
        if isinstance(changes, RoomChanges):
            heard.append(changes)

    published.connect(hear)
    try:
        for _ in range(2):
            answer(ada, (room, 1), (room, 2), (other, 1), (room, 1), (room, 3))
    finally:
        published.disconnect(hear)
    found = {(one.room_id, one.number): one for one in MessageThread.objects.filter(room__in=[room, other])}
    counts = {place: (one.count, one.people, one.last_number) for place, one in found.items()}
    assert counts == {
        (room.pk, 1): (6, [ada.pk], 10),
        (room.pk, 2): (2, [ada.pk], 8),
        (other.pk, 1): (2, [ada.pk], 3),
    }
    for changes in heard[-2:]:
        of_room = changes.frame["room"]
        roots = [one for one in changes.frame["messages"] if "thread" in one]
        stored = Message.objects.filter(room_id=of_room, number__in=[one["number"] for one in roots]).order_by("seq")
        assert roots == message_resources(list(stored))
    assert [one.get("root") for one in page(ada, room.pk).messages] == [None] * 5 + [1] + [None] * 3 + [1]


def test_the_root_may_stand_in_the_same_batch(room: Room, ada: Person) -> None:
    answers = [Post(room.pk, ada, "a", uuid4().hex, parts={"reply_to": to}) for to in (1, 2)]
    messages.post([Post(room.pk, ada, "q", uuid4().hex), *answers])
    assert [(one.number, one.count) for one in MessageThread.objects.filter(room=room)] == [(1, 2)]
    assert Message.objects.filter(room=room, seq=Room.objects.get(pk=room.pk).seq).get().number == 1


def test_what_an_older_version_answered_is_counted_with_the_next_answer(room: Room, ada: Person) -> None:
    say(ada, room)
    answer(ada, (room, 1), (room, 1))
    MessageReply.objects.filter(room=room).update(root=None)
    MessageThread.objects.filter(room=room).delete()
    assert [one["number"] for one in thread(ada, room.pk, 1).messages] == [2, 3]
    answer(ada, (room, 3))
    assert MessageThread.objects.get(room=room).count == 3
    assert [one["number"] for one in thread(ada, room.pk, 1).messages] == [2, 3, 4]
