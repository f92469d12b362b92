"""The admin looks; what others see changes through actions."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from groupchat.actions.messages import Post, post
from groupchat.actions.people import make_owner, person_of_guest, person_of_user
from groupchat.actions.rooms import enter
from groupchat.identity import new_guest
from groupchat.models import Message, Room

pytestmark = pytest.mark.django_db


@pytest.fixture
def message() -> Message:
    author = person_of_guest(guest=new_guest(name="Ada"))
    room = enter(person=author, name="general").room
    post([Post(room.pk, author, "hello", uuid4().hex)])
    return Message.objects.get()


@pytest.mark.parametrize("model", ["person", "room", "membership", "message", "notice"])
def test_every_list_opens_and_takes_nothing(admin_client: Client, message: Message, model: str) -> None:
    assert admin_client.get(f"/admin/groupchat/{model}/?q=a").status_code == 200
    assert admin_client.get(f"/admin/groupchat/{model}/add/").status_code == 403


def test_counters_can_not_be_edited(admin_client: Client, message: Message) -> None:
    room = Room.objects.get()
    assert admin_client.get(f"/admin/groupchat/room/{room.pk}/change/").status_code == 200
    assert admin_client.post(f"/admin/groupchat/room/{room.pk}/change/", {"name": "x"}).status_code == 403
    assert admin_client.post(f"/admin/groupchat/message/{message.pk}/delete/", {"post": "yes"}).status_code == 403


def test_deleting_leaves_a_tombstone_with_a_seq(admin_client: Client, admin_user: object, message: Message) -> None:
    before = Room.objects.get().seq
    chosen = {"action": "delete_on_screens", "_selected_action": [message.pk]}
    admin_client.post("/admin/groupchat/message/", chosen)
    message.refresh_from_db()
    assert message.deleted_at is None  # an administrator of the site rules no room by that alone
    make_owner(person=person_of_user(user=admin_user))
    admin_client.post("/admin/groupchat/message/", chosen)
    message.refresh_from_db()
    assert message.deleted_at is not None
    assert message.body == ""
    assert message.seq == Room.objects.get().seq == before + 1
