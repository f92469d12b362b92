"""Who is switched off, gone or signed out: what the tables say of them, and what it costs to know."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.accounts import new_person, new_user

from groupchat import timeline
from groupchat.actions import accounts, bulk_sql, people, rooms, sql, tokens
from groupchat.actions.messages import Post, post
from groupchat.actions.people import Guest, end_guest, person_of_guest, person_of_user
from groupchat.errors import ChatError, Forbidden
from groupchat.identity import new_guest
from groupchat.models import Membership, Message, Person, Room, Token

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def guest() -> Guest:
    return new_guest(name="Grace")


def queries(captured: CaptureQueriesContext) -> list[str]:
    return [one["sql"] for one in captured.captured_queries if "groupchat" in one["sql"]]


def listed(room: Room) -> int:
    return timeline.members(Room.objects.get(pk=room.pk)).count


# --- gone for good ------------------------------------------------------------------------------------------------


def test_a_guest_who_signs_out_leaves_all_rooms(guest: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "ROOMS_AT_ONCE", 3)
    grace, ada = person_of_guest(guest=guest), new_person("ada")
    many = [rooms.enter(person=ada, name=f"Room {index}").room for index in range(8)]
    for room in many:
        rooms.join(person=grace, room_id=room.pk)
    post([Post(many[0].pk, grace, "what they wrote stays", "m1")])
    seqs = {room.pk: Room.objects.get(pk=room.pk).seq for room in many}
    with CaptureQueriesContext(
        connection,
    ) as captured:
        end_guest(guest=guest)
    assert sum("BEGIN" in one["sql"] for one in captured.captured_queries) == 1 + 3 + 1  # out; three, three, two; none
    for room in many:
        assert listed(room) == 1
        membership = Membership.objects.get(room=room, person=grace)
        assert (membership.state, membership.seq) == (Membership.State.LEFT, seqs[room.pk] + 1)
        changes = timeline.changes(room.pk, seqs[room.pk])
        assert changes is not None
        assert set(changes.out) == {grace.pk}
    assert Message.objects.get().author == grace


def test_a_guest_who_signs_out_twice_is_out_once(guest: Guest) -> None:
    grace = person_of_guest(guest=guest)
    room = rooms.enter(person=grace, name="Lobby").room
    end_guest(guest=guest)
    seq, at = Room.objects.get(pk=room.pk).seq, Person.objects.get(pk=grace.pk).signed_out_at
    end_guest(guest=guest)
    assert Room.objects.get(pk=room.pk).seq == seq
    assert Person.objects.get(pk=grace.pk).signed_out_at == at


def test_a_deleted_account_leaves_all_rooms_with_the_commit() -> None:
    ada, bob = new_person("ada"), new_person("bob")
    room = rooms.enter(person=bob, name="Lobby").room
    rooms.join(person=ada, room_id=room.pk)
    assert ada.user is not None
    ada.user.delete()
    assert listed(room) == 1
    left = Person.objects.get(pk=ada.pk)
    assert (left.user, left.account_active, left.is_admitted) == (None, False, False)


def test_those_whom_a_crash_left_in_the_lists_are_found(guest: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    grace, ada, stays = person_of_guest(guest=guest), new_person("ada"), person_of_guest(guest=new_guest(name="Stays"))
    room = rooms.enter(person=ada, name="Lobby").room
    for one in (grace, stays):
        rooms.join(person=one, room_id=room.pk)
    assert ada.user is not None
    type(ada.user)._default_manager.filter(pk=ada.user.pk).update(is_active=False)
    accounts.follow(person=ada)  # switched off is not gone
    monkeypatch.setattr(accounts, "leave_rooms", lambda **_: None)
    end_guest(guest=guest)
    assert accounts.gone_but_listed() == [grace.pk]
    monkeypatch.undo()
    while accounts.leave_some(person_id=grace.pk):
        pass
    assert accounts.gone_but_listed() == []
    assert listed(room) == 2


@pytest.mark.parametrize(
    "act",
    [
        lambda one, room: rooms.join(person=one, room_id=room),
        lambda one, room: rooms.enter(person=one, name="Lobby"),
        lambda one, room: rooms.enter(person=one, name="Another"),
        lambda one, room: post([Post(room, one, "hi", "m1")])[0],
    ],
    ids=["join", "enter", "create", "post"],
)
def test_who_is_gone_comes_in_nowhere(act: Any, guest: Guest) -> None:
    """Even with a person that was read before."""
    room = rooms.enter(person=new_person("ada"), name="Lobby").room
    grace = person_of_guest(guest=guest)
    end_guest(guest=guest)
    try:
        result = act(grace, room.pk)
    except ChatError as error:
        result = error
    assert isinstance(result, Forbidden)
    assert not Membership.objects.filter(person=grace).exists()
    assert Room.objects.count() == 1


# --- the site's users ---------------------------------------------------------------------------------------------


def test_saving_a_user_asks_nothing_of_the_chat() -> None:
    ada = new_person("ada")
    user = type(ada.user)._default_manager.get(pk=ada.user_id)
    with CaptureQueriesContext(connection) as captured:
        user.save()
        user.last_login = datetime.now(UTC)
        user.save(update_fields=["last_login"])
    assert queries(captured) == []
    accounts_off = type(ada.user)._default_manager.get(pk=ada.user_id)
    accounts_off.is_active = False
    accounts_off.save()
    with CaptureQueriesContext(connection) as captured:
        accounts_off.save(update_fields=["last_login"])
    assert queries(captured) == []
    before = Person.objects.get(pk=ada.pk).sessions_seq
    accounts_off.save()  # off as before: no socket needs to prove anything
    assert Person.objects.get(pk=ada.pk).sessions_seq == before


def test_a_deferred_switch_is_not_read() -> None:
    new_person("ada")
    model = type(new_user("bob"))
    with CaptureQueriesContext(connection) as captured:
        list(model._default_manager.only("pk"))
    assert len(captured.captured_queries) == 1


def test_the_person_of_a_user_who_is_off() -> None:
    user: Any = new_user("ada")
    user.is_active = False
    user.save()
    person = person_of_user(user=user)
    assert not person.is_admitted
    type(user)._default_manager.filter(pk=user.pk).update(is_active=True)
    user.refresh_from_db()
    assert person_of_user(user=user).is_admitted
    assert Person.objects.get(pk=person.pk).is_admitted


def test_switched_off_in_the_chat_stays_so_whatever_the_site_does() -> None:
    ada = new_person("ada")
    people.set_active(person=ada, is_active=False)
    user: Any = ada.user
    for is_active in (False, True):
        user.is_active = is_active
        user.save()
        assert not Person.objects.get(pk=ada.pk).is_admitted


def test_what_a_post_reads_is_as_the_orm_reads_it() -> None:
    ada = new_person("ada")
    room = rooms.create(person=ada, name="lobby")
    statements = bulk_sql.BulkSql()
    memberships, people_read = statements.memberships([(room.pk, ada.pk)])
    for read, columns in (
        (statements.rooms_for_update([room.pk])[0], bulk_sql._ROOM),
        (people_read[ada.pk], sql.PERSON_COLUMNS),
        (memberships[room.pk, ada.pk], bulk_sql._MEMBERSHIP),
    ):
        same = type(read)._default_manager.get(pk=read.pk)
        others = read.get_deferred_fields()
        assert others == {field.attname for field in read._meta.concrete_fields} - {*columns}
        assert (read, read._state.adding, read._state.db) == (same, False, same._state.db)
        assert [getattr(read, name) for name in columns] == [getattr(same, name) for name in columns]
        assert [getattr(read, name) for name in others] == [getattr(same, name) for name in others]  # when asked for


# --- tokens -------------------------------------------------------------------------------------------------------


def test_a_token_says_on_which_day_it_was_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_noted", set())
    secret = tokens.issue(person=new_person("ada"), name="a program")
    assert Token.objects.get().last_used_on is None
    with CaptureQueriesContext(connection) as captured:
        for _ in range(5):
            tokens.people_of(secrets=[secret])
    today = Token.objects.get().last_used_on
    assert today in (datetime.now(UTC).date(), datetime.now(UTC).date() - timedelta(days=1))
    assert sum(sql.startswith("UPDATE") for sql in queries(captured)) == 1
    Token.objects.update(last_used_on=date(2026, 1, 1))
    monkeypatch.setattr(tokens, "_noted_on", date(2026, 1, 1))  # another day begins
    tokens.people_of(secrets=[secret])
    assert Token.objects.get().last_used_on == today


def test_a_token_is_in_force_even_if_its_use_can_not_be_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "_noted", set())
    ada = new_person("ada")
    secret = tokens.issue(person=ada, name="a program")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE groupchat_token RENAME COLUMN last_used_on TO nowhere")
    try:
        tokens._note_use({1: None}, datetime.now(UTC).date())  # logged, and no more
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE groupchat_token RENAME COLUMN nowhere TO last_used_on")
    assert tokens.people_of(secrets=[secret])[secret] == ada


def test_a_token_is_revoked_once() -> None:
    ada = new_person("ada")
    tokens.issue(person=ada, name="a program")
    token = Token.objects.get()
    assert tokens.revoke(token=token)
    at = Token.objects.get().revoked_at
    assert not tokens.revoke(token=token)
    assert Token.objects.get().revoked_at == at == token.revoked_at
