"""What people tell of themselves, the handle that they choose, and how their pages look."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.domain.conftest import Ear

from groupchat.actions import profiles
from groupchat.actions.names import require_name_for_guest
from groupchat.actions.people import set_active
from groupchat.conf import conf
from groupchat.errors import Forbidden, Invalid, NameTaken, TooLong
from groupchat.models import FormerHandle, Person, Room
from groupchat.resources import person_resource


def handle_of(person: Person) -> str:
    return Person.objects.get(pk=person.pk).handle


def test_what_one_tells_is_seen_in_every_room(alice: Person, lobby: Room, ear: Ear) -> None:
    told = profiles.describe(person=alice, pronouns="  she/her ", time_zone="Europe/Berlin")
    resource = person_resource(told)
    assert (resource["pronouns"], resource["time_zone"]) == ("she/her", "Europe/Berlin")
    assert resource["version"] == alice.version + 1
    (changes,) = ear.of_room(lobby.pk)
    assert [member["person"] for member in changes.frame["members"]] == [alice.pk]
    assert changes.people == [resource]
    assert [one.sessions for one in ear.of_person(alice.pk)] == [True]


def test_who_tells_nothing_costs_nothing_on_the_wire(alice: Person, ear: Ear) -> None:
    assert not {"pronouns", "time_zone"} & person_resource(alice).keys()
    profiles.describe(person=alice, pronouns="", time_zone="")
    assert ear.heard == []
    profiles.describe(person=alice, pronouns="they/them", time_zone="")
    gone = profiles.describe(person=alice, pronouns=" ", time_zone="")
    assert "pronouns" not in person_resource(gone)


@pytest.mark.parametrize(
    ("pronouns", "time_zone", "error", "field"),
    [
        ("x" * 31, "", TooLong, "pronouns"),
        ("a\u202eb", "", Invalid, "pronouns"),
        ("", "Europe/Nowhere", Invalid, "time_zone"),
        ("", "../etc/passwd", Invalid, "time_zone"),
        ("", "UTC", Invalid, "time_zone"),
    ],
)
def test_what_can_not_be_told(
    pronouns: str, time_zone: str, error: type[Invalid], field: str, alice: Person, ear: Ear
) -> None:
    with pytest.raises(error) as refused:
        profiles.describe(person=alice, pronouns=pronouns, time_zone=time_zone)
    assert refused.value.field == field
    assert ear.heard == []


def test_another_handle_and_the_old_one_stays_reserved(alice: Person, bob: Person, lobby: Room, ear: Ear) -> None:
    old = alice.handle
    renamed = profiles.take_handle(person=alice, handle="@Queen.of-Hearts")
    assert renamed.handle == handle_of(alice) == "queen.of-hearts"
    assert ear.of_room(lobby.pk)[-1].people == [person_resource(renamed)]
    for taken in (old, old.upper(), "queen.of-hearts", "queen.of-hearts".replace("o", "0")):
        with pytest.raises(NameTaken) as refused:
            profiles.take_handle(person=bob, handle=taken)
        assert refused.value.field == "handle"
    assert handle_of(bob) == bob.handle
    with pytest.raises(NameTaken):
        require_name_for_guest(name=old)


def test_one_may_have_back_what_one_had(alice: Person) -> None:
    old = alice.handle
    profiles.take_handle(person=alice, handle="queen")
    profiles.take_handle(person=alice, handle=old)
    assert handle_of(alice) == old
    assert list(FormerHandle.objects.values_list("handle", flat=True)) == ["queen"]


def test_the_same_handle_is_no_change(alice: Person, ear: Ear) -> None:
    profiles.take_handle(person=alice, handle=alice.handle.upper())
    assert ear.heard == []
    assert not FormerHandle.objects.exists()


def test_only_the_last_former_ones_are_kept(alice: Person, bob: Person) -> None:
    for number in range(conf().max_former_handles + 2):
        profiles.take_handle(person=alice, handle=f"queen-{'abcdefgh'[number]}")
    assert FormerHandle.objects.count() == conf().max_former_handles
    assert profiles.take_handle(person=bob, handle=alice.handle).handle == alice.handle


@pytest.mark.parametrize("handle", ["", "@", "two words", "-a", "a.", "x" * 41, "\u200b", "a/b", "a\0b"])
def test_these_are_no_handles(handle: str, alice: Person) -> None:
    with pytest.raises(Invalid) as refused:
        profiles.take_handle(person=alice, handle=handle)
    assert refused.value.field == "handle"


def test_a_newcomer_gets_another_handle_than_a_former_one(alice: Person, guest: Callable[..., Person]) -> None:
    profiles.take_handle(person=alice, handle="queen")
    profiles.take_handle(person=alice, handle="king")
    assert guest("Queen").handle == "queen2"


def test_a_guest_keeps_their_handle_and_who_is_off_changes_nothing(alice: Person, guest: Callable[..., Person]) -> None:
    with pytest.raises(Forbidden):
        profiles.take_handle(person=guest("Grace"), handle="amazing")
    set_active(person=alice, is_active=False)
    for change in (
        lambda: profiles.take_handle(person=alice, handle="queen"),
        lambda: profiles.describe(person=alice, pronouns="she", time_zone=""),
        lambda: profiles.set_look(person=alice, theme="dark", more_contrast=False, language=""),
    ):
        with pytest.raises(Forbidden):
            change()


def test_a_look_is_kept(alice: Person) -> None:
    profiles.set_look(person=alice, theme="dark", more_contrast=True, language="de")
    alice.refresh_from_db()
    assert (alice.theme, alice.more_contrast, alice.language) == ("dark", True, "de")
    with pytest.raises(Invalid):
        profiles.set_look(person=alice, theme="pink", more_contrast=False, language="")
