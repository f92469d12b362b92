"""Deleting an account on each database: at once with posts, and of two last owners only one goes."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from tests.accounts import new_person
from tests.databases.test_races import at_once, check_room, person

from groupchat.actions import deleted_people, messages, rooms
from groupchat.actions.deleted_people import carry_out, delete_person
from groupchat.actions.messages import Post
from groupchat.errors import ChatError
from groupchat.models import Membership, Message, Person

pytestmark = pytest.mark.usefixtures("database")


def test_posts_at_the_same_moment_are_erased_too(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.GROUPCHAT = {"DELETE_USERS": True}
    monkeypatch.setattr(deleted_people, "CHUNK", 3)
    bob = new_person("bob")
    user_id = bob.user_id
    room = rooms.create(person=person("Owner"), name=f"Room {uuid4()}")

    def posts() -> None:
        for _ in range(8):
            messages.post([Post(room.pk, bob, "words", uuid4().hex)])

    def goes() -> None:
        delete_person(person=bob, erases=True)
        carry_out(person_id=bob.pk, erases=True)

    at_once([posts, goes])
    carry_out(person_id=bob.pk, erases=True)
    assert not Message.objects.filter(author=bob, deleted_at=None).exists()
    assert not Membership.objects.filter(person=bob, state=Membership.State.JOINED).exists()
    assert not get_user_model()._default_manager.filter(pk=user_id).exists()
    check_room(room.pk)


def test_of_two_last_owners_one_stays() -> None:
    Person.objects.update(is_owner=False)
    two = [new_person("owner", is_owner=True) for _ in range(2)]

    def goes(owner: Person) -> bool:
        try:
            delete_person(person=owner, erases=False)
        except ChatError:
            return False
        return True

    assert sorted(at_once([partial(goes, owner) for owner in two])) == [False, True]
    assert Person.objects.filter(is_owner=True, deleted_at=None).count() == 1
