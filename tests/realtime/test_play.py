"""What people do with each other, on every kind of server."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.accounts import new_person
from tests.play import Actor, Stage

from groupchat.actions import rooms
from groupchat.actions.counters import changed_mine, changing_room
from groupchat.models import Membership, Person, Room

pytestmark = pytest.mark.usefixtures("any_server")


def test_what_one_says_the_others_hear(stage: Stage) -> None:
    alice, bob, carol = stage.guests("alice", "bob", "carol")
    alice.enters("lobby")
    bob.enters("LOBBY")
    carol.enters("attic")
    alice.posts("hi")
    bob.sees("hi")
    bob.posts("hello\n  there 🎉")
    alice.sees_only("hi", "hello\n  there 🎉")
    alice.sees_members(alice, bob)
    carol.does_not_see("hi")
    assert alice.view.info["name"] == "lobby"
    assert alice.state.people[bob.id]["name"] == "bob"


def test_edits_and_tombstones_reach_everyone(stage: Stage) -> None:
    alice, bob = stage.guests("alice", "bob")
    alice.enters("lobby")
    bob.enters("lobby")
    alice.posts("helo")
    alice.posts("oops")
    bob.sees("helo", "oops")
    alice.edits("helo", "hello")
    alice.deletes("oops")
    bob.sees_only("hello")
    assert [message["number"] for message in bob.view.shown()] == [1, 2]
    assert bob.view.shown()[1]["body"] == ""
    alice.sees_only("hello")


def test_offline_and_back(stage: Stage) -> None:
    alice, bob = stage.guests("alice", "bob")
    alice.enters("lobby")
    bob.enters("lobby")
    alice.posts("one")
    alice.posts("two")
    bob.sees("one", "two")
    bob.goes_offline()
    alice.edits("one", "one!")
    alice.deletes("two")
    for index in range(120):
        alice.posts(f"missed {index}")
    bob.comes_back()
    bob.sees_only("one!", *(f"missed {index}" for index in range(120)))
    assert bob.state.holes == bob.state.resets == 0


def test_unread_is_the_same_on_all_devices(stage: Stage) -> None:
    alice, bob = stage.guests("alice", "bob")
    alice.enters("lobby")
    bob.enters("lobby")
    phone = bob.on_another_device()
    phone.opens(bob.room)
    for body in ("one", "two", "three"):
        alice.posts(body)
    bob.has_unread(3)
    phone.has_unread(3)
    alice.has_unread(0)
    phone.reads(2)
    bob.has_unread(1)
    phone.has_unread(1)
    bob.posts("four")  # as a program does: nothing is read by it
    phone.sees("four")
    bob.has_unread(1)
    phone.has_unread(1)
    alice.has_unread(1)
    bob.posts("five", seen=3)
    bob.has_unread(0)
    phone.has_unread(0)
    tablet = bob.on_another_device()
    tablet.opens(bob.room)
    tablet.has_unread(0)


def test_a_deleted_message_is_unread_on_no_device(stage: Stage, options: Callable[..., None]) -> None:
    """Live, after a resume, after a reset, and on a device that knew nothing."""
    options(max_changes=5)
    alice, bob = stage.guests("alice", "bob")
    alice.enters("lobby")
    bob.enters("lobby")
    phone = bob.on_another_device()
    phone.opens(bob.room)

    def everywhere(count: int) -> None:
        tablet = bob.on_another_device()
        for device in (bob, phone, tablet):
            device.room = alice.room
            device.has_unread(count)
        tablet.closes()

    for number in range(1, 13):
        alice.posts(f"message {number}")
    everywhere(12)
    alice.deletes("message 1")
    alice.deletes("message 12")
    bob.posts("mine")
    everywhere(10)
    phone.goes_offline()
    alice.deletes("message 3")
    bob.posts("mine, too")
    phone.comes_back()
    everywhere(9)
    assert phone.state.resets == 0
    phone.goes_offline()
    for number in range(4, 10):
        alice.deletes(f"message {number}")
    phone.comes_back()
    everywhere(3)
    assert phone.state.resets == 1
    phone.reads(10)
    everywhere(1)
    phone.reads()
    everywhere(0)


@pytest.mark.parametrize("seen", [-1, 1.5, "3", True, 2**63])
def test_what_is_no_number_was_not_seen(stage: Stage, seen: object) -> None:
    (bob,) = stage.guests("bob")
    bob.enters("lobby")
    refused = bob.is_refused("invalid", "message.post", room=bob.room, body="hi", client_message_id="x", seen=seen)
    assert refused["field"] == "seen"
    assert bob.view.last_number == 0
    bob.posts("hi", seen=2**62)  # of another life: nothing is read, and nothing is lost
    bob.sees_only("hi")


def test_rooms_come_and_go_on_all_devices(stage: Stage) -> None:
    (bob,) = stage.guests("bob")
    bob.enters("lobby")
    phone = bob.on_another_device()
    phone.has_room("lobby")
    bob.enters("attic")
    phone.has_room("attic")
    phone.leaves()
    bob.has_no_room(bob.room)
    phone.has_no_room(phone.room)
    phone.has_room("lobby")


def test_a_name_and_a_topic_leave_a_quiet_line(stage: Stage, user: Callable[..., Actor]) -> None:
    alice = user("alice")
    bob = stage.guest("bob")
    alice.enters("lobby")
    bob.enters("lobby")
    alice.posts("hi")
    bob.sees("hi")
    bob.reads()
    alice.renames_the_room("Great Hall")
    alice.sets_the_topic("All of us")
    bob.sees_name("Great Hall")
    bob.sees_topic("All of us")
    assert [(line["after"], line["kind"], line["text"]) for line in bob.view.shown_notices()] == [
        (1, "renamed", "Great Hall"),
        (1, "topic", "All of us"),
    ]
    bob.has_unread(0)
    carol = stage.guest("carol")
    carol.looks_into("lobby")
    assert carol.view.info["slug"] == "great hall"
    assert carol.view.picture()["notices"] == bob.view.picture()["notices"]


def test_looking_costs_nothing(stage: Stage) -> None:
    alice = stage.guest("alice")
    alice.enters("lobby")
    alice.posts("hi")
    looker = stage.guest("looker")
    looker.looks_into("lobby")
    looker.sees("hi")
    alice.posts("anybody there?")
    looker.sees("hi", "anybody there?")
    assert looker.state.me is None
    alice.sees_members(alice)
    looker.posts("yes")
    alice.sees("yes")
    looker.client.wait(lambda: looker.state.me is not None)
    looker.client.wait(lambda: looker.view.me is not None)
    looker.has_unread(0)
    alice.sees_members(alice, looker)


def test_leaving_and_coming_back(stage: Stage) -> None:
    alice, bob = stage.guests("alice", "bob")
    alice.enters("lobby")
    bob.enters("lobby")
    alice.sees_members(alice, bob)
    bob.leaves()
    alice.sees_members(alice)
    bob.has_no_room(alice.room)
    alice.posts("bye")
    bob.client.drain()
    assert alice.room not in bob.state.rooms
    bob.enters("lobby")
    bob.sees("bye")
    alice.sees_members(alice, bob)
    bob.has_unread(0)


def test_history_both_ways(stage: Stage) -> None:
    alice, bob = stage.guests("alice", "bob")
    alice.enters("lobby")
    refs = [alice.starts_to_post(str(number)) for number in range(1, 181)]
    for ref in refs:
        alice.client.answer(ref)
    bob.looks_into("lobby")
    assert bob.view.windows == [(131, 180)]
    bob.client.call("messages", room=bob.room, around=20, limit=10)
    assert bob.view.windows == [(15, 24), (131, 180)]
    alice.posts("181")
    alice.client.call("message.edit", room=alice.room, number=20, body="edited")
    bob.sees("edited", "181")
    bob.client.call("messages", room=bob.room, after=24, limit=100)
    bob.client.call("messages", room=bob.room, before=131, limit=10)
    bob.client.call("messages", room=bob.room, before=15)
    assert bob.view.windows == [(1, 181)]
    expected = [str(number) if number != 20 else "edited" for number in range(1, 182)]
    assert bob.view.bodies() == expected


def test_a_retry_is_one_message_over_any_door(stage: Stage) -> None:
    alice, bob = stage.guests("alice", "bob")
    alice.enters("lobby")
    bob.enters("lobby")
    first = alice.posts("once", id="retry-1")
    alice.goes_offline()
    alice.comes_back()
    again = alice.posts("once", id="retry-1")
    assert (again["number"], again["seq"], again["at"]) == (first["number"], first["seq"], first["at"])
    assert (first["duplicate"], again["duplicate"]) == (False, True)
    other = {"room": alice.room, "body": "not the same", "client_message_id": "retry-1"}
    assert alice.is_refused("idempotency_conflict", "message.post", **other)["field"] == "client_message_id"
    alice.posts("next")
    bob.sees_only("once", "next")


def test_order_of_ones_own_posts_is_kept(stage: Stage) -> None:
    actors = stage.guests("alice", "bob", "carol")
    for actor in actors:
        actor.enters("lobby")
    refs = [(actor, actor.starts_to_post(f"{actor.name} {index}")) for index in range(40) for actor in actors]
    for actor, ref in refs:
        actor.client.answer(ref)
    for actor in actors:
        actor.client.wait(lambda actor=actor: len(actor.view.bodies()) == 120)
        for other in actors:
            said = [body for body in actor.view.bodies() if body.startswith(other.name)]
            assert said == [f"{other.name} {index}" for index in range(40)]
    assert actors[0].view.picture()["messages"] == actors[1].view.picture()["messages"]


def test_private_rooms_are_for_their_members(stage: Stage, user: Callable[..., Actor]) -> None:
    alice, bob = user("alice"), user("bob")

    room = rooms.create(
        person=Person.objects.get(pk=alice.id), name="Cellar", kind=Room.Kind.PRIVATE, slug="zX9-secret"
    )
    alice.has_room("Cellar")
    alice.opens(room.pk)
    alice.posts("psst")
    for who in (bob, stage.guest("grace"), user("root", is_owner=True)):
        for type_, members in {
            "subscribe": {"room": room.pk},
            "messages": {"room": room.pk},
            "members": {"room": room.pk},
            "changes": {"room": room.pk, "since": 0},
            "message.post": {"room": room.pk, "body": "hi", "client_message_id": "x"},
            "message.edit": {"room": room.pk, "number": 1, "body": "hi"},
            "message.react": {"room": room.pk, "number": 1, "emoji": "🎉", "on": True},
            "message.reactions": {"room": room.pk, "number": 1, "emoji": "🎉"},
            "message.pin": {"room": room.pk, "number": 1, "on": True},
            "pins": {"room": room.pk},
            "message.save": {"room": room.pk, "number": 1, "on": True},
            "message.schedule": {
                "room": room.pk,
                "body": "hi",
                "at": "2026-12-24T18:00:00Z",
                "client_message_id": "x",
            },
            "thread": {"room": room.pk, "root": 1},
            "thread.follow": {"room": room.pk, "root": 1, "on": True},
            "message.delete": {"room": room.pk, "number": 1},
            "room.join": {"room": room.pk},
            "room.rename": {"room": room.pk, "name": "Mine"},
            "room.topic": {"room": room.pk, "topic": "Mine"},
            "read": {"room": room.pk, "number": 1},
            "room.pin": {"room": room.pk, "pinned": True},
            "rooms.order": {"rooms": [room.pk]},
            "draft.set": {"room": room.pk, "text": "not yet"},
            "room.settings": {"room": room.pk, "kind": "public"},
            "room.invite": {"room": room.pk, "people": [bob.id]},
            "room.remove": {"room": room.pk, "person": alice.id},
            "room.ban": {"room": room.pk, "person": bob.id},
            "room.unban": {"room": room.pk, "person": bob.id},
            "room.silence": {"room": room.pk, "person": alice.id, "seconds": 60},
            "room.sanctions": {"room": room.pk},
            "invite.make": {"room": room.pk},
            "invites": {"room": room.pk},
            "invite.end": {"room": room.pk, "id": 1},
            "room.role": {"room": room.pk, "person": alice.id, "role": "reader"},
            "room.archive": {"room": room.pk},
            "room.delete": {"room": room.pk},
        }.items():
            who.is_refused("not_found", type_, **members)
        who.is_refused("not_found", "subscribe", slug="zX9-secret")
        assert "psst" not in str(who.client.frames)
    alice.sees_members(alice)


def test_a_ban_ends_what_one_hears(stage: Stage) -> None:
    from groupchat.models import Person

    alice, bob = stage.guests("alice", "bob")
    alice.enters("lobby")
    bob.enters("lobby")
    alice.sees_members(alice, bob)
    person = Person.objects.get(pk=bob.id)
    with changing_room(bob.room, person) as change:
        membership = Membership.objects.get(room_id=bob.room, person=person)
        membership.state = Membership.State.BANNED
        change.changed(membership, person)
        membership.save()
        change.save()
        changed_mine(person.pk, [membership])
    room = bob.room
    bob.has_no_room(room)
    alice.posts("without bob")
    bob.client.drain()
    assert "without bob" not in str(bob.client.frames)
    for type_ in ("subscribe", "messages", "members"):
        bob.is_refused("forbidden", type_, room=room)
    bob.is_refused("forbidden", "message.post", room=room, body="hi", client_message_id="x")


def test_a_new_account_has_no_rooms(user: Callable[..., Actor]) -> None:
    alice = user("alice")
    assert alice.state.rooms == {}
    assert alice.state.me is not None
    assert alice.state.me["kind"] == "user"
    assert not alice.state.is_owner
    assert user("root", is_owner=True).state.is_owner
    assert new_person("other").pk != alice.id
