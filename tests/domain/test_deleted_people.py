"""Somebody deletes their account: nobody is behind it from then on, whatever ends the rest half way."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage
from django.test import Client
from tests.accounts import cookies_of, new_person
from tests.domain.conftest import Ear
from tests.domain.says import answer, membership, say, unread
from tests.domain.test_own_pictures import a_picture

from groupchat.actions import blocks, deleted_people, effects, messages, pictures, profiles, rooms, tokens
from groupchat.actions.deleted_people import carry_out, delete_person
from groupchat.actions.merging import merge_guest
from groupchat.actions.people import Guest, make_owner, person_of_guest, person_of_user, set_active
from groupchat.errors import Forbidden, Invalid, NameTaken
from groupchat.identity import NOBODY, resolve, sign_guest
from groupchat.models import AuditEntry, Block, Effect, FormerHandle, Message, MessageVersion, Person, Room, Token


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    """A server that another test of this process has started must not carry out what is looked at here."""
    monkeypatch.setattr(effects, "is_due", lambda *_: False)
    settings.MEDIA_ROOT = tmp_path
    settings.GROUPCHAT = {"GUESTS": True, "DELETE_USERS": True}


def deleted(person: Person, *, erases: bool = False) -> Person:
    delete_person(person=person, erases=erases)
    assert effects.work_off() >= 1
    return Person.objects.get(pk=person.pk)


def bodies(room: Room) -> list[str]:
    return list(Message.objects.filter(room=room).order_by("number").values_list("body", flat=True))


def test_what_stays_says_nothing_of_them(alice: Person, bob: Person, lobby: Room) -> None:
    profiles.describe(person=bob, pronouns="he/him", time_zone="Europe/Berlin")
    pictures.set_avatar(person=bob, picture=a_picture())
    bob.refresh_from_db()
    assert bob.avatar
    assert [name for name in default_storage.listdir(pictures.FOLDER)[1] if name.startswith(bob.avatar)]
    say(bob, lobby, "hello")
    avatar = bob.avatar
    gone = deleted(bob)
    assert (gone.name, gone.handle) == ("Deleted person", "deleted")
    assert (gone.pronouns, gone.time_zone, gone.avatar, gone.user_id) == ("", "", "", None)
    assert not gone.is_admitted
    assert gone.deleted_at is not None
    assert bodies(lobby) == ["hello"]
    found = membership(bob, lobby)
    assert found is not None
    assert found.state == "left"
    assert not [name for name in default_storage.listdir(pictures.FOLDER)[1] if name.startswith(avatar)]
    entry = AuditEntry.objects.latest("pk")
    assert (entry.act, entry.person_name, entry.after) == (
        "delete person",
        "Deleted person (@deleted)",
        {"messages": "kept"},
    )


def test_sessions_tokens_and_the_user_end_at_once(bob: Person, client: Client, ear: Ear) -> None:
    cookies = cookies_of(bob)
    client.cookies.load(cookies)
    assert client.get("/settings/").status_code == 200  # the device is noted
    secret = tokens.issue(person=bob, name="bot")
    user_id = bob.user_id
    delete_person(person=bob, erases=False)
    assert not get_user_model()._default_manager.filter(pk=user_id).exists()
    assert not Session.objects.filter(session_key__in=cookies.values()).exists()
    assert tokens.people_of(secrets=[secret]) == {}
    assert not Token.objects.filter(person=bob).exists()
    assert [one.sessions for one in ear.of_person(bob.pk)] == [True]


def test_the_user_of_a_site_stays_and_comes_again_as_somebody_new(bob: Person, settings: Any, client: Client) -> None:
    settings.GROUPCHAT = {"DELETE_USERS": False}
    user = bob.user
    assert user is not None
    cookies = cookies_of(bob)
    client.cookies.load(cookies)
    client.get("/settings/")
    deleted(bob)
    assert Session.objects.filter(session_key__in=cookies.values()).exists()
    again = person_of_user(user=get_user_model()._default_manager.get(pk=user.pk))
    assert again.pk != bob.pk
    assert again.is_admitted


def test_kept_messages_keep_the_handle_from_others(alice: Person, bob: Person) -> None:
    handle = bob.handle
    deleted(bob)
    with pytest.raises(NameTaken):
        profiles.take_handle(person=alice, handle=handle)


def test_erased_ones_do_not(alice: Person, bob: Person) -> None:
    handle = bob.handle
    profiles.take_handle(person=bob, handle="robert")
    deleted(bob, erases=True)
    assert not FormerHandle.objects.exists()
    assert profiles.take_handle(person=alice, handle=handle).handle == handle


def test_all_see_how_each_message_goes(
    alice: Person, bob: Person, lobby: Room, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deleted_people, "CHUNK", 2)
    monkeypatch.setattr(deleted_people, "SLICE", 3)
    for number in range(5):
        say(bob, lobby, f"bob {number}")
        say(alice, lobby, f"alice {number}")
    messages.edit(person=bob, room_id=lobby.pk, number=1, body="other")
    ear.heard.clear()
    deleted(bob, erases=True)
    assert [body for body in bodies(lobby) if body] == [f"alice {number}" for number in range(5)]
    heard = ear.of_room(lobby.pk)
    told = [one for changes in heard for one in changes.frame.get("messages", [])]
    assert [one["number"] for one in told] == [1, 3, 5, 7, 9]
    assert all(one["deleted_at"] for one in told)
    assert max(len(changes.frame.get("messages", [])) for changes in heard) <= 2
    ranges = [(changes.frame["since"], changes.frame["to"]) for changes in heard]
    assert all(one[1] == other[0] for one, other in pairwise(ranges))
    assert not MessageVersion.objects.exists()
    assert unread(alice, lobby) == 0


def test_it_goes_on_where_it_ended(bob: Person, lobby: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a SIGKILL between two chunks: the effect is there, and comes again."""
    monkeypatch.setattr(deleted_people, "CHUNK", 1)
    for number in range(3):
        say(bob, lobby, str(number))
    erase, died = deleted_people.erase_messages, []

    def dies(**given: Any) -> int | None:
        if given["behind"] == 1 and not died:
            died.append(True)
            raise KeyboardInterrupt
        return erase(**given)

    monkeypatch.setattr(deleted_people, "erase_messages", dies)
    delete_person(person=bob, erases=True)
    with pytest.raises(KeyboardInterrupt):
        carry_out(person_id=bob.pk, erases=True)
    assert bodies(lobby) == ["", "1", "2"]
    seq = Message.objects.get(room=lobby, number=1).seq
    assert effects.work_off() >= 1
    assert bodies(lobby) == ["", "", ""]
    assert Message.objects.get(room=lobby, number=1).seq == seq
    assert not Effect.objects.filter(event="person_deleted").exists()


def test_rooms_are_handed_on(bob: Person, alice: Person) -> None:
    own = rooms.create(person=bob, name="Engines")
    say(alice, own)
    deleted(bob)
    heir = membership(alice, own)
    assert heir is not None
    assert heir.role == "owner"


def test_who_left_before_is_named_anew_too(bob: Person, lobby: Room, ear: Ear) -> None:
    say(bob, lobby)
    rooms.leave(person=bob, room_id=lobby.pk)
    ear.heard.clear()
    deleted(bob)
    (changes,) = ear.of_room(lobby.pk)
    assert [one["name"] for one in changes.people] == ["Deleted person"]


def test_nobody_acts_as_them_any_more(bob: Person, lobby: Room) -> None:
    before = Person.objects.get(pk=bob.pk)
    deleted(bob)
    assert isinstance(answer(before, lobby), Forbidden)
    with pytest.raises(Forbidden):
        delete_person(person=before, erases=True)


def test_a_guest(alice: Person, lobby: Room) -> None:
    guest = Guest(uuid4(), "Ada")
    ada = person_of_guest(guest=guest)
    say(ada, lobby, "hi")
    handle = ada.handle
    gone = deleted(ada, erases=True)
    assert (gone.name, bodies(lobby)) == ("Deleted person", [""])
    assert resolve(user=None, cookies={"groupchat_guest": sign_guest(guest)}) == NOBODY
    assert person_of_guest(guest=Guest(uuid4(), "Ada")).handle == handle


def test_a_merge_that_is_under_way_comes_first(bob: Person, lobby: Room) -> None:
    ada = person_of_guest(guest=Guest(uuid4(), "Ada"))
    say(ada, lobby, "as a guest")
    merge_guest(guest=ada, into=bob)
    delete_person(person=bob, erases=True)
    carry_out(person_id=bob.pk, erases=True)
    assert effects.work_off() >= 1
    ada.refresh_from_db()
    assert (ada.name, bodies(lobby)) == ("Deleted person", [""])
    assert {one.state for one in lobby.memberships.filter(person__in=[ada, bob])} == {"left"}


def test_the_last_owner_of_the_site_hands_on_first(bob: Person) -> None:
    Person.objects.update(is_owner=False)
    owner = new_person("owner", is_owner=True)
    off = new_person("off", is_owner=True)
    set_active(person=off, is_active=False)
    with pytest.raises(Forbidden) as refused:
        delete_person(person=owner, erases=False)
    assert refused.value.why == "last_site_owner"
    assert Person.objects.get(pk=owner.pk).name == owner.name
    make_owner(person=bob)
    assert not deleted(owner).is_owner


def test_a_bot_is_not_deleted() -> None:
    bot = Person.objects.create(name="Bot", handle="bot", kind=Person.Kind.BOT)
    with pytest.raises(Invalid):
        delete_person(person=bot, erases=False)


def test_whom_they_blocked_is_forgotten(alice: Person, bob: Person) -> None:
    blocks.block(person=bob, other_id=alice.pk, on=True)
    deleted(bob)
    assert not Block.objects.exists()
