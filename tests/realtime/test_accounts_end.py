"""What the site does with an account reaches its live sockets: switched off, deleted, another password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.accounts import cookies_of, new_person
from tests.play import Stage

from groupchat.errors import Close
from groupchat.models import Person

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


def test_whatever_else_is_saved_of_an_account_moves_nothing(stage: Stage) -> None:
    ada = new_person("ada")
    laptop = stage.user("ada", cookies_of(ada))
    assert ada.user is not None
    before = Person.objects.get(pk=ada.pk).seq
    ada.user.last_name = "Lovelace"
    ada.user.save()
    assert Person.objects.get(pk=ada.pk).seq == before
    laptop.enters("lobby")
