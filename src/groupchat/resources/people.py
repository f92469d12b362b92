"""People on the wire."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from groupchat.characters import shown
from groupchat.lookalikes import looks_of
from groupchat.models import Person
from groupchat.protocol import PersonResource


def person_resource(person: Person) -> PersonResource:
    resource = cast(
        PersonResource,
        {
            "id": person.pk,
            "kind": str(person.kind),
            "handle": shown(person.handle),
            "name": shown(person.name),
            "looks": looks_of(person.name),
            "version": person.version,
        },
    )
    if person.avatar:
        resource["avatar"] = person.avatar
    if person.pronouns:
        resource["pronouns"] = shown(person.pronouns)
    if person.time_zone:
        resource["time_zone"] = person.time_zone
    return resource


def people_resources(people: Iterable[Person]) -> list[PersonResource]:
    return [person_resource(person) for person in people]
