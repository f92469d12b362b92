"""Making, joining, leaving; names and topics leave a quiet line that is never unread."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from tests.domain.conftest import Ear
from tests.domain.says import membership, say, unread

from groupchat.actions import messages, rooms
from groupchat.actions.guests import act_as_new_guest
from groupchat.actions.people import Guest, person_of_guest, set_active
from groupchat.errors import Forbidden, NotFound, TooLong
from groupchat.identity import new_guest
from groupchat.models import Membership, Notice, Person, Room


def test_whoever_makes_a_room_owns_it(alice: Person) -> None:
    entered = rooms.enter(person=alice, name="Lobby")
    assert entered.created
    assert entered.membership.role == Membership.Role.OWNER
    assert (entered.room.kind, entered.room.created_by) == (Room.Kind.PUBLIC, alice)
    assert (entered.room.seq, entered.room.last_number, entered.room.info_seq, entered.membership.seq) == (2, 0, 1, 2)


def test_a_guest_who_makes_a_room_owns_it_and_no_other(guest: Callable[..., Person], lobby: Room) -> None:
    entered, grace = act_as_new_guest(guest=new_guest(name="Grace"), action=rooms.enter, name="Tea")
    assert entered.created
    assert (grace.kind, entered.membership.role) == (Person.Kind.GUEST, Membership.Role.OWNER)
    assert rooms.set_topic(person=grace, room_id=entered.room.pk, topic="Green or black?").topic == "Green or black?"
    assert rooms.rename(person=grace, room_id=entered.room.pk, name="Teatime").name == "Teatime"
    other = guest("Other")
    say(other, entered.room, "coffee")
    rooms.join(person=grace, room_id=lobby.pk)
    for one, room in ((other, entered.room), (grace, lobby)):
        with pytest.raises(Forbidden):
            rooms.set_topic(person=one, room_id=room.pk, topic="Mine")
    assert messages.delete(person=grace, room_id=entered.room.pk, number=1).deleted_at is not None


def test_a_guest_who_left_their_room_rules_it_when_they_are_back(guest: Callable[..., Person]) -> None:
    grace = guest("Grace")
    room = rooms.enter(person=grace, name="Tea").room
    rooms.leave(person=grace, room_id=room.pk)
    with pytest.raises(Forbidden):
        rooms.set_topic(person=grace, room_id=room.pk, topic="From outside")
    rooms.join(person=grace, room_id=room.pk)
    assert rooms.set_topic(person=grace, room_id=room.pk, topic="Back").topic == "Back"


def test_a_guest_never_rules_the_site(guest: Callable[..., Person], lobby: Room) -> None:
    grace = guest("Grace")
    rooms.join(person=grace, room_id=lobby.pk)
    Person.objects.filter(pk=grace.pk).update(is_owner=True)
    grace.refresh_from_db()
    with pytest.raises(Forbidden):
        rooms.set_topic(person=grace, room_id=lobby.pk, topic="Mine")


def test_entering_again_writes_nothing(alice: Person, lobby: Room, ear: Ear) -> None:
    before = Room.objects.values().get(), Membership.objects.values().get(), Person.objects.values().get(pk=alice.pk)
    entered = rooms.enter(person=alice, name="lobby")
    assert not entered.created
    assert entered.membership.role == Membership.Role.OWNER
    assert before == (
        Room.objects.values().get(),
        Membership.objects.values().get(),
        Person.objects.values().get(pk=alice.pk),
    )
    assert ear.heard == []


def test_what_was_said_before_one_came_is_read(alice: Person, bob: Person, lobby: Room) -> None:
    for _ in range(3):
        say(alice, lobby)
    rooms.join(person=bob, room_id=lobby.pk)
    assert unread(bob, lobby) == 0
    say(alice, lobby)
    assert unread(bob, lobby) == 1


def test_leaving_is_a_state_and_coming_back_another(bob: Person, lobby: Room) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    rooms.leave(person=bob, room_id=lobby.pk)
    left = membership(bob, lobby)
    assert left is not None
    assert left.state == Membership.State.LEFT
    rooms.join(person=bob, room_id=lobby.pk)
    back = membership(bob, lobby)
    assert back is not None
    assert (back.pk, back.state) == (left.pk, Membership.State.JOINED)
    assert back.seq > left.seq
    assert back.person_seq > left.person_seq


@pytest.mark.parametrize("comes_by", ["a door", "a word"])
def test_an_owner_who_comes_back_owns_the_room_again(comes_by: str, alice: Person, lobby: Room) -> None:
    rooms.leave(person=alice, room_id=lobby.pk)
    with pytest.raises(Forbidden):
        rooms.set_topic(person=alice, room_id=lobby.pk, topic="From outside")
    if comes_by == "a door":
        rooms.join(person=alice, room_id=lobby.pk)
    else:
        say(alice, lobby)
    assert rooms.set_topic(person=alice, room_id=lobby.pk, topic="Mine").topic == "Mine"


def test_an_owner_who_was_sent_out_comes_back_as_a_member(alice: Person, lobby: Room) -> None:
    Membership.objects.filter(person=alice).update(state=Membership.State.KICKED)
    assert rooms.enter(person=alice, name="Lobby").membership.role == Membership.Role.MEMBER
    with pytest.raises(Forbidden):
        rooms.set_topic(person=alice, room_id=lobby.pk, topic="Mine")


@pytest.mark.parametrize("joined_before", [True, False])
def test_leaving_a_room_that_one_is_not_in_changes_nothing(
    joined_before: bool, bob: Person, lobby: Room, ear: Ear
) -> None:
    if joined_before:
        rooms.join(person=bob, room_id=lobby.pk)
        rooms.leave(person=bob, room_id=lobby.pk)
    ear.heard.clear()
    seq = Room.objects.get().seq
    rooms.leave(person=bob, room_id=lobby.pk)
    assert Room.objects.get().seq == seq
    assert ear.heard == []


def test_quiet_lines_are_never_unread(alice: Person, bob: Person, lobby: Room) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    say(alice, lobby)
    assert unread(bob, lobby) == 1
    rooms.rename(person=alice, room_id=lobby.pk, name="Hall")
    rooms.set_topic(person=alice, room_id=lobby.pk, topic="All of us")
    assert unread(bob, lobby) == 1
    lines = Notice.objects.order_by("seq").values_list("after", "kind", "text", "actor")
    assert list(lines) == [(1, "renamed", "Hall", alice.pk), (1, "topic", "All of us", alice.pk)]


def test_one_quiet_line_of_a_kind_at_each_place(alice: Person, lobby: Room) -> None:
    for topic in ("a", "b", "", "c"):
        rooms.set_topic(person=alice, room_id=lobby.pk, topic=topic)
    assert list(Notice.objects.values_list("after", "text")) == [(0, "c")]
    say(alice, lobby)
    rooms.set_topic(person=alice, room_id=lobby.pk, topic="d")
    assert list(Notice.objects.order_by("after").values_list("after", "text")) == [(0, "c"), (1, "d")]


@pytest.mark.parametrize("change", ["name", "topic"])
def test_the_same_again_changes_nothing(change: str, alice: Person, lobby: Room, ear: Ear) -> None:
    rooms.set_topic(person=alice, room_id=lobby.pk, topic="All of us")
    ear.heard.clear()
    if change == "name":
        rooms.rename(person=alice, room_id=lobby.pk, name=" Lobby ")
    else:
        rooms.set_topic(person=alice, room_id=lobby.pk, topic="All  of us")
    assert ear.heard == []
    assert Notice.objects.count() == 1


def test_a_topic_has_a_limit_and_one_line(alice: Person, lobby: Room) -> None:
    assert rooms.set_topic(person=alice, room_id=lobby.pk, topic=" two\n lines ").topic == "two lines"
    rooms.set_topic(person=alice, room_id=lobby.pk, topic="x" * 250)
    with pytest.raises(TooLong) as refused:
        rooms.set_topic(person=alice, room_id=lobby.pk, topic="x" * 251)
    assert refused.value.field == "topic"
    assert rooms.set_topic(person=alice, room_id=lobby.pk, topic=" \n ").topic == ""


def test_the_owner_of_the_site_rules_every_public_room(person: Callable[..., Person], lobby: Room) -> None:
    root = person("root", is_owner=True)
    assert rooms.rename(person=root, room_id=lobby.pk, name="Hall").name == "Hall"
    assert rooms.set_topic(person=root, room_id=lobby.pk, topic="Rules").topic == "Rules"


def test_a_private_room_is_unknown_to_others(bob: Person, person: Callable[..., Person], cellar: Room) -> None:
    for stranger in (bob, person("root", is_owner=True)):
        for action in (
            lambda who: rooms.join(person=who, room_id=cellar.pk),
            lambda who: rooms.rename(person=who, room_id=cellar.pk, name="Mine"),
            lambda who: rooms.set_topic(person=who, room_id=cellar.pk, topic="Mine"),
        ):
            with pytest.raises(NotFound):
                action(stranger)
    assert membership(bob, cellar) is None


def test_whoever_left_a_private_room_can_not_come_back_alone(alice: Person, cellar: Room) -> None:
    rooms.leave(person=alice, room_id=cellar.pk)
    with pytest.raises(NotFound):
        rooms.join(person=alice, room_id=cellar.pk)


@pytest.mark.parametrize("state", [Membership.State.BANNED, Membership.State.KICKED])
def test_banned_people_stay_out_and_kicked_ones_may_return(state: str, bob: Person, lobby: Room) -> None:
    rooms.join(person=bob, room_id=lobby.pk)
    Membership.objects.filter(person=bob).update(state=state)
    if state == Membership.State.BANNED:
        with pytest.raises(Forbidden):
            rooms.join(person=bob, room_id=lobby.pk)
        with pytest.raises(Forbidden):
            rooms.enter(person=bob, name="Lobby")
    else:
        assert rooms.enter(person=bob, name="Lobby").membership.state == Membership.State.JOINED


def test_whoever_is_switched_off_does_nothing(alice: Person, lobby: Room) -> None:
    set_active(person=alice, is_active=False)
    alice.refresh_from_db()
    for action in (
        lambda: rooms.enter(person=alice, name="Attic"),
        lambda: rooms.join(person=alice, room_id=lobby.pk),
        lambda: rooms.rename(person=alice, room_id=lobby.pk, name="Hall"),
        lambda: rooms.set_topic(person=alice, room_id=lobby.pk, topic="Off"),
    ):
        with pytest.raises(Forbidden):
            action()
    assert Room.objects.count() == 1


@pytest.mark.parametrize("action", [rooms.join, rooms.leave])
def test_a_room_that_does_not_exist(action: Callable[..., object], alice: Person) -> None:
    with pytest.raises(NotFound):
        action(person=alice, room_id=2**62)


def test_a_guest_is_the_same_person_ever_after() -> None:
    someone = Guest(uuid4(), "Grace")
    first = person_of_guest(guest=someone)
    assert person_of_guest(guest=Guest(someone.id, "Another name")) == first
    assert (first.kind, first.name, first.handle, first.user_id) == (Person.Kind.GUEST, "Grace", "grace", None)


def test_handles_are_unique_and_folded(guest: Callable[..., Person]) -> None:
    handles = [
        guest(name).handle for name in ["Ada L", "ada l", "ADA  L", "Ada L", "Ada L", "Ada L", "日本", "!!", "!?"]
    ]
    assert handles == ["ada-l", "ada-l2", "ada-l3", "ada-l4", "ada-l5", "ada-l6", "日本", "guest", "guest2"]
