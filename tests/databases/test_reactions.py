"""Reactions on both databases: counted over windows, written by several at the same moment."""

from __future__ import annotations

from threading import Thread
from uuid import uuid4

from django.db import connections
from tests.domain.says import say

from groupchat.actions import rooms
from groupchat.actions.people import Guest, person_of_guest
from groupchat.actions.reactions import react
from groupchat.models import Message, MessageReaction, Person, Room
from groupchat.parts import message_resources


def test_several_at_the_same_moment_are_all_counted(room: Room, ada: Person) -> None:
    number = say(ada, room).number
    people = [person_of_guest(guest=Guest(uuid4(), f"one {index}")) for index in range(4)]
    for one in people:
        rooms.join(person=one, room_id=room.pk)

    def reacts(person: Person) -> None:
        try:
            for emoji, on in (("🎉", True), ("👀", True), ("👀", False), ("🎉", True)):
                react(person=person, room_id=room.pk, number=number, emoji=emoji, on=on)
        finally:
            connections.close_all()

    threads = [Thread(target=reacts, args=(one,)) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (found,) = message_resources(list(Message.objects.filter(room=room, number=number)))
    (reaction,) = found["reactions"]
    assert (reaction["emoji"], reaction["count"]) == ("🎉", 4)
    ids = MessageReaction.objects.filter(room=room).order_by("pk").values_list("person_id", flat=True)
    assert reaction["people"] == list(ids)
    assert set(ids) == {one.pk for one in people}
