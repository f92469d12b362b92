"""A person takes another name: whoever hears a room with them in it, and all of their own devices, call them so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.domain.says import rows
from tests.play import Actor, Stage

from groupchat.actions import people
from groupchat.models import Person

pytestmark = pytest.mark.usefixtures("server")


def hears_of(one: Actor, other: Actor, name: str) -> None:
    """On the screen of one the other is called so."""
    one.client.wait(lambda: one.state.people[other.id]["name"] == name)


def test_everybody_who_hears_them_and_all_their_devices(stage: Stage, user: Callable[..., Actor]) -> None:
    ada, bob, looker = user("ada"), stage.guest("bob"), stage.guest("looker")
    ada.enters("lobby")
    phone = ada.on_another_device()
    for one in (bob, phone):
        one.enters("lobby")
    ada.posts("hello")
    looker.looks_into("lobby")
    looker.client.call("messages", room=looker.room)
    told = ada.client.call("me.rename", name="  Ada   King ")["person"]
    assert (told["name"], told["version"]) == ("Ada King", 2)
    assert told["handle"] == ada.state.me["handle"]
    for one in (ada, phone, bob, looker):
        hears_of(one, ada, "Ada King")
    ada.posts("it is still me")
    bob.sees("hello", "it is still me")


def test_who_comes_back_hears_of_it(stage: Stage) -> None:
    grace, bob = stage.guests("Grace", "bob")
    grace.enters("lobby")
    bob.enters("lobby")
    grace.posts("hello")
    bob.sees("hello")
    bob.goes_offline()
    grace.client.call("me.rename", name="Grace H.")
    bob.comes_back()
    hears_of(bob, grace, "Grace H.")
    assert grace.on_another_device().state.me["name"] == "Grace H."


def test_a_device_in_no_room_hears_of_it_too(stage: Stage) -> None:
    grace = stage.guest("Grace")
    grace.enters("lobby")
    grace.leaves()
    tab = grace.on_another_device()
    grace.client.call("me.rename", name="Hopper")
    hears_of(tab, grace, "Hopper")


def test_what_is_done_elsewhere_is_heard_here(stage: Stage) -> None:
    """As by a shell; and who types next is called so."""
    grace, bob = stage.guests("Grace", "bob")
    grace.enters("lobby")
    bob.enters("lobby")
    people.rename(person=Person.objects.get(pk=grace.id), name="Hopper")
    for one in (bob, grace):
        hears_of(one, grace, "Hopper")
    late = stage.guest("late")
    late.looks_into("lobby")
    grace.client.call("typing", room=grace.room)
    late.client.wait(lambda: any(frame["type"] == "typing" for frame in late.client.frames))
    hears_of(late, grace, "Hopper")


def test_the_same_name_changes_nothing(stage: Stage) -> None:
    grace = stage.guest("Grace")
    grace.enters("lobby")
    before = rows()
    assert grace.client.call("me.rename", name="Grace")["person"]["version"] == 1
    assert rows() == before


def test_who_has_written_nothing_has_no_name_to_change(stage: Stage) -> None:
    before = rows()
    stage.guest("Grace").is_refused("unauthenticated", "me.rename", name="Hopper")
    assert rows() == before


def test_nobody_changes_it_all_day(stage: Stage, options: Callable[..., None]) -> None:
    options(max_renames_per_hour=2)
    grace = stage.guest("Grace")
    grace.enters("lobby")
    for name, code in (("", "invalid"), ("x" * 51, "too_long")) * 2:
        grace.is_refused(code, "me.rename", name=name)  # uses nothing up
    for name in ("One", "Two"):
        grace.client.call("me.rename", name=name)
    for one in (grace, grace.on_another_device()):
        refused = one.is_refused("rate_limited", "me.rename", name="Three")
        assert 60 < refused["retry_after"] <= 1800
    assert Person.objects.get(pk=grace.id).name == "Two"
