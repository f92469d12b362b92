"""The admin looks; what others see changes through actions."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from tests.effects import Recorder, only_handler

from groupchat.actions import effects
from groupchat.actions.memberships import set_draft
from groupchat.actions.messages import Post, post
from groupchat.actions.people import make_owner, person_of_guest, person_of_user
from groupchat.actions.rooms import enter
from groupchat.actions.tokens import issue, people_of
from groupchat.events import MessagePosted
from groupchat.identity import new_guest
from groupchat.models import Effect, Membership, Message, Room, Token

pytestmark = pytest.mark.django_db


@pytest.fixture
def message() -> Message:
    author = person_of_guest(guest=new_guest(name="Ada"))
    room = enter(person=author, name="general").room
    post([Post(room.pk, author, "hello", uuid4().hex)])
    return Message.objects.get()


@pytest.mark.parametrize("model", ["person", "room", "membership", "message", "notice", "token", "effect"])
def test_every_list_opens_and_takes_nothing(admin_client: Client, message: Message, model: str) -> None:
    assert admin_client.get(f"/admin/groupchat/{model}/?q=a").status_code == 200
    assert admin_client.get(f"/admin/groupchat/{model}/add/").status_code == 403


def test_counters_can_not_be_edited(admin_client: Client, message: Message) -> None:
    room = Room.objects.get()
    assert admin_client.get(f"/admin/groupchat/room/{room.pk}/change/").status_code == 200
    assert admin_client.post(f"/admin/groupchat/room/{room.pk}/change/", {"name": "x"}).status_code == 403
    assert admin_client.post(f"/admin/groupchat/message/{message.pk}/delete/", {"post": "yes"}).status_code == 403


def test_what_somebody_has_not_sent_is_nowhere_to_be_seen(admin_client: Client, message: Message) -> None:
    set_draft(person=message.author, room_id=message.room_id, text="not for you")
    membership = Membership.objects.get()
    for path in ("", f"{membership.pk}/change/"):
        page = admin_client.get(f"/admin/groupchat/membership/{path}")
        assert page.status_code == 200
        assert "not for you" not in page.content.decode()


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


def test_tokens_are_listed_without_a_secret_and_revoked(admin_client: Client, message: Message) -> None:
    secret = issue(person=message.author, name="the terminal")
    token = Token.objects.get()
    for path in ("", f"{token.pk}/change/"):
        page = admin_client.get(f"/admin/groupchat/token/{path}").content.decode()
        assert "the terminal" in page
        assert secret not in page
        assert token.digest not in page
    chosen = {"action": "revoke_for_good", "_selected_action": [token.pk]}
    assert "1 token is revoked." in admin_client.post("/admin/groupchat/token/", chosen, follow=True).content.decode()
    assert people_of(secrets=[secret]) == {}
    assert "0 tokens are revoked." in admin_client.post("/admin/groupchat/token/", chosen, follow=True).content.decode()


def test_revoking_needs_the_right_to(client: Client, message: Message) -> None:
    issue(person=message.author, name="the terminal")
    looks = get_user_model().objects.create_user("looks", is_staff=True)
    looks.user_permissions.add(Permission.objects.get(codename="view_token"))
    client.force_login(looks)
    assert client.get("/admin/groupchat/token/").status_code == 200
    client.post("/admin/groupchat/token/", {"action": "revoke_for_good", "_selected_action": [Token.objects.get().pk]})
    assert Token.objects.get().revoked_at is None


@pytest.fixture
def failed(message: Message) -> Iterator[list[int]]:
    """The ids of three effects that have failed; from now on they would work."""
    recorder = Recorder()
    recorder.refuses = lambda event: True
    with only_handler(recorder, MessagePosted, most_attempts=1):
        post([Post(message.room_id, message.author, "hello again", uuid4().hex) for _ in range(3)])
        effects.work_off()
        recorder.refuses = lambda event: False
        yield list(Effect.objects.filter(failed_at__isnull=False).order_by("pk").values_list("pk", flat=True))


def test_failed_effects_are_shown_tried_again_and_dropped(admin_client: Client, failed: list[int]) -> None:
    path = "/admin/groupchat/effect/"
    page = admin_client.get(f"{path}?failed_at__isempty=0").content.decode()
    assert page.count("RuntimeError: not now") == len(failed) == 3
    assert admin_client.get(f"{path}?failed_at__isempty=1").content.decode().count("RuntimeError") == 0
    chosen = {"action": "try_again", "_selected_action": failed[:1]}
    assert "1 effect is tried again." in admin_client.post(path, chosen, follow=True).content.decode()
    assert effects.work_off() == 1
    chosen = {"action": "drop", "_selected_action": failed[1:]}
    assert "2 effects are dropped." in admin_client.post(path, chosen, follow=True).content.decode()
    assert not Effect.objects.exists()


def test_effects_need_the_right_to(client: Client, failed: list[int]) -> None:
    looks = get_user_model().objects.create_user("looks", is_staff=True)
    looks.user_permissions.add(Permission.objects.get(codename="view_effect"))
    client.force_login(looks)
    assert client.get("/admin/groupchat/effect/").status_code == 200
    for action in ("try_again", "drop"):
        client.post("/admin/groupchat/effect/", {"action": action, "_selected_action": failed})
    assert Effect.objects.filter(failed_at__isnull=False).count() == 3
