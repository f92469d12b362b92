"""What is private stays so, whatever becomes of rooms and of those who are in them: live, later, through every door."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any

import pytest
from django.test import Client as Browser
from tests.accounts import new_person
from tests.api.conftest import bearer_of, over_a_server, room_at
from tests.play import Actor, Stage
from tests.serving import DEADLINE_SECONDS, ThreadServer
from tests.sockets import Refused
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from groupchat import timeline
from groupchat.actions import members, rooms
from groupchat.actions.messages import Post, post
from groupchat.errors import ChatError
from groupchat.models import Person, Room
from groupchat.permissions import can_read
from groupchat.realtime.fanout.topics import TopicKey
from groupchat.timeline import membership_in

pytestmark = pytest.mark.usefixtures("server")

CANARY = "xq-canary"


def test_a_room_that_closes_is_gone_for_whoever_looked_in(stage: Stage, user: Callable[..., Actor]) -> None:
    alice, bob, carol = user("alice"), user("bob"), user("carol")
    looker = stage.guest("looker")
    alice.enters("lobby")
    alice.client.call("room.invite", room=alice.room, people=[bob.id])
    bob.has_room("lobby")
    for one in (carol, looker):
        one.looks_into("lobby")
    room = alice.room
    answer = alice.client.call("room.settings", room=room, kind="private", topic=f"{CANARY} topic")
    alice.posts(f"{CANARY} words")
    bob.opens(room)
    bob.sees(f"{CANARY} words")
    for one in (carol, looker):
        one.client.wait(lambda one=one: room not in one.state.rooms)
        one.is_refused("not_found", "subscribe", room=room)
        one.is_refused("not_found", "subscribe", slug=answer["slug"])
        one.is_refused("not_found", "subscribe", slug="lobby")
        assert CANARY not in str(one.client.frames)
    alice.client.call("room.settings", room=room, kind="public")
    looker.looks_into("lobby")
    looker.sees(f"{CANARY} words")


def test_a_deleted_room_is_gone_for_all_and_comes_back(stage: Stage, user: Callable[..., Actor]) -> None:
    alice, bob = user("alice"), user("bob")
    alice.enters("lobby")
    bob.enters("lobby")
    alice.posts("before")
    room = alice.room
    alice.client.call("room.delete", room=room)
    for one in (alice, bob):
        one.has_no_room(room)
        one.is_refused("not_found", "messages", room=room)
    late = bob.on_another_device()
    assert room not in late.state.rooms
    bob.is_refused("name_taken", "room.enter", name="lobby")
    alice.client.call("room.restore", room=room)
    for one in (alice, bob, late):
        one.has_room("lobby")
        one.opens(room)
        one.sees("before")


def test_a_conversation_is_on_all_screens_of_both(stage: Stage, user: Callable[..., Actor]) -> None:
    alice, bob = user("alice"), user("bob")
    phone = bob.on_another_device()
    room = alice.client.call("room.direct", people=[bob.id])["room"]["id"]
    for one in (bob, phone):
        one.client.wait(lambda one=one: room in one.state.rooms)
        assert one.state.rooms[room].info["people"] == sorted([alice.id, bob.id])
        assert one.state.people[alice.id]["name"] == alice.state.me["name"]
    alice.opens(room)
    alice.posts("psst")
    phone.opens(room)
    phone.sees("psst")
    later = bob.on_another_device()
    assert later.state.people[alice.id]["name"] == alice.state.me["name"], "hello says who they are"
    assert bob.client.call("room.direct", people=[alice.id])["created"] is False


def test_roles_reach_the_screens(stage: Stage, user: Callable[..., Actor]) -> None:
    alice, bob = user("alice"), user("bob")
    alice.enters("news")
    alice.client.call("room.settings", room=alice.room, kind="announcement")
    bob.enters("news")
    bob.is_refused("forbidden", "message.post", room=bob.room, body="hi", client_message_id="a")
    alice.client.call("room.role", room=alice.room, person=bob.id, role="moderator")
    bob.client.wait(lambda: bob.view.me["role"] == "moderator")
    bob.posts("hi")
    alice.client.call("room.remove", room=alice.room, person=bob.id)
    bob.has_no_room(alice.room)
    bob.looks_into("news")
    bob.is_refused("forbidden", "message.post", room=bob.room, body="hi", client_message_id="b")


def test_the_list_of_rooms(stage: Stage, user: Callable[..., Actor]) -> None:
    alice, bob = user("alice"), user("bob")
    for name in ("Tea", "Team lunch", "Steam", "Old tea", "Coffee"):
        alice.enters(name)
    alice.client.call("room.archive", room=Room.objects.get(name="Old tea").pk)
    alice.client.call("room.create", name="Team secrets", kind="private")
    bob.enters("Steam")
    bob.posts("hot")
    looker = stage.guest("looker")
    for one in (bob, looker):
        found = one.client.call("rooms", query="TEA")
        assert [(state["room"]["name"], state["members"]) for state in found["rooms"]] == [
            ("Steam", 2),
            ("Team lunch", 1),
            ("Tea", 1),
        ]
        assert found["next"] is None
    assert [bool(state["me"]) for state in bob.client.call("rooms", query="tea")["rooms"]] == [True, False, False]
    names: list[str] = []
    after = None
    while True:
        page = looker.client.call("rooms", limit=2, **({"after": after} if after else {}))
        names += [state["room"]["name"] for state in page["rooms"]]
        if (after := page["next"]) is None:
            break
    assert names == ["Steam", "Coffee", "Team lunch", "Tea"]


def test_who_is_found(stage: Stage, user: Callable[..., Actor]) -> None:
    ada, ben = user("zara"), user("zoe")
    grace = stage.guest("Zed")
    grace.enters("tea")
    handles = [person["handle"] for person in ada.client.call("people.find", query="@Z")["people"]]
    assert handles == sorted(handles)
    assert {grace.id, ben.id} <= {person["id"] for person in ada.client.call("people.find", query="z")["people"]}
    assert grace.client.call("people.find", query="z")["people"] == []
    ben.enters("tea")
    assert [person["id"] for person in grace.client.call("people.find", query="z")["people"]] == [ben.id]
    assert ada.client.call("people.find", query="z", limit=1)["people"][0]["handle"] == handles[0]
    for nothing in ("", "@", " ", "\x00", "%", "z%"):
        assert ada.client.call("people.find", query=nothing)["people"] == []


def test_who_waits_for_a_name_is_sent_nothing_older_of_the_room_that_gets_it(
    server: ThreadServer, user: Callable[..., Actor]
) -> None:
    alice = user("alice")
    board = alice.client.call("room.create", name="Board", kind="private")["room"]["id"]
    alice.opens(board)
    alice.posts(f"{CANARY} among us")
    with connect(f"ws://{server.address}/ws/chat/board/") as stranger:
        alice.client.call("room.settings", room=board, kind="announcement", history="joined")
        server.wait(lambda runtime: not runtime.awaited.waiting)
        alice.posts("for everybody")
        assert json.loads(stranger.recv(timeout=DEADLINE_SECONDS))["message"] == "for everybody"


def test_a_name_that_is_remembered_lets_nobody_into_the_room_that_closed(
    server: ThreadServer, stage: Stage, user: Callable[..., Actor]
) -> None:
    """The last who listened from outside is gone with the topic; a member's comes anew, and says nothing of that."""
    alice = user("alice")
    alice.enters("lobby")
    room = alice.room
    alice.posts("one")
    alice.goes_offline()
    address = f"ws://{server.address}/ws/chat/lobby/"
    keeper = Person.objects.get(pk=alice.id)
    with connect(address):
        server.wait(lambda runtime: runtime.hub.topics)
        rooms.configure(person=keeper, room_id=room, kind="private")
        server.wait(lambda runtime: TopicKey("room", room) not in runtime.hub.topics)
    alice.comes_back()
    with connect(address) as stranger:
        alice.posts(f"{CANARY} among us")
        alice.client.call("ping")
        heard = []
        with suppress(TimeoutError, ConnectionClosed):
            heard.append(stranger.recv(timeout=1.0))
        assert CANARY not in str(heard)


def test_who_is_sent_out_while_they_say_hello_is_out(
    server: ThreadServer, user: Callable[..., Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the reading of their rooms and that of the room's changes."""
    alice, bob = user("alice"), user("bob")
    room = alice.client.call("room.create", name="Board", kind="private")["room"]["id"]
    alice.client.call("room.invite", room=room, people=[bob.id])
    bob.client.wait(lambda: room in bob.state.rooms)
    bob.opens(room)
    alice.opens(room)
    bob.goes_offline()
    alice.posts("while they were away")
    keeper = Person.objects.get(pk=alice.id)
    read = timeline.mine_of

    def and_then_they_go(ids: Any) -> Any:
        found = read(ids)
        if bob.id in set(found):
            monkeypatch.setattr(timeline, "mine_of", read)
            members.remove(person=keeper, room_id=room, target_id=bob.id)
            post([Post(room, keeper, f"{CANARY} without them", "after")])
        return found

    monkeypatch.setattr(timeline, "mine_of", and_then_they_go)
    bob.client.open()
    bob.has_no_room(room)
    post([Post(room, keeper, f"{CANARY} later", "later")])
    bob.client.call("ping")
    assert CANARY not in str(bob.client.frames)
    server.wait(
        lambda runtime: all(one.person_id != bob.id for one in runtime.hub.topics[TopicKey("room", room)].connections())
    )


# --- the canary -----------------------------------------------------------------------------------------------------


class Secrets:
    """What was said in rooms that were not open, and who could have read it at some moment."""

    def __init__(self, places: list[Room], people: list[Person]) -> None:
        self.places = places
        self.people = people
        self.said: dict[int, set[str]] = {place.pk: set() for place in places}
        self.may: dict[int, set[str]] = {person.pk: set() for person in people}
        self.heard: dict[int, str] = {person.pk: "" for person in people}

    def look(self) -> None:
        """Whoever may read a room now may have read all that was said in it."""
        for room in Room.objects.filter(pk__in=self.said):
            for person in self.people:
                if can_read(person, room, membership_in(room.pk, person)):
                    self.may[person.pk] |= self.said[room.pk]

    def check(self) -> None:
        for person in self.people:
            heard = {word for words in self.said.values() for word in words if word in self.heard[person.pk]}
            assert heard <= self.may[person.pk], f"{person} heard {heard - self.may[person.pk]}"


@pytest.mark.parametrize("seed", range(4))
def test_nobody_hears_what_was_said_while_they_were_outside(
    seed: int, stage: Stage, server: ThreadServer, user: Callable[..., Actor]
) -> None:
    """Kinds and memberships change at random. Nobody ever hears a word that they could have read at no moment."""
    random = Random(seed)
    keeper = new_person("keeper")
    actors = {actor.id: actor for actor in (user(f"outsider{index}") for index in range(3))}
    people = list(Person.objects.filter(pk__in=actors))
    kinds = ("private", "public", "announcement")
    places = [rooms.create(person=keeper, name=f"Place {index}", kind=kind) for index, kind in enumerate(kinds)]
    places.append(rooms.converse(person=keeper, people=[new_person("other").pk]).room)
    secrets = Secrets(places, people)
    for step in range(40):
        place, person = random.choice(places), random.choice(people)
        change(random, keeper, place, person)
        secrets.look()
        word = f"{CANARY}{step}x"
        secrets.said[place.pk].add(word)
        (said,) = post([Post(place.pk, keeper, word, f"canary-{step}")])
        assert not isinstance(said, ChatError), said
        secrets.look()
        secrets.heard[person.pk] += pries(actors[person.pk], person, place, server)
    for person in people:
        actors[person.pk].client.call("ping")
        secrets.heard[person.pk] += str(actors[person.pk].client.frames)
    assert all(secrets.may.values()), "somebody was inside for a while, or nothing was tried"
    secrets.check()


def pries(actor: Actor, person: Person, place: Room, server: ThreadServer) -> str:
    """Asks for everything about a room; all that was answered beside the socket's frames."""
    fresh = Room.objects.get(pk=place.pk)
    for command, asked in (
        ("subscribe", {"room": place.pk}),
        ("subscribe", {"slug": fresh.slug}),
        ("messages", {"room": place.pk}),
        ("members", {"room": place.pk}),
        ("changes", {"room": place.pk, "since": 0}),
        ("message.versions", {"room": place.pk, "number": 1}),
        ("message.reactions", {"room": place.pk, "number": 1, "emoji": "🎉"}),
        ("pins", {"room": place.pk}),
        ("thread", {"room": place.pk, "root": 1}),
        ("message.edit", {"room": place.pk, "number": 1, "body": "mine"}),
        ("rooms", {"query": "place"}),
        ("changes", {"since": 0}),
    ):
        with suppress(Refused):
            actor.client.call(command, **asked)
    call, bearer, browser = over_a_server(server.address), bearer_of(person), Browser()
    browser.force_login(person.user)
    told = [call("GET", path, **bearer) for path in (room_at(place.pk), room_at(fresh.slug), "/api/v1/rooms")]
    pages = [browser.get(f"/rooms/{fresh.slug}/{number}") for number in ("", "1/")] + [browser.get("/")]
    return str([(one.headers, one.content) for one in told] + [(page.headers, page.content) for page in pages])


def change(random: Random, keeper: Person, place: Room, person: Person) -> None:
    """Something that the keeper does; what can't be is refused."""
    kind = random.choice(["private", "private", "public", "announcement"])
    acts: list[Callable[[], object]] = [
        lambda: rooms.configure(person=keeper, room_id=place.pk, kind=kind),
        lambda: members.invite(person=keeper, room_id=place.pk, people=[person.pk]),
        lambda: members.remove(person=keeper, room_id=place.pk, target_id=person.pk),
        lambda: rooms.join(person=person, room_id=place.pk),
        lambda: rooms.leave(person=person, room_id=place.pk),
    ]
    with suppress(ChatError):
        random.choice(acts)()
