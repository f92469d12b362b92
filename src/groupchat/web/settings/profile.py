"""What others see of somebody: name, handle, pronouns, local time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from groupchat.actions import limits, people, profiles
from groupchat.actions.people import LONGEST_HANDLE
from groupchat.conf import conf
from groupchat.models import Person
from groupchat.text import LONGEST_NAME, LONGEST_PRONOUNS, clean_person_name


def shown(person: Person, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """For the template; `given` is what was typed and refused."""
    kept = {"name": person.name, "handle": person.handle, "pronouns": person.pronouns, "time_zone": person.time_zone}
    return {
        "profile": {field: (given or {}).get(field, value) for field, value in kept.items()},
        "time_zones": profiles.time_zones(),
        "name_characters": min(conf().max_person_name_characters or LONGEST_NAME, LONGEST_NAME),
        "handle_characters": LONGEST_HANDLE,
        "pronouns_characters": LONGEST_PRONOUNS,
    }


def save_name(request: HttpRequest, person: Person) -> None:
    """As `me.rename` does."""
    name = clean_person_name(request.POST.get("name", ""))  # first: what is refused uses nothing up
    if name != person.name:
        limits.require(
            limits.Asked("me.rename", person.pk), message="You had many names just now. Keep this one for a while."
        )
        people.rename(person=person, name=name)


def save_about(request: HttpRequest, person: Person) -> None:
    told = {"pronouns": request.POST.get("pronouns", ""), "time_zone": request.POST.get("time_zone", "")}
    if told != {"pronouns": person.pronouns, "time_zone": person.time_zone}:
        _count(person)
        profiles.describe(person=person, **told)


def save_handle(request: HttpRequest, person: Person) -> None:
    """A handle that is refused uses up an allowance, too: else somebody could ask which ones there are."""
    handle = request.POST.get("handle", "")
    if handle != person.handle:
        limits.require(
            limits.Asked("me.handle", person.pk), message="You had many handles just now. Keep this one for a while."
        )
        profiles.take_handle(person=person, handle=handle)


def _count(person: Person) -> None:
    """All rooms hear of it, as of another name."""
    limits.require(
        limits.Asked("me.rename", person.pk), message="You changed this many times just now. Leave it for a while."
    )
