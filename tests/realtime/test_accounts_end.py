"""What the site does with an account reaches every door: switched off and on again, deleted, another password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test.utils import isolate_apps
from tests.accounts import cookies_of, new_person
from tests.play import Stage
from tests.serving import ThreadServer
from tests.sockets import Client, Gone

from groupchat.actions.messages import Post, post
from groupchat.actions.people import end_sessions, set_active
from groupchat.actions.tokens import issue, revoke
from groupchat.apps import follow_users
from groupchat.errors import Close, Forbidden
from groupchat.models import Person, Token

pytestmark = pytest.mark.usefixtures("server")


def switch_off(user: Any) -> None:
    user.is_active = False
    user.save()


def change_password(user: Any) -> None:
    user.set_password("another one, and a long one")
    user.save()


@pytest.mark.parametrize(
    "do", [switch_off, change_password, lambda user: user.delete()], ids=["off", "password", "gone"]
)
def test_the_sockets_of_the_account_end(do: Callable[[Any], object], stage: Stage) -> None:
    ada, bob = new_person("ada"), new_person("bob")
    laptop, other = stage.user("ada", cookies_of(ada)), stage.user("bob", cookies_of(bob))
    assert ada.user is not None
    do(ada.user)
    assert laptop.client.closed_with() == Close.SIGNED_OUT
    other.enters("lobby")


def update(user: Any) -> None:
    """Sends no signal; the guide says what to do then."""
    type(user)._default_manager.filter(pk=user.pk).update(is_active=False)
    end_sessions(person=Person.objects.get(user=user))


def save_one_field(user: Any) -> None:
    user.is_active = False
    user.save(update_fields=["is_active"])


def off_in_the_chat(user: Any) -> None:
    set_active(person=Person.objects.get(user=user), is_active=False)


OFF = [switch_off, save_one_field, update, off_in_the_chat, lambda user: user.delete()]
OFF_IDS = ["off", "one-field", "update", "in-the-chat", "gone"]


@pytest.mark.parametrize("do", OFF, ids=OFF_IDS)
def test_whoever_is_switched_off_is_off_at_every_door(
    do: Callable[[Any], object], server: ThreadServer, stage: Stage
) -> None:
    ada = new_person("ada")
    secret, cookies = issue(person=ada, name="a program"), cookies_of(ada)
    laptop = stage.user("ada", cookies)
    laptop.enters("lobby")
    doors = [
        stage.client(token=secret).open(),
        stage.client(token=secret, path="/ws/chat/lobby/").connect(),
        stage.client(cookies=cookies, path="/ws/chat/lobby/").connect(),
        stage.client(token=secret, path="/ws/chat/not-yet/").connect(),
    ]
    assert ada.user is not None
    do(ada.user)
    for one in (laptop.client, *doors):
        assert one.closed_with() == Close.SIGNED_OUT
    for path in ("/ws/", "/ws/chat/lobby/"):
        late = Client(server.address, token=secret, path=path).connect()
        assert late.closed_with() == Close.SIGN_IN
    (answer,) = post([Post(laptop.room, Person.objects.get(pk=ada.pk), "from a job", "job-1")])
    assert isinstance(answer, Forbidden)


def test_whoever_is_switched_on_again_comes_in_with_what_they_had(server: ThreadServer, stage: Stage) -> None:
    ada = new_person("ada")
    secret, cookies = issue(person=ada, name="a program"), cookies_of(ada)
    laptop = stage.user("ada", cookies)
    laptop.enters("lobby")
    assert ada.user is not None
    switch_off(ada.user)
    assert laptop.client.closed_with() == Close.SIGNED_OUT
    ada.user.is_active = True
    ada.user.save()
    laptop.comes_back()
    laptop.posts("here again")
    stage.client(token=secret).open()


def test_an_update_of_many_users_is_noticed_where_a_credential_is_read(stage: Stage, server: ThreadServer) -> None:
    """No signal, and nobody said a word: whoever comes next with a token ends the sockets of all the others."""
    ada = new_person("ada")
    secret = issue(person=ada, name="a program")
    laptop = stage.user("ada", cookies_of(ada))
    get_user_model()._default_manager.filter(pk=ada.user_id).update(is_active=False)
    assert Client(server.address, token=secret).connect().closed_with() == Close.SIGN_IN
    assert laptop.client.closed_with() == Close.SIGNED_OUT


def test_an_update_of_many_users_is_noticed_in_the_end(stage: Stage, server: ThreadServer) -> None:
    ada, bob = new_person("ada"), new_person("bob")
    laptop, other = stage.user("ada", cookies_of(ada)), stage.user("bob", cookies_of(bob))
    get_user_model()._default_manager.filter(pk=ada.user_id).update(is_active=False)
    server.run(server.ask(lambda runtime: runtime.accounts).look())
    assert laptop.client.closed_with() == Close.SIGNED_OUT
    other.enters("lobby")


@pytest.mark.parametrize("do", OFF[:-1], ids=OFF_IDS[:-1])
def test_switched_off_between_the_handshake_and_hello(do: Callable[[Any], object], stage: Stage) -> None:
    """Nobody here heard of the sessions yet."""
    ada = new_person("ada")
    slow = stage.client(token=issue(person=ada, name="a program")).connect()
    assert ada.user is not None
    do(ada.user)
    try:
        code = slow.greet().closed_with()
    except Gone as gone:
        code = gone.code
    assert code == Close.SIGNED_OUT


def test_a_revoked_token_ends_its_sockets_and_no_others(stage: Stage, server: ThreadServer) -> None:
    ada = new_person("ada")
    secret, other = issue(person=ada, name="a program"), issue(person=ada, name="another")
    laptop = stage.user("ada", cookies_of(ada))
    program, stays = stage.client(token=secret).open(), stage.client(token=other).open()
    assert revoke(token=Token.objects.get(name="a program"))
    assert program.closed_with() == Close.SIGNED_OUT
    assert Client(server.address, token=secret).connect().closed_with() == Close.SIGN_IN
    stays.drain()
    laptop.enters("lobby")


def test_users_that_a_site_saves_by_a_model_of_its_own(stage: Stage) -> None:
    """Signals know the very class only: a proxy of the site's user model is another one."""
    with isolate_apps("groupchat") as registry:

        class Proxy(get_user_model()):  # type: ignore[misc]
            class Meta:
                proxy = True
                app_label = "groupchat"

    ada = new_person("ada")
    laptop = stage.user("ada", cookies_of(ada))
    follow_users(registry.get_models())
    user = Proxy._default_manager.get(pk=ada.user_id)
    switch_off(user)
    assert laptop.client.closed_with() == Close.SIGNED_OUT


def test_whatever_else_is_saved_of_an_account_moves_nothing(stage: Stage) -> None:
    ada = new_person("ada")
    laptop = stage.user("ada", cookies_of(ada))
    assert ada.user is not None
    before = Person.objects.get(pk=ada.pk).seq
    ada.user.last_name = "Lovelace"
    ada.user.save()
    assert Person.objects.get(pk=ada.pk).seq == before
    laptop.enters("lobby")
