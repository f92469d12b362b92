"""Reactions: a state of their message, told to everyone; many at once are one change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.domain.conftest import Ear
from tests.domain.says import page, say
from tests.domain.test_queries import assert_by_index, statements

from groupchat import reactions, timeline
from groupchat.actions import merging, messages, rooms
from groupchat.actions.reactions import Reacting, react, react_all
from groupchat.emoji import known
from groupchat.errors import ChatError, Forbidden, Invalid, LimitReached, NotFound
from groupchat.floors import above
from groupchat.models import Membership, Message, MessageReaction, Person, Room
from groupchat.parts import message_resources, with_mine

pytestmark = pytest.mark.django_db

PARTY, HEART, WAVE = "🎉", "❤️", "👋🏽"


def reacts(person: Person, room: Room, number: int, emoji: str = PARTY, *, on: bool = True) -> int:
    return react(person=person, room_id=room.pk, number=number, emoji=emoji, on=on)


def told(ear: Ear, room: Room) -> list[dict[str, Any]]:
    """The messages of the last frame."""
    return list(ear.of_room(room.pk)[-1].frame["messages"])  # type: ignore[arg-type]


def shown(room: Room, number: int) -> list[tuple[str, int, list[int]]]:
    (found,) = message_resources(list(Message.objects.filter(room=room, number=number)))
    return [(one["emoji"], one["count"], one["people"]) for one in found.get("reactions", ())]


@pytest.fixture
def people(person: Callable[..., Person], lobby: Room) -> list[Person]:
    """Four who are in the lobby."""
    found = [person(f"p{index}") for index in range(4)]
    for one in found:
        rooms.join(person=one, room_id=lobby.pk)
    return found


# --- what is told -----------------------------------------------------------------------------------------------------


def test_who_reacted_is_told_live_later_and_in_order(
    alice: Person, people: list[Person], lobby: Room, ear: Ear
) -> None:
    number = say(alice, lobby).number
    reacts(people[1], lobby, number, HEART)
    reacts(people[0], lobby, number)
    seq = reacts(people[2], lobby, number, HEART)
    (live,) = told(ear, lobby)
    assert live["seq"] == seq == Room.objects.get(pk=lobby.pk).seq
    assert live["reactions"] == [
        {"emoji": HEART, "count": 2, "people": [people[1].pk, people[2].pk]},
        {"emoji": PARTY, "count": 1, "people": [people[0].pk]},
    ]
    assert page(alice, lobby.pk).messages[-1] == live
    changes = timeline.changes(lobby.pk, seq - 1)
    assert changes is not None
    assert changes.frame["messages"] == [live]
    named = {alice.pk, *(one.pk for one in people[:3])}
    assert {one["id"] for one in changes.people} == {one["id"] for one in ear.of_room(lobby.pk)[-1].people} == named
    assert named <= {one["id"] for one in page(alice, lobby.pk).people}


def test_saying_it_again_changes_nothing(alice: Person, lobby: Room, ear: Ear) -> None:
    number = say(alice, lobby).number
    seq = reacts(alice, lobby, number)
    ear.heard.clear()
    assert reacts(alice, lobby, number) == seq
    assert reacts(alice, lobby, number, HEART, on=False) == seq
    assert ear.heard == []


def test_with_the_last_one_the_message_is_a_plain_one_again(alice: Person, lobby: Room, ear: Ear) -> None:
    number = say(alice, lobby).number
    reacts(alice, lobby, number)
    reacts(alice, lobby, number, HEART)
    reacts(alice, lobby, number, on=False)
    assert shown(lobby, number) == [(HEART, 1, [alice.pk])]
    reacts(alice, lobby, number, HEART, on=False)
    assert "reactions" not in told(ear, lobby)[0]
    assert Message.objects.get(number=number).parts is None


def test_of_many_the_first_are_named_and_the_rest_come_page_by_page(
    alice: Person, people: list[Person], lobby: Room, settings: Any
) -> None:
    settings.GROUPCHAT = {**settings.GROUPCHAT, "MAX_REACTION_PEOPLE": 2, "MAX_PAGE_MEMBERS": 3}
    number = say(alice, lobby).number
    for one in people:
        reacts(one, lobby, number)
    ids = [one.pk for one in people]
    assert shown(lobby, number) == [(PARTY, 4, ids[:2])]
    first = reactions.reactions(alice, lobby.pk, number, PARTY)
    assert first.next is not None
    rest = reactions.reactions(alice, lobby.pk, number, PARTY, after=first.next)
    assert (first.ids, rest.ids, rest.next) == (ids[:3], ids[3:], None)
    assert [one["id"] for one in rest.people] == ids[3:]


def test_who_is_not_named_learns_what_is_theirs(
    alice: Person, people: list[Person], lobby: Room, settings: Any
) -> None:
    settings.GROUPCHAT = {**settings.GROUPCHAT, "MAX_REACTION_PEOPLE": 2}
    number = say(alice, lobby).number
    say(alice, lobby, "plain")
    for one in people:
        reacts(one, lobby, number)
        reacts(one, lobby, number, HEART)
    found = message_resources(list(Message.objects.order_by("number")))
    mine = {
        one.pk: [message.get("mine") for message in with_mine(lobby.pk, found, one.pk)]
        for one in (alice, people[0], people[3])
    }
    assert mine == {alice.pk: [[], None], people[0].pk: [None, None], people[3].pk: [[PARTY, HEART], None]}
    with statements() as asked:
        with_mine(lobby.pk, found[1:], people[3].pk)
    assert not asked


# --- what it costs ----------------------------------------------------------------------------------------------------


def many(alice: Person, lobby: Room, count: int) -> list[Person]:
    """People in the room, made quickly."""
    made = Person.objects.bulk_create(
        [Person(handle=f"crowd{index}", name=f"Crowd {index}", kind=Person.Kind.GUEST) for index in range(count)]
    )
    Membership.objects.bulk_create([Membership(room=lobby, person=one) for one in made])
    return made


def test_many_who_react_at_once_are_one_change_and_few_statements(alice: Person, lobby: Room, ear: Ear) -> None:
    number = say(alice, lobby).number
    crowd = many(alice, lobby, 500)
    counts = []
    for those in (crowd[:10], crowd[10:]):
        ear.heard.clear()
        before = Room.objects.get(pk=lobby.pk).seq
        wishes = [Reacting(person=one, room_id=lobby.pk, number=number, emoji=PARTY, on=True) for one in those]
        with statements() as asked:
            outcomes = react_all(wishes)
        assert outcomes == [before + 1] * len(those)
        assert len(ear.heard) == 1
        counts.append(len(asked))
    # The first ones find a message without reactions, so nobody asks which; SQLite takes some 200 rows a statement.
    assert counts[0] <= counts[1] <= counts[0] + 4
    assert shown(lobby, number) == [(PARTY, 500, [one.pk for one in crowd[:50]])]


def test_a_page_costs_one_statement_whatever_their_number(alice: Person, people: list[Person], lobby: Room) -> None:
    for _ in range(40):
        say(alice, lobby)
    with statements() as plain:
        page(alice, lobby.pk, limit=40)
    counts = []
    for numbers in (range(40, 41), range(1, 41)):
        for number in numbers:
            for one in people:
                reacts(one, lobby, number)
        with statements() as asked:
            page(alice, lobby.pk, limit=40)
        assert_by_index(asked)
        counts.append(len(asked))
    assert counts == [len(plain) + 1] * 2


def test_what_is_written_and_paged_is_found_by_index(alice: Person, people: list[Person], lobby: Room) -> None:
    number = say(alice, lobby).number
    reacts(alice, lobby, number)
    with statements() as asked:
        reacts(people[0], lobby, number)
        reacts(people[0], lobby, number, on=False)
        reactions.reactions(alice, lobby.pk, number, PARTY, after=1)
    assert_by_index(asked)


# --- in a batch each has its own answer -------------------------------------------------------------------------------


def test_in_a_batch_each_has_its_own_answer(
    alice: Person, bob: Person, people: list[Person], lobby: Room, cellar: Room, ear: Ear
) -> None:
    first, second = say(alice, lobby).number, say(alice, lobby, "two").number
    hidden = say(alice, cellar).number
    wishes: list[tuple[Person, Room, int, str, bool]] = [
        (people[0], lobby, first, PARTY, True),
        (bob, lobby, first, PARTY, True),  # who is not in the room
        (people[1], lobby, 99, PARTY, True),
        (people[1], lobby, second, "no", True),
        (people[1], cellar, hidden, PARTY, True),
        (people[2], lobby, first, HEART, True),
        (people[2], lobby, first, HEART, False),
        (alice, cellar, hidden, WAVE, True),
    ]
    ear.heard.clear()
    outcomes = react_all([Reacting(person=p, room_id=r.pk, number=n, emoji=e, on=on) for p, r, n, e, on in wishes])
    kinds = [type(one) for one in outcomes]
    assert kinds == [int, Forbidden, NotFound, Invalid, NotFound, int, int, int]
    assert shown(lobby, first) == [(PARTY, 1, [people[0].pk])]
    assert shown(cellar, hidden) == [(WAVE, 1, [alice.pk])]
    assert shown(lobby, second) == []
    assert len(ear.heard) == 2


# --- limits and rights ------------------------------------------------------------------------------------------------


def test_a_person_and_a_message_have_a_bound(alice: Person, people: list[Person], lobby: Room, settings: Any) -> None:
    settings.GROUPCHAT = {**settings.GROUPCHAT, "MAX_REACTIONS_PER_PERSON": 2, "MAX_REACTIONS_PER_MESSAGE": 3}
    number = say(alice, lobby).number
    reacts(alice, lobby, number)
    reacts(alice, lobby, number, HEART)
    with pytest.raises(LimitReached):
        reacts(alice, lobby, number, WAVE)
    reacts(people[0], lobby, number, WAVE)
    with pytest.raises(LimitReached):
        reacts(people[1], lobby, number, "👀")
    reacts(people[1], lobby, number, WAVE)  # one that is there already


@pytest.mark.parametrize("text", ["a", "🎉🎉", "🎉 ", "❤", "\x00", "1", "🏻", "thumbs up"])
def test_what_is_no_emoji_is_refused(text: str, alice: Person, lobby: Room) -> None:
    number = say(alice, lobby).number
    with pytest.raises(Invalid) as refused:
        reacts(alice, lobby, number, text)
    assert refused.value.field == "emoji"
    with pytest.raises(Invalid):
        reactions.reactions(alice, lobby.pk, number, text)


def test_all_emoji_that_there_are_fit_the_column() -> None:
    assert {PARTY, HEART, WAVE, "👍", "✅", "🇩🇪", "👩🏽‍🤝‍👨🏿"} <= known()
    most = MessageReaction._meta.get_field("emoji").max_length or 0
    assert len(known()) > 3500
    assert max(map(len, known())) <= most


def test_who_may_not_write_may_not_react(alice: Person, bob: Person, lobby: Room) -> None:
    number = say(alice, lobby).number
    with pytest.raises(Forbidden) as refused:
        reacts(bob, lobby, number)
    assert refused.value.why == "member"
    rooms.join(person=bob, room_id=lobby.pk)
    reacts(bob, lobby, number)
    mine = Membership.objects.filter(person=bob)
    mine.update(role=Membership.Role.READER)
    for on in (True, False):
        with pytest.raises(Forbidden):
            reacts(bob, lobby, number, on=on)
    mine.update(role=Membership.Role.MEMBER, silenced_until=timezone.now() + timedelta(hours=1))
    with pytest.raises(Forbidden):
        reacts(bob, lobby, number, HEART)
    mine.update(silenced_until=None)
    Room.objects.filter(pk=lobby.pk).update(archived_at=timezone.now())
    with pytest.raises(Forbidden):
        reacts(bob, lobby, number, HEART)


def test_who_may_not_see_a_message_does_not_react_to_it(alice: Person, bob: Person, lobby: Room, cellar: Room) -> None:
    number = say(alice, lobby).number
    Room.objects.filter(pk=lobby.pk).update(history=Room.History.JOINED)
    rooms.join(person=bob, room_id=lobby.pk)
    for read_or_write in (reacts, lambda *where: reactions.reactions(bob, lobby.pk, number, PARTY)):
        with pytest.raises(NotFound):
            read_or_write(bob, lobby, number)
    seen = say(alice, lobby).number
    reacts(bob, lobby, seen)
    hidden = say(alice, cellar).number
    with pytest.raises(NotFound):
        reacts(bob, cellar, hidden)
    with pytest.raises(NotFound):
        reactions.reactions(bob, cellar.pk, hidden, PARTY)


def test_below_a_floor_nobody_is_named_who_only_reacted_there(alice: Person, people: list[Person], lobby: Room) -> None:
    old, new = say(alice, lobby).number, say(alice, lobby).number
    since = Room.objects.get(pk=lobby.pk).seq
    reacts(people[0], lobby, old)
    reacts(people[1], lobby, new)
    changes = timeline.changes(lobby.pk, since)
    assert changes is not None
    assert {one["id"] for one in above(changes, new).people} == {alice.pk, people[1].pk}


# --- and in the end ---------------------------------------------------------------------------------------------------


def test_a_deleted_message_has_none_and_gets_none(alice: Person, people: list[Person], lobby: Room, ear: Ear) -> None:
    number = say(alice, lobby).number
    reacts(people[0], lobby, number)
    messages.delete(person=alice, room_id=lobby.pk, number=number)
    assert "reactions" not in told(ear, lobby)[0]
    assert not MessageReaction.objects.exists()
    with pytest.raises(NotFound):
        reacts(people[0], lobby, number, HEART)


def test_with_a_guest_who_gets_an_account_go_their_reactions(
    alice: Person, bob: Person, guest: Callable[..., Person], lobby: Room, ear: Ear
) -> None:
    first, second = say(alice, lobby).number, say(alice, lobby).number
    visitor = guest("visitor")
    for one in (visitor, bob):
        rooms.join(person=one, room_id=lobby.pk)
        reacts(one, lobby, first)
    reacts(visitor, lobby, second, HEART)
    merging.merge_guest(guest=visitor, into=bob)
    for _ in range(2):  # begun anew after a crash
        merging.carry_out(guest_id=visitor.pk, person_id=bob.pk)
    assert shown(lobby, first) == [(PARTY, 1, [bob.pk])]
    assert shown(lobby, second) == [(HEART, 1, [bob.pk])]
    assert told(ear, lobby)[-1]["reactions"][0]["people"] == [bob.pk]


def test_who_is_merged_comes_back_with_the_account(
    alice: Person, bob: Person, guest: Callable[..., Person], lobby: Room
) -> None:
    number = say(alice, lobby).number
    visitor = guest("visitor")
    rooms.join(person=visitor, room_id=lobby.pk)
    merging.merge_guest(guest=visitor, into=bob)
    with pytest.raises(ChatError) as refused:
        reacts(visitor, lobby, number)
    assert refused.value.code == "unavailable"


def test_two_of_the_same_can_not_stand_in_the_table(alice: Person, lobby: Room) -> None:
    number = say(alice, lobby).number
    reacts(alice, lobby, number)
    row = MessageReaction.objects.get()
    again = MessageReaction(room=lobby, number=number, person=alice, emoji=row.emoji, at=row.at)
    MessageReaction.objects.bulk_create([again], ignore_conflicts=True)
    assert MessageReaction.objects.count() == 1
