"""Users of a site of its own become people of the chat: whatever their key and their user name are."""

from __future__ import annotations

from uuid import UUID

import pytest
from bookclub.models import Reader
from django.apps import apps
from django.conf import settings

from groupchat.actions.people import make_owner, person_of_user, set_active
from groupchat.models import Person
from groupchat.resources import person_resource

pytestmark = pytest.mark.django_db


def test_this_is_the_embedding_site() -> None:
    assert settings.AUTH_USER_MODEL == "bookclub.Reader"
    assert not apps.is_installed("groupchat.server")
    assert not any(app.startswith("allauth") for app in settings.INSTALLED_APPS)


def test_a_user_with_a_uuid_has_one_person() -> None:
    reader = Reader.objects.create_user("ada@example.org", name="Ada")
    person = person_of_user(user=reader)
    assert isinstance(reader.pk, UUID)
    assert person_of_user(user=Reader.objects.get()) == person
    assert Person.objects.get().user == reader
    assert reader.groupchat_person == person


@pytest.mark.parametrize(
    ("email", "name", "shown"),
    [
        ("ada@example.org", "Ada Lovelace", "Ada Lovelace"),
        ("ada@example.org", "", "ada"),
        ("ada.lovelace+books@example.org", "", "ada.lovelace+books"),
        ("ada@example.org", "ada@example.org", "ada"),
    ],
)
def test_the_name_holds_no_address(email: str, name: str, shown: str) -> None:
    told = person_resource(person_of_user(user=Reader.objects.create_user(email, name=name)))
    assert told["name"] == shown
    assert "@" not in told["handle"]
    assert "example.org" not in told["handle"]


def test_two_with_the_same_name_have_two_handles() -> None:
    first, second = (person_of_user(user=Reader.objects.create_user(f"ada@{host}.example")) for host in ("one", "two"))
    assert first.name == second.name == "ada"
    assert first.handle != second.handle


def test_a_user_who_is_gone_leaves_what_they_wrote() -> None:
    reader = Reader.objects.create_user("ada@example.org", name="Ada")
    person = person_of_user(user=reader)
    reader.delete()
    person.refresh_from_db()
    assert person.user is None
    assert person.name == "Ada"


def test_owner_and_switched_off_are_the_chats_own_marks() -> None:
    person = person_of_user(user=Reader.objects.create_superuser("editor@example.org"))
    assert not person.is_owner, "a superuser of the site is nobody special in the chat"
    make_owner(person=person)
    set_active(person=person, is_active=False)
    person.refresh_from_db()
    assert person.is_owner
    assert not person.is_active
