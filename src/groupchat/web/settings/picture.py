"""The picture by which others know somebody."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from groupchat.actions import limits, pictures
from groupchat.conf import conf
from groupchat.errors import Invalid
from groupchat.models import Person


def shown(person: Person) -> dict[str, Any]:
    takes = pictures.can_upload() and person.kind == Person.Kind.USER
    return {"takes_pictures": takes, "picture_megabytes": max(conf().max_picture_bytes // 1_000_000, 1)}


def save(request: HttpRequest, person: Person) -> None:
    """The file `picture`, or none where `remove` is said."""
    picture = request.FILES.get("picture")
    if picture is None and "remove" not in request.POST:
        raise Invalid("Choose a file first.", field="picture")
    limits.require(limits.Asked("picture", person.pk), message="Many pictures came just now. Wait a while.")
    pictures.set_avatar(person=person, picture=None if "remove" in request.POST else picture)
