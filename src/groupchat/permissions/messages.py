"""Who may change and delete a message, and see what it said before."""

from __future__ import annotations

from groupchat.errors import Forbidden, NotFound
from groupchat.models import Membership, Message, Person
from groupchat.permissions.rooms import rules_room


def require_edit(message: Message, person: Person) -> None:
    if message.author_id != person.pk:
        raise Forbidden("Only its author may edit a message.")
    if message.deleted_at is not None:
        raise NotFound("This message was deleted.")


def require_delete(message: Message, person: Person, membership: Membership | None) -> None:
    if message.author_id != person.pk and not rules_room(person, membership):
        raise Forbidden("Only its author or the owner of the room may delete a message.")


def require_versions(message: Message, person: Person | None, membership: Membership | None) -> None:
    if person is None or (message.author_id != person.pk and not rules_room(person, membership)):
        raise Forbidden("Only its author and the owner of the room may see what a message said before.")
    if message.deleted_at is not None:
        raise NotFound("This message was deleted.")
