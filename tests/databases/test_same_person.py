"""A guest who signs up or in, while others do so too and processes are killed."""

from __future__ import annotations

import sys
from functools import partial
from uuid import uuid4

import pytest
from tests.accounts import new_person, new_user
from tests.databases.test_effect_workers import Process, wait
from tests.databases.test_races import at_once, check_room
from tests.server.served import command

from groupchat.actions import effects, messages, rooms
from groupchat.actions.adoption import adopt_guest
from groupchat.actions.merging import merge_guest
from groupchat.actions.messages import Post, Posted
from groupchat.actions.names import fill_some, require_name_for_guest
from groupchat.actions.people import Guest, person_of_guest, person_of_user
from groupchat.errors import ChatError, NameTaken
from groupchat.lookalikes import skeleton
from groupchat.models import Effect, Message, Person, Room

pytestmark = pytest.mark.usefixtures("database", "no_effects")

# Works off effects, and is killed by what follows the commit of so many changes of rooms.
_PROCESS = r"""
import os, signal, sys
from groupchat.server.setup import set_up
set_up()
from groupchat.actions import effects, merging
from groupchat.publication import RoomChanges, published
merging.CHUNK = 10
left = int(sys.argv[1])
def count(changes, **_):
    global left
    if isinstance(changes, RoomChanges):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
published.connect(count, weak=False)
print("ready", flush=True)
effects.work_off()
print("done", flush=True)
"""


def say(author: Person | Guest, room: Room, id: str) -> Posted | ChatError:
    (found,) = messages.post([Post(room.pk, author, "hi", id)])
    return found


@pytest.mark.parametrize("same_user", [False, True])
def test_two_sign_up_at_once(same_user: bool, room: Room) -> None:
    """With one cookie in two forms, or with two cookies for one account: one of them is it."""
    guests = [Guest(uuid4(), "Ada"), Guest(uuid4(), "Grace")]
    for guest in guests:
        person_of_guest(guest=guest)
    one, two = new_user("one"), new_user("two")
    pairs = [(guests[0], one), (guests[1], one)] if same_user else [(guests[0], one), (guests[0], two)]
    adopted = at_once([partial(adopt_guest, guest=guest, user=user) for guest, user in pairs])
    assert sum(person is not None for person in adopted) == 1
    assert Person.objects.filter(user__in=[one, two]).count() == 1
    assert person_of_user(user=one) != person_of_user(user=two)


def test_signing_up_while_the_account_comes_in_elsewhere(room: Room) -> None:
    guest, user = Guest(uuid4(), "Ada"), new_user("ada")
    person_of_guest(guest=guest)
    adopted, person = at_once([partial(adopt_guest, guest=guest, user=user), partial(person_of_user, user=user)])
    assert person == Person.objects.get(user=user)
    assert adopted in (None, person)


def test_a_guest_who_writes_while_they_sign_up(room: Room) -> None:
    guest, user = Guest(uuid4(), "Ada"), new_user("ada")
    person_of_guest(guest=guest)
    at_once([partial(adopt_guest, guest=guest, user=user), *[partial(say, guest, room, f"m{n}") for n in range(6)]])
    person = person_of_user(user=user)
    for number in range(6):
        assert isinstance(say(person, room, f"m{number}"), Posted)
    assert Message.objects.filter(room=room, author=person).count() == 6
    check_room(room.pk)


def test_a_guest_who_writes_while_they_are_merged(room: Room) -> None:
    """Nothing stays behind under the guest's name, and nothing is there twice."""
    guest, person = Guest(uuid4(), "Ada"), new_person("ada")
    was = person_of_guest(guest=guest)
    say(guest, room, "first")

    def merge() -> None:
        merge_guest(guest=was, into=person)
        effects.work_off()

    authors = [guest, was] * 4
    answers = at_once([merge, *[partial(say, author, room, f"m{n}") for n, author in enumerate(authors)]])[1:]
    effects.work_off()
    assert not Message.objects.filter(author=was).exists()
    assert Message.objects.filter(author=person).count() == 1 + sum(isinstance(one, Posted) for one in answers)
    for number in range(len(authors)):
        assert isinstance(say(person, room, f"m{number}"), Posted)
    assert Message.objects.filter(author=person).count() == 1 + len(authors)
    check_room(room.pk)


def test_two_processes_fill_in_what_names_look_like(room: Room) -> None:
    person = new_person("ada")
    Person.objects.filter(pk=person.pk).update(name_skeleton="", handle_skeleton="")
    at_once([fill_some, fill_some])
    person.refresh_from_db()
    assert (person.name_skeleton, person.handle_skeleton) == (skeleton(person.name), skeleton(person.handle))
    with pytest.raises(NameTaken):
        require_name_for_guest(name=person.name.upper())


def test_into_two_at_once(room: Room) -> None:
    was = person_of_guest(guest=Guest(uuid4(), "Ada"))

    def into(person: Person) -> bool:
        try:
            merge_guest(guest=was, into=person)
        except ChatError:
            return False
        return True

    assert sorted(at_once([partial(into, new_person("one")), partial(into, new_person("two"))])) == [False, True]
    assert Effect.objects.count() == 1


@pytest.mark.parametrize("commits", [1, 2, 4, 7])
def test_a_killed_process(commits: int, room: Room) -> None:
    was, person = person_of_guest(guest=Guest(uuid4(), "Ada")), new_person("ada")
    other = rooms.create(person=was, name=f"Hall {uuid4()}")
    for number in range(35):
        for place in (room, other):
            assert isinstance(say(was, place, f"m{number}"), Posted)
    merge_guest(guest=was, into=person)
    with Process(sys.executable, "-c", _PROCESS, str(commits)) as process:
        assert process.line() == "ready"
        assert process.line() == ""  # it is dead
    assert Message.objects.filter(author=was).exists()
    Effect.objects.update(due_at=Effect.objects.get().created_at)  # as if its lease had run out
    assert effects.work_off() == 1
    assert not Message.objects.filter(author=was).exists()
    assert Message.objects.filter(author=person).count() == 70
    for place in (room, other):
        check_room(place.pk)


def test_a_server_does_it_by_itself(room: Room) -> None:
    was, person = person_of_guest(guest=Guest(uuid4(), "Ada")), new_person("ada")
    say(was, room, "m")
    merge_guest(guest=was, into=person)
    with Process(*command("worker")) as process:
        process.line()
        wait(lambda: not Effect.objects.exists())
    assert Message.objects.get(room=room).author == person
