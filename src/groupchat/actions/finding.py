"""Finding somebody and a room by what people type: for commands and forms of those who look after the site."""

from __future__ import annotations

from django.contrib.auth import get_user_model

from groupchat.actions.rooms import find
from groupchat.characters import isolated
from groupchat.errors import ChatError, NotFound
from groupchat.models import Person, Room


def find_person(text: str) -> Person:
    """By their handle, with or without @, or else by the name of their account. Raises NotFound."""
    handle = text.strip().removeprefix("@").casefold()
    model = get_user_model()
    found = Person.objects.filter(handle=handle).first() if "\0" not in text else None
    if found is None and "\0" not in text:
        found = Person.objects.filter(**{f"user__{model.USERNAME_FIELD}": text.strip()}).first()
    if found is None:
        raise NotFound(f"Nobody here has the handle @{isolated(handle)}, nor an account of this name.", field="person")
    return found


def find_room(text: str) -> Room:
    """By its address, its name or a former one, or its id after a #. Raises NotFound."""
    text = text.strip()
    number = text.removeprefix("#")
    by_id = text.startswith("#") and number.isascii() and number.isdigit() and len(number) < 19
    room = Room.objects.filter(pk=int(number)).first() if by_id else None
    if room is None and "\0" not in text:
        room = Room.objects.filter(slug=text).first()
    if room is not None:
        return room
    try:
        return find(name=text)
    except (ChatError, ValueError):
        raise NotFound(f"There is no room {isolated(text)}.", field="room") from None
