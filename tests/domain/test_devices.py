"""Where somebody is signed in: noted as they come, and ended from elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from tests.accounts import cookies_of
from tests.domain.conftest import Ear

from groupchat.actions import devices
from groupchat.actions.devices import Seen
from groupchat.models import Device, Person
from groupchat.network import coarse
from groupchat.user_agents import browser_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def signs_in(person: Person) -> str:
    return cookies_of(person)[settings.SESSION_COOKIE_NAME]


def comes(person: Person, key: str, *, now: datetime = NOON, address: str = "203.0.113.9") -> None:
    devices.note(seen=[Seen(person.pk, key, FIREFOX, address)], now=now)


def is_alive(key: str) -> bool:
    return SessionStore().exists(key)


def test_a_device_is_told_by_its_browser_and_its_network(alice: Person) -> None:
    comes(alice, key := signs_in(alice))
    (device,) = devices.of_person(person=alice)
    assert (device.session_key, device.browser, device.system) == (key, "Firefox", "Linux")
    assert device.network == "203.0.0.0/16"
    assert device.last_seen_at == NOON


def test_it_is_written_no_more_often_than_it_says(alice: Person, django_assert_num_queries: Any) -> None:
    comes(alice, key := signs_in(alice))
    with django_assert_num_queries(1):
        comes(alice, key, now=NOON + timedelta(seconds=devices.SEEN_SECONDS - 1))
    assert Device.objects.get().last_seen_at == NOON
    later = NOON + timedelta(seconds=devices.SEEN_SECONDS)
    comes(alice, key, now=later, address="2001:db8:5::1")
    device = Device.objects.get()
    assert (device.last_seen_at, device.created_at, device.network) == (later, NOON, "2001:db8::/32")


def test_the_last_seen_is_the_first_and_a_session_that_is_gone_is_none(alice: Person) -> None:
    keys = [signs_in(alice) for _ in range(3)]
    for hours, key in enumerate(keys):
        comes(alice, key, now=NOON + timedelta(hours=hours))
    SessionStore().delete(keys[1])
    assert [device.session_key for device in devices.of_person(person=alice)] == [keys[2], keys[0]]


def test_one_is_ended_and_its_sockets_ask_again(alice: Person, bob: Person, ear: Ear) -> None:
    here, there = signs_in(alice), signs_in(alice)
    comes(alice, here)
    comes(alice, there)
    device = Device.objects.get(session_key=there)
    assert not devices.end(person=bob, device_id=device.pk)
    assert is_alive(there)
    assert devices.end(person=alice, device_id=device.pk)
    assert not is_alive(there)
    assert is_alive(here)
    assert [one.sessions for one in ear.of_person(alice.pk)] == [True]
    assert not devices.end(person=alice, device_id=device.pk)
    assert [one.session_key for one in devices.of_person(person=alice)] == [here]


def test_all_others_are_ended_also_those_that_nobody_noted(
    alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "ENDED_AT_ONCE", 2)
    here, theirs = signs_in(alice), signs_in(bob)
    comes(alice, here)
    noted, never_noted = [signs_in(alice) for _ in range(3)], [signs_in(alice) for _ in range(3)]
    for key in noted:
        comes(alice, key)
    devices.end_others(person=alice, but=here)
    assert not any(map(is_alive, [*noted, *never_noted]))
    assert is_alive(here)
    assert is_alive(theirs)
    assert list(Device.objects.values_list("session_key", flat=True)) == [here]


def test_devices_whose_sessions_ran_out_are_forgotten(alice: Person) -> None:
    comes(alice, signs_in(alice))
    age = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    assert not devices.forget_some(now=NOON + age)
    assert devices.forget_some(now=NOON + age + timedelta(seconds=1))
    assert not Device.objects.exists()


def test_sessions_that_live_in_cookies_can_not_be_ended_so_none_is_told(alice: Person, settings: Any) -> None:
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    comes(alice, "a-key")
    assert not devices.are_kept()
    assert devices.of_person(person=alice) == []


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("203.0.113.9", "203.0.0.0/16"),
        ("::ffff:203.0.113.9", "203.0.0.0/16"),
        ("2001:db8:1:2::3", "2001:db8::/32"),
        ("127.0.0.1", ""),
        ("", ""),
        ("nonsense", ""),
    ],
)
def test_nobody_keeps_a_whole_address(address: str, told: str) -> None:
    assert coarse(address) == told


@pytest.mark.parametrize(
    ("agent", "browser"),
    [
        (FIREFOX, ("Firefox", "Linux")),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", ("Edge", "Windows")),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", ("Chrome", "Android")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605 Version/18.0 Safari/604.1", ("Safari", "iPhone")),
        ("curl/8.0", ("", "")),
        ("", ("", "")),
    ],
)
def test_which_browser_it_is(agent: str, browser: tuple[str, str]) -> None:
    assert browser_of(agent) == browser
