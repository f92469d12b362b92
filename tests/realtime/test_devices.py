"""A device that is ended from elsewhere loses its sockets at once; and every socket of a browser is noted."""

from __future__ import annotations

import time

import pytest
from django.conf import settings
from tests.accounts import cookies_of, new_person
from tests.play import Stage
from tests.room_view import Json
from tests.sockets import DEADLINE_SECONDS, Client

from groupchat.actions import devices, profiles
from groupchat.actions.tokens import issue
from groupchat.errors import Close
from groupchat.models import Device, Person

pytestmark = pytest.mark.usefixtures("server")


def noted(key: str) -> Device:
    """Wait until the server has noted the device of this session."""
    until = time.monotonic() + DEADLINE_SECONDS
    while (device := Device.objects.filter(session_key=key).first()) is None:
        assert time.monotonic() < until, "nobody noted it"
        time.sleep(0.02)
    return device


def hello_of(client: Client) -> Json:
    return next(frame for frame in client.frames if frame["type"] == "hello")


def test_the_sockets_of_a_device_end_and_its_cookie_is_worthless(stage: Stage) -> None:
    ada = new_person("ada")
    cookies, others = cookies_of(ada), cookies_of(ada)
    phone, laptop = stage.user("ada", cookies), stage.user("ada", others)
    laptop.enters("lobby")
    classic = stage.client(cookies=cookies, path="/ws/chat/lobby/").connect()
    key = cookies[settings.SESSION_COOKIE_NAME]
    phone.client.drain()
    assert devices.end(person=ada, device_id=noted(key).pk)
    for one in (phone.client, classic):
        assert one.closed_with() == Close.SIGNED_OUT
    laptop.posts("still here")
    assert stage.client(cookies=dict(cookies)).open().state.me is None


def test_all_others_end_but_this_one_and_a_program_stays(stage: Stage) -> None:
    ada = new_person("ada")
    here = cookies_of(ada)
    elsewhere = [stage.user("ada", cookies_of(ada)) for _ in range(2)]
    laptop = stage.user("ada", here)
    laptop.enters("lobby")
    program = stage.client(token=issue(person=ada, name="a program")).open()
    for one in elsewhere:
        one.client.drain()
    devices.end_others(person=ada, but=here[settings.SESSION_COOKIE_NAME])
    for one in elsewhere:
        assert one.client.closed_with() == Close.SIGNED_OUT
    laptop.posts("alone")
    program.call("ping")


def test_a_program_and_a_guest_are_no_devices(stage: Stage) -> None:
    ada = new_person("ada")
    stage.client(token=issue(person=ada, name="a program")).open()
    stage.guest("Grace").enters("lobby")
    cookies = cookies_of(ada)
    stage.user("ada", cookies)
    noted(cookies[settings.SESSION_COOKIE_NAME])
    assert Device.objects.count() == 1


def test_how_pages_look_is_told_to_each_device_that_comes(stage: Stage) -> None:
    ada = new_person("ada")
    cookies = cookies_of(ada)
    assert "look" not in hello_of(stage.client(cookies=cookies).open())
    profiles.set_look(person=Person.objects.get(pk=ada.pk), theme="dark", more_contrast=True, language="")
    told = hello_of(stage.client(cookies=cookies).open())["look"]
    assert told == {"theme": "dark", "more_contrast": True}
