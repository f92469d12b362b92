"""Whose name a guest can't have: that of somebody with an account, or one that looks like it."""

from __future__ import annotations

from collections.abc import Container

from django.db import transaction

from groupchat.actions.bulk_sql import BulkSql
from groupchat.errors import NameTaken
from groupchat.lookalikes import skeleton
from groupchat.models import Person
from groupchat.text import LONGEST_NAME, clean_person_name

FILLED_AT_ONCE = 500  # people in one transaction


def require_name_for_guest(*, name: str) -> None:
    """Raises NameTaken where somebody with an account, or a program, is called that or looks so, by name or handle;
    Invalid or TooLong where it can be no name. One look at two indexes.
    """
    if BulkSql().called({skeleton(clean_person_name(name))}):
        raise NameTaken(
            "Somebody with an account is called that here. Choose another name, or sign in if it is you.", field="name"
        )


def name_of_newcomer(name: str, handle: str, called: Container[str]) -> str:
    """What a guest is called whom nobody could ask for another name: with the handle behind it, where that name is
    among the skeletons of those that are somebody's with an account.
    """
    if skeleton(name) not in called:
        return name
    told = f" (@{handle})"
    return name[: LONGEST_NAME - len(told)] + told


def with_skeletons(person: Person) -> Person:
    """This person, with what their name and their handle look like; the caller saves it."""
    person.name_skeleton, person.handle_skeleton = skeleton(person.name), skeleton(person.handle)
    return person


@transaction.atomic
def fill_some() -> bool:
    """Write down what the names of some people look like of whom it is not known; whether there was one."""
    found = Person.objects.filter(name_skeleton="").order_by("pk")
    people = list(found.only("name", "handle").select_for_update(no_key=True)[:FILLED_AT_ONCE])
    Person.objects.bulk_update(map(with_skeletons, people), ["name_skeleton", "handle_skeleton"])
    return bool(people)
