"""The state before and what was published make the state after: for every action, of a room and of one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import Max
from django.utils import timezone
from tests.accounts import new_person, new_user
from tests.domain.conftest import Ear
from tests.domain.says import say

from groupchat import timeline
from groupchat.actions import members, memberships, messages, people, purging, reporting, rooms, sanctions
from groupchat.actions.adoption import adopt_guest
from groupchat.actions.following import follow
from groupchat.actions.guests import act_as_new_guest
from groupchat.actions.merging import carry_out, merge_guest
from groupchat.actions.messages import Post
from groupchat.actions.people import Guest, end_guest, end_sessions, person_of_guest, set_active
from groupchat.actions.pins import pin
from groupchat.actions.reactions import react
from groupchat.actions.saving import remind_some, save
from groupchat.actions.scheduling import cancel, change, schedule, send_now, send_some
from groupchat.actions.unreading import mark_unread
from groupchat.kinds import ROOM_KINDS
from groupchat.models import Person, Report, Room, ScheduledMessage
from groupchat.protocol import ChangesFrame, MyChangesFrame

Entities = dict[tuple[Any, ...], dict[str, Any]]


def entities(frame: ChangesFrame | MyChangesFrame) -> Entities:
    """All that a frame carries, by identity."""
    found: dict[str, Any] = dict(frame)
    lists: Iterable[tuple[str, Callable[[Any], tuple[Any, ...]]]] = (
        ("members", lambda one: (one["person"],)),
        ("messages", lambda one: (one["number"],)),
        ("notices", lambda one: (one["after"], one["kind"])),
        ("memberships", lambda one: (one["room"],)),
    )
    by_identity: Entities = {(name, *key(one)): one for name, key in lists for one in found.get(name, ())}
    if "order" in found:
        by_identity["order",] = found["order"]
    if "agenda" in found:
        by_identity["agenda",] = found["agenda"]
    if "info" in found:
        by_identity["info",] = found["info"]
    return by_identity


def state_of(room_id: int) -> tuple[int, Entities]:
    """A room's seq and everything in it."""
    changes = timeline.changes(room_id, 0)
    assert changes is not None
    return changes.frame["to"], entities(changes.frame)


def own_state_of(person_id: int) -> tuple[int, Entities]:
    changes = timeline.my_changes(person_id, 0)
    assert changes is not None
    return changes.frame["to"], entities(changes.frame)


class World:
    """Two rooms with some life in them."""

    def __init__(self) -> None:
        self.alice = new_person("alice")
        self.bob = new_person("bob")
        self.carol = new_person("carol")
        self.root = new_person("root", is_owner=True)
        self.guest = Guest(uuid4(), "Grace")
        self.lobby = rooms.create(person=self.alice, name="Lobby")
        self.cellar = rooms.create(person=self.alice, name="Cellar", kind=Room.Kind.PRIVATE, slug="X9")
        rooms.join(person=self.bob, room_id=self.lobby.pk)
        rooms.leave(person=self.bob, room_id=self.lobby.pk)
        rooms.set_topic(person=self.alice, room_id=self.lobby.pk, topic="before")
        say(self.alice, self.lobby, "one", id="one")
        say(self.carol, self.lobby, "two")
        messages.delete(person=self.alice, room_id=self.lobby.pk, number=2)
        say(self.alice, self.cellar, "three")


def post(world: World, *posts: tuple[Person | Guest, Room]) -> None:
    messages.post([Post(room.pk, who, "hi", f"p{index}") for index, (who, room) in enumerate(posts)])


def answers(world: World, *posts: tuple[Person | Guest, int]) -> None:
    said = [(who, {"reply_to": to}) for who, to in posts]
    messages.post([Post(world.lobby.pk, who, "so", uuid4().hex, parts=parts) for who, parts in said])


def hide(world: World) -> None:
    rooms.set_history(person=world.alice, room_id=world.lobby.pk, history="joined")


def the_report() -> Report:
    return Report.objects.get()


def to_send(id: str) -> int:
    return ScheduledMessage.objects.get(client_message_id=id).pk


def purge_all(person: Person, room: Room, target: Person) -> None:
    since = timezone.now() - timedelta(days=1)
    purge = purging.purge(person=person, room_id=room.pk, target_id=target.pk, since=since)
    while purging.purge_some(purge_id=purge.pk):
        pass


def merge(world: World, into: Person) -> None:
    post(world, (world.guest, world.lobby), (world.carol, world.lobby), (world.guest, world.lobby))
    guest = person_of_guest(guest=world.guest)
    own = rooms.create(person=guest, name="Engines")
    rooms.set_topic(person=guest, room_id=own.pk, topic="of difference")
    merge_guest(guest=guest, into=into)
    carry_out(guest_id=guest.pk, person_id=into.pk)


ACTIONS: dict[str, Callable[[World], object]] = {
    "enter a new room": lambda w: rooms.enter(person=w.alice, name="New"),
    "enter a known room": lambda w: rooms.enter(person=w.root, name="lobby"),
    "enter where one is": lambda w: rooms.enter(person=w.alice, name="lobby"),
    "create a private room": lambda w: rooms.create(person=w.bob, name="New", kind=Room.Kind.PRIVATE),
    "join": lambda w: rooms.join(person=w.root, room_id=w.lobby.pk),
    "join again": lambda w: rooms.join(person=w.bob, room_id=w.lobby.pk),
    "leave": lambda w: rooms.leave(person=w.carol, room_id=w.lobby.pk),
    "leave a private room": lambda w: rooms.leave(person=w.alice, room_id=w.cellar.pk),
    "rename": lambda w: rooms.rename(person=w.alice, room_id=w.lobby.pk, name="Hall"),
    "rename twice": lambda w: [
        rooms.rename(person=w.root, room_id=w.lobby.pk, name=name) for name in ("Hall", "Lobby")
    ],
    "set a topic": lambda w: rooms.set_topic(person=w.alice, room_id=w.lobby.pk, topic="after"),
    "take the topic away": lambda w: rooms.set_topic(person=w.root, room_id=w.lobby.pk, topic=""),
    "show newcomers nothing older": lambda w: [hide(w), rooms.join(person=w.bob, room_id=w.lobby.pk)],
    "show newcomers everything": lambda w: [
        hide(w),
        rooms.join(person=w.bob, room_id=w.lobby.pk),
        post(w, (w.bob, w.lobby), (w.guest, w.lobby)),
        rooms.set_history(person=w.alice, room_id=w.lobby.pk, history="all"),
    ],
    "show newcomers what one does": lambda w: rooms.set_history(person=w.alice, room_id=w.lobby.pk, history="all"),
    "post": lambda w: post(w, (w.alice, w.lobby)),
    "post as one who left": lambda w: post(w, (w.bob, w.lobby)),
    "post as a new guest": lambda w: post(w, (w.guest, w.lobby), (w.guest, w.lobby)),
    "post a batch": lambda w: post(
        w, (w.bob, w.lobby), (w.alice, w.cellar), (w.bob, w.cellar), (w.guest, w.lobby), (w.alice, w.lobby)
    ),
    "post behind what one has not seen": lambda w: post(w, (w.carol, w.lobby), (w.alice, w.lobby), (w.carol, w.lobby)),
    "post behind what one has just seen": lambda w: messages.post([Post(w.lobby.pk, w.alice, "hi", "s", 2)]),
    "post a duplicate": lambda w: say(w.alice, w.lobby, "one", id="one"),
    "post nothing but refusals": lambda w: post(w, (w.bob, w.cellar)),
    "edit": lambda w: messages.edit(person=w.alice, room_id=w.lobby.pk, number=1, body="new"),
    "delete": lambda w: messages.delete(person=w.root, room_id=w.lobby.pk, number=1),
    "delete a tombstone": lambda w: messages.delete(person=w.alice, room_id=w.lobby.pk, number=2),
    "react, and take it back": lambda w: [
        react(person=w.carol, room_id=w.lobby.pk, number=1, emoji=emoji, on=on)
        for emoji, on in (("🎉", True), ("👀", True), ("🎉", False))
    ],
    "pin a message, and unpin it": lambda w: [
        pin(person=w.carol, room_id=w.lobby.pk, number=1, on=on) for on in (True, True, False)
    ],
    "delete a pinned message": lambda w: [
        pin(person=w.carol, room_id=w.lobby.pk, number=1, on=True),
        messages.delete(person=w.alice, room_id=w.lobby.pk, number=1),
    ],
    "save a message, be reminded, keep it no more": lambda w: [
        save(person=w.carol, room_id=w.lobby.pk, number=1, remind_at=timezone.now() + timedelta(minutes=1)),
        remind_some(now=timezone.now() + timedelta(minutes=2)),
        save(person=w.carol, room_id=w.cellar.pk, number=1, on=False),
        save(person=w.carol, room_id=w.lobby.pk, number=1, on=False),
    ],
    "say something later": lambda w: (
        [
            schedule(
                person=w.carol,
                room_id=w.lobby.pk,
                body=id,
                at=timezone.now() + timedelta(minutes=1),
                client_message_id=id,
            )
            for id in ("sent", "changed", "cancelled", "at-once")
        ]
        + [
            change(person=w.carol, id=to_send("changed"), at=timezone.now() + timedelta(minutes=9)),
            cancel(person=w.carol, id=to_send("cancelled")),
            send_now(person=w.carol, id=to_send("at-once")),
            send_some(now=timezone.now() + timedelta(minutes=2)),
        ]
    ),
    "read": lambda w: memberships.read(person=w.alice, room_id=w.lobby.pk, number=2),
    "read again": lambda w: memberships.read(person=w.carol, room_id=w.lobby.pk, number=1),
    "read ahead, and mark as unread": lambda w: [
        post(w, *[(w.carol, w.lobby)] * 4, (w.alice, w.lobby)),
        memberships.read(person=w.alice, room_id=w.lobby.pk, number=None, numbers=[(4, 5)]),
        mark_unread(person=w.alice, room_id=w.lobby.pk, number=0),
        post(w, (w.alice, w.lobby)),
    ],
    "answer, answer that, delete one": lambda w: [
        answers(w, (w.carol, 1), (w.alice, 1)),
        answers(w, (w.carol, 3), (w.bob, 4), (w.guest, 1)),
        messages.delete(person=w.alice, room_id=w.lobby.pk, number=5),
        messages.delete(person=w.alice, room_id=w.lobby.pk, number=1),
        [messages.delete(person=w.alice, room_id=w.lobby.pk, number=number) for number in (3, 4, 6, 7)],
    ],
    "follow a thread": lambda w: [
        answers(w, (w.carol, 1)),
        follow(person=w.alice, room_id=w.lobby.pk, root=3, on=False),
    ],
    "order pinned rooms": lambda w: [
        memberships.pin(person=w.alice, room_id=w.lobby.pk, pinned=True),
        memberships.order(person=w.alice, room_ids=[w.lobby.pk]),
    ],
    "pin a room": lambda w: memberships.pin(person=w.alice, room_id=w.lobby.pk, pinned=True),
    "pin no room": lambda w: memberships.pin(person=w.alice, room_id=w.lobby.pk, pinned=False),
    "keep a draft": lambda w: memberships.set_draft(person=w.alice, room_id=w.lobby.pk, text="not yet"),
    "keep no draft": lambda w: memberships.set_draft(person=w.alice, room_id=w.lobby.pk, text=""),
    "switch somebody off": lambda w: set_active(person=w.bob, is_active=False),
    "make announcements": lambda w: rooms.create(person=w.bob, name="News", kind=Room.Kind.ANNOUNCEMENT, topic="new"),
    "begin a conversation": lambda w: rooms.converse(person=w.alice, people=[w.bob.pk]),
    "begin it twice": lambda w: [
        rooms.converse(person=one, people=[other.pk]) for one, other in ((w.alice, w.bob), (w.bob, w.alice))
    ],
    "leave a group and come back": lambda w: [
        rooms.leave(person=w.alice, room_id=rooms.converse(person=w.bob, people=[w.alice.pk, w.carol.pk]).room.pk),
        rooms.converse(person=w.alice, people=[w.bob.pk, w.carol.pk]),
    ],
    "change nothing": lambda w: rooms.configure(person=w.alice, room_id=w.lobby.pk, kind="public", topic="before"),
    "change all": lambda w: rooms.configure(person=w.root, room_id=w.lobby.pk, name="Den", topic="t", kind="private"),
    "slow, locked, shut": lambda w: [
        rooms.keep_order(person=w.alice, room_id=w.lobby.pk, slow_mode=30, locked=True, raid=60),
        post(w, (w.alice, w.lobby), (w.carol, w.lobby)),
        rooms.keep_order(person=w.alice, room_id=w.lobby.pk, locked=False, raid=0),
        post(w, (w.carol, w.lobby), (w.bob, w.lobby), (w.guest, w.lobby)),
    ],
    "open a room": lambda w: rooms.configure(person=w.alice, room_id=w.cellar.pk, kind="public"),
    "archive and open": lambda w: [
        rooms.archive(person=w.alice, room_id=w.lobby.pk, archived=archived) for archived in (True, True, False)
    ],
    "delete a room and bring it back": lambda w: [
        rooms.delete(person=w.alice, room_id=w.lobby.pk),
        rooms.restore(person=w.alice, room_id=w.lobby.pk),
    ],
    "invite": lambda w: members.invite(person=w.alice, room_id=w.cellar.pk, people=[w.bob.pk, w.carol.pk, w.alice.pk]),
    "send out": lambda w: members.remove(person=w.alice, room_id=w.lobby.pk, target_id=w.carol.pk),
    "send out who is out": lambda w: members.remove(person=w.alice, room_id=w.lobby.pk, target_id=w.bob.pk),
    "give a role": lambda w: members.give_role(
        person=w.alice, room_id=w.lobby.pk, target_id=w.carol.pk, role="moderator"
    ),
    "silence and let speak": lambda w: [
        sanctions.silence(person=w.alice, room_id=w.lobby.pk, target_id=w.carol.pk, seconds=seconds)
        for seconds in (60, 0)
    ],
    "ban and let in": lambda w: [
        sanctions.ban(person=w.alice, room_id=w.lobby.pk, target_id=w.carol.pk, seconds=60, reason="Spam"),
        sanctions.unban(person=w.alice, room_id=w.lobby.pk, target_id=w.carol.pk),
    ],
    "ban who never was there": lambda w: sanctions.ban(
        person=w.alice, room_id=w.lobby.pk, target_id=new_person("dora").pk
    ),
    "report, claim, resolve": lambda w: [
        members.give_role(person=w.alice, room_id=w.lobby.pk, target_id=w.carol.pk, role="moderator"),
        rooms.join(person=w.bob, room_id=w.lobby.pk),
        reporting.report(person=w.bob, room_id=w.lobby.pk, number=1),
        reporting.claim(person=w.carol, report_id=the_report().pk),
        reporting.resolve(person=w.carol, report_id=the_report().pk, outcome="acted"),
    ],
    "report, and go": lambda w: [
        rooms.join(person=w.bob, room_id=w.lobby.pk),
        post(w, (w.bob, w.lobby)),
        reporting.report(person=w.carol, room_id=w.lobby.pk, number=3),
        members.give_role(person=w.alice, room_id=w.lobby.pk, target_id=w.bob.pk, role="owner"),
        rooms.leave(person=w.alice, room_id=w.lobby.pk),
        members.remove(person=w.root, room_id=w.lobby.pk, target_id=w.bob.pk),
    ],
    "delete all of somebody's": lambda w: [
        rooms.join(person=w.bob, room_id=w.lobby.pk),
        post(w, *[(w.carol, w.lobby)] * 3, (w.bob, w.lobby)),
        purge_all(w.alice, w.lobby, w.carol),
    ],
    "sync the members": lambda w: memberships.sync(room=w.lobby, people={w.carol: "owner", w.bob: "reader"}),
    "send out the owner with others": lambda w: [
        memberships.add(room=w.lobby, people=[w.bob]),
        memberships.remove(room=w.lobby, people=[w.alice, w.carol]),
    ],
    "make a room for something": lambda w: rooms.for_object("order", name="Order", members=[w.alice, w.bob]),
    "bring back the room for something": lambda w: [
        rooms.delete(person=w.root, room_id=rooms.for_object("order", name="Order", kind="public").pk),
        rooms.for_object("order", name="Order"),
    ],
    "release a room": lambda w: [rooms.for_object("order", name="Order"), rooms.release("order", then="archive")],
    "call somebody otherwise": lambda w: people.update(person=w.alice, name="Alice L."),
    "the owner leaves": lambda w: rooms.leave(person=w.alice, room_id=w.lobby.pk),
    "the owner is deleted": lambda w: w.alice.user.delete() if w.alice.user else None,
    "end sessions": lambda w: end_sessions(person=w.alice),
    "a guest comes": lambda w: person_of_guest(guest=w.guest),
    "a guest joins first": lambda w: act_as_new_guest(guest=w.guest, action=rooms.join, room_id=w.lobby.pk),
    "a guest makes a room first": lambda w: act_as_new_guest(guest=w.guest, action=rooms.enter, name="New"),
    "a guest signs out": lambda w: [post(w, (w.guest, w.lobby)), end_guest(guest=w.guest)],
    "a guest signs up": lambda w: [post(w, (w.guest, w.lobby)), adopt_guest(guest=w.guest, user=new_user("grace"))],
    "a guest becomes a part of somebody who is there": lambda w: merge(w, w.alice),
    "a guest becomes a part of somebody who left": lambda w: merge(w, w.bob),
    "a guest becomes a part of somebody new to the room": lambda w: merge(w, w.root),
    "a guest who wrote nothing signs out": lambda w: end_guest(guest=w.guest),
}


@pytest.mark.parametrize("name", ACTIONS)
def test_state_before_and_changes_make_state_after(name: str, ear: Ear) -> None:
    world = World()
    ear.heard.clear()
    before = {room.pk: state_of(room.pk) for room in Room.objects.all()}
    own_before = {person.pk: own_state_of(person.pk) for person in Person.objects.all()}

    ACTIONS[name](world)

    for room in Room.objects.all():
        seq, state = before.get(room.pk, (0, {}))
        changes = timeline.changes(room.pk, seq)
        assert changes is not None
        for one in ear.of_room(room.pk):
            frame = one.frame
            assert frame["since"] == seq, "ranges join without a hole"
            arrived = entities(frame)
            assert sorted(entity["seq"] for entity in arrived.values()) == list(range(seq + 1, frame["to"] + 1))
            named = {person for _, person in names_of(arrived)}
            assert named <= {person["id"] for person in one.people}
            state, seq = state | arrived, frame["to"]
        assert (seq, state) == state_of(room.pk)
        # Who asks for the changes gets what the pushes brought.
        assert before.get(room.pk, (0, {}))[1] | entities(changes.frame) == state
        assert changes.frame["last_number"] == room.last_number
        # And no more is said to have moved than did.
        assert room.kinds_seq == room.seq
        for kind in ROOM_KINDS:
            rows = kind.model._default_manager.filter(room=room)
            last = rows.aggregate(last=Max("seq"))["last"] or 0
            assert last <= getattr(room, kind.seq_field) <= room.seq, kind.name
    for person in Person.objects.all():
        seq, state = own_before.get(person.pk, (0, {}))
        for mine in ear.of_person(person.pk):
            assert mine.frame["since"] == seq
            arrived = entities(mine.frame)
            seqs = sorted(entity["seq"] for entity in arrived.values())
            assert seqs == ([] if mine.sessions else list(range(seq + 1, mine.frame["to"] + 1)))
            state, seq = state | arrived, mine.frame["to"]
        told, present = own_state_of(person.pk)
        assert seq == told
        assert without_floors(without_own_posts(state, ear, person.pk)) == present


def names_of(arrived: Entities) -> Iterable[tuple[str, int]]:
    for key, entity in arrived.items():
        for member in ("author", "person", "actor"):
            if member in entity:
                yield key[0], entity[member]


def without_own_posts(state: Entities, ear: Ear, person_id: int) -> Entities:
    """One's own message directly behind the mark takes it along: what a client does by itself, for it has no seq in the
    own counter.
    """
    marked = {key: dict(entity) for key, entity in state.items()}
    for room in Room.objects.all():
        numbers = [
            message["number"]
            for one in ear.of_room(room.pk)
            for message in one.frame.get("messages", ())
            if message["author"] == person_id
        ]
        mine = marked.get(("memberships", room.pk))
        for number in sorted(numbers) if mine is not None else ():
            if number == mine["last_read_number"] + 1:
                mine["last_read_number"] = number
    return marked


def without_floors(state: Entities) -> Entities:
    """Where a room shows everything, nobody in it has a floor: a client forgets its own when the room says so."""
    shown = set(Room.objects.filter(history=Room.History.ALL).values_list("pk", flat=True))
    return {
        key: {**entity, "floor": 0} if key[0] == "memberships" and key[1] in shown else entity
        for key, entity in state.items()
    }


def test_every_action_is_tried() -> None:
    """A new verb must come into the table above."""
    import inspect

    from groupchat.actions import adoption, following, guests, merging, pins, reactions, saving, scheduling, unreading

    verbs = {
        name
        for module in (
            rooms,
            members,
            sanctions,
            reporting,
            purging,
            messages,
            reactions,
            pins,
            saving,
            scheduling,
            memberships,
            people,
            guests,
            adoption,
            merging,
            following,
            unreading,
        )
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__.startswith(module.__name__) and not name.startswith("_")
    }
    # They ask only, or have nothing to publish.
    looks = {"find", "id_of", "admit", "make_owner", "person_of_user", "person_of_username", "handle_of", "new_guest"}
    looks |= {"own_membership", "people_of", "usual_name", "find_for_object", "when_deleted"}
    looks |= {"is_somebody_to_remind", "is_something_to_send"}
    looks |= {"bring_back", "tell_members"}  # the parts of `restore`
    looks |= {"forget_resolved", "take_reports"}  # a periodic job; a part of `carry_out`
    looks |= {"taken_from", "guest_without_account", "id_after_merge", "connect", "free_handle"}
    # As `enter` and so on, for somebody at a door.
    asked_before = {f"{name}_limited" for name in ("enter", "create", "converse", "configure", "invite")}
    in_bulk = {"read_all", "react_all"}  # as `read` and `react`, for many
    assert verbs - looks - asked_before - in_bulk == {
        *("enter", "create", "converse", "join", "leave"),
        *("for_object", "release", "update", "sync_user"),
        *("configure", "rename", "set_topic", "set_history", "archive", "delete", "restore"),
        *("keep_order", "report", "claim", "resolve", "purge", "purge_some"),
        *("invite", "remove", "give_role", "ban", "unban", "silence"),
        *("take_name", "name_anew", "name_everywhere"),
        *("adopt_guest", "merge_guest", "carry_out", "take_membership", "take_messages", "take_notices"),
        *("react", "take_reactions", "pin", "recount_pins", "take_pins"),
        *("save", "remind_some", "schedule", "change", "cancel", "send_now", "send_some"),
        *("post", "edit", "delete", "read", "pin", "order", "raise_marks", "set_draft"),
        *("follow", "mark_unread"),
        *("person_of_guest", "act_as_new_guest", "end_guest", "end_sessions", "set_active"),
    }
