"""Who is brought in, who is sent out, who is what; and who has a room when its owner goes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from tests.domain.conftest import Ear
from tests.domain.says import membership, rows, say

from groupchat.actions import members, rooms, sanctions
from groupchat.actions.people import Guest, end_guest, set_active
from groupchat.errors import Forbidden, Invalid, NotFound
from groupchat.models import Membership, Person, Room

Role, State = Membership.Role, Membership.State


@pytest.fixture
def carol(person: Callable[..., Person]) -> Person:
    return person("carol")


def test_who_is_brought_in_is_a_member_and_hears_of_it(
    alice: Person, bob: Person, carol: Person, cellar: Room, ear: Ear
) -> None:
    say(alice, cellar, "before")
    ear.heard.clear()
    assert members.invite(person=alice, room_id=cellar.pk, people=[bob.pk, alice.pk, carol.pk]) == [bob.pk, carol.pk]
    (changes,) = ear.of_room(cellar.pk)
    assert [one["person"] for one in changes.frame["members"]] == [bob.pk, carol.pk]
    for one in (bob, carol):
        (mine,) = ear.of_person(one.pk)
        assert [state["room"]["id"] for state in mine.frame["rooms"]] == [cellar.pk]
        assert membership(one, cellar).last_read_number == 1, "what was said before is read"
    assert ear.of_person(alice.pk) == []
    before = rows()
    assert members.invite(person=alice, room_id=cellar.pk, people=[bob.pk]) == []
    assert rows() == before


def test_where_one_can_not_be_brought_in_nobody_is(alice: Person, bob: Person, carol: Person, cellar: Room) -> None:
    members.invite(person=alice, room_id=cellar.pk, people=[carol.pk])
    Membership.objects.filter(room=cellar, person=carol).update(state=State.BANNED)
    before = rows()
    for people, error in (([bob.pk, 10**9], NotFound), ([bob.pk, carol.pk], Forbidden)):
        with pytest.raises(error) as refused:
            members.invite(person=alice, room_id=cellar.pk, people=people)
        assert refused.value.field == "people"
    with override_settings(GROUPCHAT={"MAX_INVITED_PEOPLE": 1}), pytest.raises(Invalid, match="at most 1"):
        members.invite(person=alice, room_id=cellar.pk, people=[bob.pk, carol.pk])
    set_active(person=bob, is_active=False)
    before = rows()
    with pytest.raises(NotFound):
        members.invite(person=alice, room_id=cellar.pk, people=[bob.pk])
    assert rows() == before


def test_who_was_sent_out_is_out_and_may_come_back_where_it_is_open(
    alice: Person, bob: Person, lobby: Room, cellar: Room, ear: Ear
) -> None:
    for room in (lobby, cellar):
        members.invite(person=alice, room_id=room.pk, people=[bob.pk])
        members.give_role(person=alice, room_id=room.pk, target_id=bob.pk, role="moderator")
        ear.heard.clear()
        members.remove(person=alice, room_id=room.pk, target_id=bob.pk)
        (changes,) = ear.of_room(room.pk)
        assert set(changes.out) == {bob.pk}
        (mine,) = ear.of_person(bob.pk)
        assert mine.frame["memberships"][0]["state"] == "kicked"
        before = rows()
        members.remove(person=alice, room_id=room.pk, target_id=bob.pk)
        assert rows() == before
    rooms.join(person=bob, room_id=lobby.pk)
    assert membership(bob, lobby).role == Role.MEMBER, "what they were is lost"
    with pytest.raises(NotFound):
        rooms.join(person=bob, room_id=cellar.pk)


def test_a_reader_who_was_sent_out_comes_back_as_a_reader(alice: Person, bob: Person, lobby: Room) -> None:
    members.invite(person=alice, room_id=lobby.pk, people=[bob.pk])
    members.give_role(person=alice, room_id=lobby.pk, target_id=bob.pk, role="reader")
    members.remove(person=alice, room_id=lobby.pk, target_id=bob.pk)
    rooms.join(person=bob, room_id=lobby.pk)
    assert membership(bob, lobby).role == Role.READER


def test_nobody_sends_out_whom_they_are_not_above(
    alice: Person, bob: Person, carol: Person, lobby: Room, person: Callable[..., Person]
) -> None:
    root = person("root", is_owner=True)
    members.invite(person=alice, room_id=lobby.pk, people=[bob.pk, carol.pk])
    for one in (bob, carol):
        members.give_role(person=alice, room_id=lobby.pk, target_id=one.pk, role="moderator")
    for who, whom in ((bob, carol), (bob, alice), (bob, bob), (alice, alice)):
        with pytest.raises(Forbidden) as refused:
            members.remove(person=who, room_id=lobby.pk, target_id=whom.pk)
        assert refused.value.why == "rank"
    rooms.join(person=root, room_id=lobby.pk)
    with pytest.raises(Forbidden):
        members.remove(person=alice, room_id=lobby.pk, target_id=root.pk)
    members.remove(person=root, room_id=lobby.pk, target_id=alice.pk)
    assert membership(alice, lobby).state == State.KICKED


def test_the_last_owner_stays_one_until_somebody_else_is(alice: Person, bob: Person, lobby: Room) -> None:
    members.invite(person=alice, room_id=lobby.pk, people=[bob.pk])
    with pytest.raises(Forbidden) as refused:
        members.give_role(person=alice, room_id=lobby.pk, target_id=alice.pk, role="member")
    assert refused.value.why == "last_owner"
    members.give_role(person=alice, room_id=lobby.pk, target_id=bob.pk, role="owner")
    members.give_role(person=alice, room_id=lobby.pk, target_id=alice.pk, role="member")
    assert (membership(alice, lobby).role, membership(bob, lobby).role) == (Role.MEMBER, Role.OWNER)


def test_a_role_is_one_of_four_and_of_who_is_there(alice: Person, bob: Person, lobby: Room) -> None:
    with pytest.raises(NotFound):
        members.give_role(person=alice, room_id=lobby.pk, target_id=bob.pk, role="moderator")
    with pytest.raises(Invalid):
        members.give_role(person=alice, room_id=lobby.pk, target_id=alice.pk, role="king")


# --- who has it next --------------------------------------------------------------------------------------------------


def go_by_leaving(owner: Person, room: Room) -> None:
    rooms.leave(person=owner, room_id=room.pk)


def go_by_account(owner: Person, room: Room) -> None:
    assert owner.user is not None
    owner.user.delete()


@pytest.mark.parametrize("go", [go_by_leaving, go_by_account])
def test_a_room_whose_owner_goes_is_the_next_ones(
    go: Callable[[Person, Room], None],
    alice: Person,
    bob: Person,
    carol: Person,
    guest: Callable[..., Person],
    lobby: Room,
    ear: Ear,
) -> None:
    grace = guest("Grace")
    members.invite(person=alice, room_id=lobby.pk, people=[grace.pk, bob.pk, carol.pk])
    members.give_role(person=alice, room_id=lobby.pk, target_id=carol.pk, role="moderator")
    ear.heard.clear()
    go(alice, lobby)
    assert {one.person_id: one.role for one in Membership.objects.filter(room=lobby, state=State.JOINED)} == {
        grace.pk: Role.MEMBER,
        bob.pk: Role.MEMBER,
        carol.pk: Role.OWNER,
    }
    (changes,) = ear.of_room(lobby.pk)
    assert {(one["person"], one["role"]) for one in changes.frame["members"]} >= {(carol.pk, "owner")}
    (mine,) = ear.of_person(carol.pk)
    assert mine.frame["memberships"][0]["role"] == "owner"


@pytest.mark.parametrize("how", ["sent out", "banned"])
def test_a_room_whose_owner_is_sent_out_is_the_next_ones(
    how: str, alice: Person, bob: Person, carol: Person, lobby: Room, person: Callable[..., Person], ear: Ear
) -> None:
    root = person("root", is_owner=True)
    members.invite(person=alice, room_id=lobby.pk, people=[carol.pk, bob.pk])
    members.give_role(person=alice, room_id=lobby.pk, target_id=bob.pk, role="moderator")
    ear.heard.clear()
    act = members.remove if how == "sent out" else sanctions.ban
    act(person=root, room_id=lobby.pk, target_id=alice.pk)
    assert (membership(bob, lobby).role, membership(carol, lobby).role) == (Role.OWNER, Role.MEMBER)
    assert [mine.frame["memberships"][0]["role"] for mine in ear.of_person(bob.pk)] == ["owner"]
    assert ear.of_person(carol.pk) == []


def test_among_members_the_one_who_is_there_longest(alice: Person, bob: Person, carol: Person, lobby: Room) -> None:
    rooms.join(person=carol, room_id=lobby.pk)
    rooms.join(person=bob, room_id=lobby.pk)
    rooms.leave(person=alice, room_id=lobby.pk)
    assert membership(carol, lobby).role == Role.OWNER


def test_where_there_is_another_owner_nothing_is_given_on(
    alice: Person, bob: Person, carol: Person, lobby: Room
) -> None:
    members.invite(person=alice, room_id=lobby.pk, people=[bob.pk, carol.pk])
    members.give_role(person=alice, room_id=lobby.pk, target_id=carol.pk, role="owner")
    rooms.leave(person=alice, room_id=lobby.pk)
    assert membership(bob, lobby).role == Role.MEMBER


def test_nobody_who_is_gone_gets_a_room(alice: Person, bob: Person, carol: Person, lobby: Room) -> None:
    members.invite(person=alice, room_id=lobby.pk, people=[bob.pk, carol.pk])
    set_active(person=bob, is_active=False)
    rooms.leave(person=alice, room_id=lobby.pk)
    assert (membership(bob, lobby).role, membership(carol, lobby).role) == (Role.MEMBER, Role.OWNER)


def test_an_empty_room_is_its_owners_when_they_come_back(alice: Person, lobby: Room) -> None:
    rooms.leave(person=alice, room_id=lobby.pk)
    rooms.join(person=alice, room_id=lobby.pk)
    assert membership(alice, lobby).role == Role.OWNER


@pytest.mark.parametrize("many", [2, 40])
def test_bringing_in_many_costs_statements_by_the_person_and_no_more(
    many: int, alice: Person, cellar: Room, person: Callable[..., Person]
) -> None:
    ids = [person("many").pk for _ in range(many)]
    with CaptureQueriesContext(connection) as captured:
        members.invite(person=alice, room_id=cellar.pk, people=ids)
    assert len(captured) <= 14 + 4 * many


def test_a_guest_who_goes_gives_their_room_on(alice: Person) -> None:
    from uuid import uuid4

    from groupchat.actions.people import person_of_guest

    guest = Guest(uuid4(), "Grace")
    grace = person_of_guest(guest=guest)
    room = rooms.enter(person=grace, name="Tea").room
    rooms.join(person=alice, room_id=room.pk)
    end_guest(guest=guest)
    assert membership(alice, room).role == Role.OWNER
